#include "postgresql_pipeline.hpp"

#include <algorithm>
#include <cerrno>
#include <chrono>
#include <limits>
#include <system_error>
#include <thread>

#include <poll.h>
#include <sys/socket.h>

#include <stint/log.hpp>

namespace stint {
namespace {

using namespace std::chrono_literals;

/// How long a server that was asked to stop may take to say so.
constexpr auto time_to_stop = 5s;
/// How long it may go on before it is asked again.
constexpr auto time_between_requests = 200ms;
/// The last request needs it: a connection is given up while one is on its way.
constexpr auto time_to_arrive = 1s;

constexpr std::size_t kept_in_memory = 64 * 1024;  // bytes

/// libpq sends by itself what fills its buffer.
constexpr std::size_t kept_by_libpq = 8 * 1024;
/// No less than what the protocol puts around a statement, and around each parameter.
constexpr std::size_t frames = 64, frame = 4;

/// When a connection breaks, libpq makes up an error without a code for whatever statement is next, and a pooler one
/// without the severity that a server adds for programs. It says nothing of what the server did.
bool is_word_of_server(PGresult const* result) noexcept {
    return PQresultErrorField(result, PG_DIAG_SQLSTATE) != nullptr &&
           PQresultErrorField(result, PG_DIAG_SEVERITY_NONLOCALIZED) != nullptr;
}

}  // namespace

int milliseconds_left(deadline until) noexcept {
    if (until.is_none()) return -1;
    auto const left = std::chrono::ceil<std::chrono::milliseconds>(until.left()).count();
    return static_cast<int>(std::min<std::int64_t>(left, std::numeric_limits<int>::max()));
}

std::uint64_t bytes_of_values(PGresult const& result) noexcept {
    int const     rows = PQntuples(&result), columns = PQnfields(&result);
    std::uint64_t sum = 0;
    for (int row = 0; row < rows; ++row)
        for (int column = 0; column < columns; ++column)
            sum += static_cast<std::uint64_t>(PQgetlength(&result, row, column));
    return sum;
}

postgresql_pipeline::postgresql_pipeline(PGconn* handle, deadline until, live_counters& counted)
    : handle_(handle), until_(until), counted_(counted) {
    lost_ = PQsetnonblocking(handle_, 1) != 0 || PQenterPipelineMode(handle_) != 1;
}

postgresql_pipeline::~postgresql_pipeline() {
    try {
        if (!synced_) finish();
    } catch (std::exception const& e) {
        logger()->debug("postgresql: while the rest of a pipeline was read: {}", e.what());
    }
    if (PQexitPipelineMode(handle_) != 1) hang_up();
    PQsetnonblocking(handle_, 0);
}

std::size_t postgresql_pipeline::send(pipeline_statement& statement, std::span<parameter const> parameters,
                                      receiver received) {
    let_it_leave();
    auto const        bytes = point_at(parameters);
    auto const        count = static_cast<int>(parameters.size());
    auto const* const formats = statement.formats.empty() ? nullptr : statement.formats.data();
    auto const        place = sent_++;
    ++counted_.statements;
    logger()->trace("{}", statement.sql);
    if (statement.name.empty()) {
        count_sent(statement.sql.size() + bytes);
        keep(PQsendQueryParams(handle_, statement.sql.c_str(), count, nullptr, texts_.data(), lengths_.data(), formats,
                               0));
    } else {
        if (!statement.prepared) prepare(statement, place);
        count_sent(statement.name.size() + bytes);
        keep(PQsendQueryPrepared(handle_, statement.name.c_str(), count, texts_.data(), lengths_.data(), formats, 0));
    }
    expected_.push_back({&statement, place, false, std::move(received)});
    last_ = &statement;
    return place;
}

void postgresql_pipeline::prepare(pipeline_statement& statement, std::size_t place) {
    ++counted_.prepared;
    count_sent(statement.name.size() + statement.sql.size());
    keep(PQsendPrepare(handle_, statement.name.c_str(), statement.sql.c_str(), 0, nullptr));
    expected_.push_back({&statement, place, true, {}});
    statement.prepared = true;
}

std::size_t postgresql_pipeline::point_at(std::span<parameter const> parameters) {
    std::size_t bytes = 0;
    texts_.clear();
    lengths_.clear();
    for (auto const& text : parameters) {
        texts_.push_back(text ? text->c_str() : nullptr);
        lengths_.push_back(text ? static_cast<int>(text->size()) : 0);
        bytes += text ? text->size() : 0;
    }
    unsent_bytes_ += bytes;
    return bytes;
}

void postgresql_pipeline::count_sent(std::size_t content) noexcept {
    counted_.bytes_sent += content;
    bytes_ += content + frames + frame * texts_.size();
    if (bytes_ >= kept_by_libpq) note_leaving();
}

void postgresql_pipeline::note_leaving() noexcept {
    if (!left_at_) left_at_ = clock::now();
}

void postgresql_pipeline::finish() {
    ++counted_.round_trips;
    note_leaving();
    sync();
    while (!synced_ && !lost_) {
        auto const left_over = PQflush(handle_);
        if (left_over < 0) lost_ = true;
        read_what_came();
        if (!synced_ && !lost_) wait(left_over > 0 ? POLLIN | POLLOUT : POLLIN);
    }
    if (lost_) read_what_came();  // a server's farewell
    if (request_to_stop_.valid() && !lost_) await_request_to_stop();
    synced_ = true;
}

// Outside of a transaction the server commits here, which can fail: that is the last statement's failure.
void postgresql_pipeline::sync() {
    if (lost_ || std::exchange(sync_sent_, true)) return;
    keep(PQpipelineSync(handle_));
    expected_.push_back({last_, sent_ == 0 ? 0 : sent_ - 1, false, {}});
}

void postgresql_pipeline::keep(int queued) noexcept {
    if (queued != 1) lost_ = true;
}

// Nothing more is put into memory before the server has taken what is there. A few small statements leave in one piece.
void postgresql_pipeline::let_it_leave() {
    if (unsent_bytes_ < kept_in_memory) return;
    unsent_bytes_ = 0;
    while (!lost_) {
        auto const left_over = PQflush(handle_);
        if (left_over < 0) lost_ = true;
        if (left_over <= 0) return;
        wait(POLLIN | POLLOUT);
        read_what_came();
    }
}

void postgresql_pipeline::read_what_came() {
    if (PQconsumeInput(handle_) != 1) lost_ = true;
    while (!synced_ && PQisBusy(handle_) == 0) {
        auto* const result = PQgetResult(handle_);
        if (result == nullptr && !answered_) return;
        take(result);
    }
}

// Each statement has one result, and null after it; so has the end when it failed.
void postgresql_pipeline::take(PGresult* result) {
    if (result == nullptr) {
        answered_ = false;
        if (!expected_.empty()) expected_.pop_front();
        return;
    }
    auto held = result_ptr(result, &PQclear);
    if (PQresultStatus(result) == PGRES_PIPELINE_SYNC) {
        synced_ = true;
        return;
    }
    if (expected_.empty()) {  // the client library's own word that the connection is gone
        lost_ = true;
        return;
    }
    answered_ = true;
    take_answer(expected_.front(), std::move(held));
}

void postgresql_pipeline::take_answer(expected const& awaited, result_ptr result) {
    switch (PQresultStatus(result.get())) {
    case PGRES_EMPTY_QUERY:
    case PGRES_COMMAND_OK:
    case PGRES_TUPLES_OK: break;
    case PGRES_PIPELINE_ABORTED:
        if (awaited.preparing) awaited.statement->prepared = false;
        return;
    default: fail(awaited, std::move(result)); return;
    }
    counted_.rows_read += static_cast<std::uint64_t>(PQntuples(result.get()));
    counted_.bytes_received += bytes_of_values(*result);
    if (!awaited.received) return;
    try {
        awaited.received(std::move(result));
    } catch (...) {
        if (!thrown_) thrown_ = std::current_exception();
    }
}

void postgresql_pipeline::fail(expected const& awaited, result_ptr result) {
    if (awaited.preparing) awaited.statement->prepared = false;
    if (!is_word_of_server(result.get())) {
        lost_ = true;
        return;
    }
    if (failure_) return;
    failure_ = failed_statement{std::move(result), awaited.place, awaited.statement->sql};
}

void postgresql_pipeline::wait(short events) {
    bool const was_asked = request_to_stop_.valid();
    auto const end = was_asked ? deadline::at(until_.at() + time_to_stop) : deadline::none();
    bool const asks_again = end.left() > time_to_arrive;
    auto const next_request = asks_again ? earlier(end, deadline::at(asked_at_ + time_between_requests)) : end;
    auto const until = was_asked ? next_request : until_;
    pollfd     socket{PQsocket(handle_), events, 0};
    auto const ready = ::poll(&socket, 1, milliseconds_left(until));
    if (ready > 0 || (ready < 0 && errno == EINTR)) return;
    if (ready == 0 && asks_again) {
        ask_to_stop();
    } else {
        logger()->warn("postgresql: a server that no longer answers is given up");
        hang_up();
        lost_ = true;
    }
}

// On a thread of its own: a host that froze takes the request and never answers. Without a thread the wait ends all the
// same.
void postgresql_pipeline::ask_to_stop() {
    asked_at_ = clock::now();
    if (request_to_stop_.valid() && request_to_stop_.wait_for(0s) != std::future_status::ready) return;
    std::promise<void> told;
    request_to_stop_ = told.get_future();
    try {
        auto way = std::shared_ptr<PGcancel>(PQgetCancel(handle_), &PQfreeCancel);
        std::thread([way = std::move(way), told = std::move(told)]() mutable {
            char words[256];
            if (way) PQcancel(way.get(), words, sizeof words);
            told.set_value();
        }).detach();
    } catch (std::system_error const& e) {
        logger()->warn("postgresql: nobody could be sent to stop a statement past its deadline: {}", e.what());
    }
}

// One that is still on its way would stop what is sent next. What was answered by now is true nevertheless.
void postgresql_pipeline::await_request_to_stop() noexcept {
    if (request_to_stop_.wait_until(until_.at() + time_to_stop) != std::future_status::ready) hang_up();
}

void postgresql_pipeline::hang_up() noexcept {
    ::shutdown(PQsocket(handle_), SHUT_RDWR);
}

}  // namespace stint
