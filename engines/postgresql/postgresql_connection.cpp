#include "postgresql_connection.hpp"

#include <utility>

#include <poll.h>

#include <stint/error.hpp>

#include "postgresql_dialect.hpp"
#include "postgresql_flush.hpp"
#include "postgresql_unique_rules.hpp"
#include "postgresql_values.hpp"
#include "row_by_row.hpp"
#include "sql.hpp"

namespace stint {
namespace {

postgresql_dialect const spelling;

std::string_view name_of(isolation level) noexcept {
    switch (level) {
    case isolation::read_committed: return "READ COMMITTED";
    case isolation::repeatable_read: return "REPEATABLE READ";
    case isolation::serializable: return "SERIALIZABLE";
    }
    return {};
}

// The tag of a SELECT counts rows, too, but it wrote none.
std::uint64_t rows_written(PGresult* result) {
    auto const tag = std::string_view(PQcmdStatus(result));
    for (auto const writing : {"INSERT", "UPDATE", "DELETE", "MERGE", "COPY"}) {
        if (tag.starts_with(writing)) return std::stoull(PQcmdTuples(result));
    }
    return 0;
}

// A caller that changes tables by way of the library need not wait until a statement fails.
bool changes_tables(PGresult* result) {
    auto const tag = std::string_view(PQcmdStatus(result));
    return tag.starts_with("ALTER") || tag.starts_with("CREATE") || tag.starts_with("DROP");
}

}  // namespace

postgresql_connection::postgresql_connection(postgresql_url const& url, std::shared_ptr<known_tables> tables,
                                             std::shared_ptr<live_counters> counters, deadline until)
    : sql_connection(spelling, std::move(counters)), tables_(std::move(tables)),
      session_(url, tally(), [this] { tables_.forget(); }, until), flush_statements_(session_.names()) {}

flush_outcome postgresql_connection::send_flush(write_batch const& batch, deadline until) {
    if (batch.empty()) return flush_done{};
    if (in_transaction()) throw usage_error("a transaction is open on this connection already");
    session_.check_not_passed(until);
    log_flush(batch);
    flush_tools const tools{*this, session_, spelling, flush_statements_, tables_};
    if (auto outcome = postgresql_flush(tools, batch, until).run()) return std::move(*outcome);
    return flush_portably(batch, until);
}

void postgresql_connection::learn(std::span<std::string_view const> tables, bool anew, deadline until) {
    if (anew) tables_.forget();
    tables_.learn(*this, tables, until);
    // In a transaction, where statement after statement is sent, it is too late to prepare one anew.
    if (std::exchange(statements_of_age_, tables_.age()) != tables_.age()) session_.renew_statements();
}

// Class 22, data exception.
bool postgresql_connection::is_about_a_value(database_error const& e) const noexcept {
    return e.code().starts_with("22");
}

std::vector<unique_rule> postgresql_connection::unique_rules(std::span<std::string const> tables, deadline until) {
    return postgresql_unique_rules(*this, tables, until);
}

std::uint64_t postgresql_connection::run(std::string_view sql, std::span<value const> parameters,
                                         std::span<column_type const> types, row_sink const* sink, deadline until) {
    auto const alone = one_at_a_time(reading_);
    auto const statement = session_.kept(sql);
    check_parameters(statement->parameters, parameters.size(), sql);
    texts_.clear();
    for (auto const& given : parameters) texts_.push_back(to_postgresql(given));
    auto const result = session_.ask(*statement, texts_, until);
    if (sink != nullptr) {
        check_columns(types.size(), static_cast<std::size_t>(PQnfields(result.get())), sql);
        pass_on(*result, types, *sink);
    }
    if (changes_tables(result.get())) tables_.forget();
    auto const written = rows_written(result.get());
    if (written != 0) tally().rows_written += written;
    return written;
}

void postgresql_connection::pass_on(PGresult const& result, std::span<column_type const> types, row_sink const& sink) {
    if (PQntuples(&result) > 0) check_types(&result, types);
    row_.resize(types.size());
    for (int i = 0; i < PQntuples(&result); ++i) {
        for (std::size_t c = 0; c < row_.size(); ++c) from_checked(&result, i, static_cast<int>(c), types[c], row_[c]);
        sink(row_);
    }
}

// The level is always said: the server's default may be any.
void postgresql_connection::send_begin(isolation level, deadline until) {
    session_.command("BEGIN ISOLATION LEVEL " + std::string(name_of(level)), until);
}

void postgresql_connection::send_commit(deadline until) {
    auto const tag = tag_of_commit(until);
    if (tag == "COMMIT") return;
    throw database_error(session_.address() +
                             " rolled the transaction back instead of committing it, after an earlier error: nothing "
                             "was written; start again",
                         {.engine = "postgresql", .code = "25P02", .message = tag}, advice::fix_the_code);
}

std::string postgresql_connection::tag_of_commit(deadline until) {
    try {
        return session_.command("COMMIT", until);
    } catch (connection_error const& lost) {
        std::throw_with_nested(commit_in_doubt(session_.address(), lost.report().message));
    }
}

void postgresql_connection::send_rollback() {
    session_.command("ROLLBACK", deadline::after(time_to_roll_back));
}

// Behind a pooler the server would say yes, and tell the next client that has that session.
bool postgresql_connection::listen(std::string_view channel, deadline until) {
    if (!session_.is_ours()) return false;
    session_.command("LISTEN " + quoted(channel), until);
    listening_ = true;
    return true;
}

std::vector<std::string> postgresql_connection::wait_for_notices(deadline until) {
    if (!listening_) return sql_connection::wait_for_notices(until);
    while (true) {
        if (auto notices = take_notices(); !notices.empty()) return notices;
        pollfd     wanted{PQsocket(handle()), POLLIN, 0};
        auto const ready = ::poll(&wanted, 1, milliseconds_left(until));
        if (ready == 0 || (ready < 0 && errno != EINTR)) return {};
    }
}

std::vector<std::string> postgresql_connection::take_notices() {
    bool const               open = PQconsumeInput(handle()) == 1 && PQstatus(handle()) == CONNECTION_OK;
    std::vector<std::string> notices;
    while (auto const notice = std::unique_ptr<PGnotify, decltype(&PQfreemem)>(PQnotifies(handle()), &PQfreemem))
        notices.emplace_back(notice->extra);
    if (open || !notices.empty()) return notices;
    throw connection_error(session_.address() +
                               ": the connection was lost while it listened: " + first_line(PQerrorMessage(handle())),
                           {.engine = "postgresql"}, connection_error::failure::lost, advice::wait_and_retry);
}

bool postgresql_connection::is_clean() noexcept {
    if (PQstatus(handle()) != CONNECTION_OK || PQtransactionStatus(handle()) != PQTRANS_IDLE) return false;
    pollfd socket{PQsocket(handle()), POLLIN, 0};
    if (::poll(&socket, 1, 0) == 0) return true;  // nothing has come, as nearly always
    // The first reads a server's farewell, the second the end of the connection behind it.
    bool const open = PQconsumeInput(handle()) == 1 && PQconsumeInput(handle()) == 1;
    return open && PQstatus(handle()) == CONNECTION_OK && PQtransactionStatus(handle()) == PQTRANS_IDLE;
}

// Not by a pipeline, which would first ask a server to stop that doesn't even say that it is there.
bool postgresql_connection::answers(deadline until) noexcept {
    ++tally().statements;
    ++tally().round_trips;
    if (PQsendQuery(handle(), "") != 1) return false;
    bool well = false;
    while (wait_for_input(until)) {
        auto const result = std::unique_ptr<PGresult, decltype(&PQclear)>(PQgetResult(handle()), &PQclear);
        if (!result) return well;
        well = PQresultStatus(result.get()) == PGRES_EMPTY_QUERY;
    }
    return false;
}

// Returns whether PQgetResult has something to say by the deadline.
bool postgresql_connection::wait_for_input(deadline until) noexcept {
    while (PQisBusy(handle()) == 1) {
        pollfd     wanted{PQsocket(handle()), POLLIN, 0};
        auto const ready = ::poll(&wanted, 1, milliseconds_left(until));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0 || PQconsumeInput(handle()) != 1) return false;
    }
    return true;
}

}  // namespace stint
