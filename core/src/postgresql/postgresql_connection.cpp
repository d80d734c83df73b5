#include "postgresql_connection.hpp"

#include <algorithm>
#include <limits>

#include <poll.h>

#include <stint/error.hpp>
#include <stint/log.hpp>

#include "../row_by_row.hpp"
#include "../sql_text.hpp"
#include "postgresql_diagnosis.hpp"
#include "postgresql_dialect.hpp"
#include "postgresql_errors.hpp"
#include "postgresql_flush.hpp"
#include "postgresql_values.hpp"

namespace stint {
namespace {

postgresql_dialect const spelling;

std::string on_one_line(std::string text) {
    std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::string without_first_line(std::string const& text) {
    auto const end = text.find('\n');
    return end == std::string::npos ? text : text.substr(end + 1);
}

std::unique_ptr<soci::session> open(postgresql_url const& url, deadline until) {
    auto const how = url.connect_string(until);
    try {
        return std::make_unique<soci::session>(soci::postgresql, how);
    } catch (soci::soci_error const& e) {
        throw_postgresql_connect_error({.sqlstate = sqlstate_of_connecting(how, until),
                                        .message = on_one_line(without_first_line(e.get_error_message())),
                                        .address = url.address(),
                                        .until = until});
    }
}

extern "C" void log_notice(void*, PGresult const* notice) {
    auto const* const severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    auto const level = severity && std::string_view(severity) == "WARNING" ? spdlog::level::warn : spdlog::level::debug;
    logger()->log(level, "postgresql: {}", on_one_line(PQresultErrorMessage(notice)));
}

std::string_view name_of(isolation level) noexcept {
    switch (level) {
    case isolation::read_committed: return "READ COMMITTED";
    case isolation::repeatable_read: return "REPEATABLE READ";
    case isolation::serializable: return "SERIALIZABLE";
    }
    return {};
}

std::chrono::milliseconds timeout_for(deadline until) noexcept {
    if (until.is_none()) return {};
    using std::chrono::milliseconds;
    return std::clamp(std::chrono::ceil<milliseconds>(until.left()), milliseconds{1}, milliseconds{2'000'000'000});
}

std::string set_timeout(std::string_view scope, std::chrono::milliseconds timeout) {
    return "SET " + std::string(scope) +
           " statement_timeout = " + (timeout.count() == 0 ? "DEFAULT" : std::to_string(timeout.count()));
}

// "cached plan must not change result type", or there is no such statement any more (DISCARD ALL).
bool was_prepared_for_another_schema(std::string_view sqlstate) noexcept {
    return sqlstate == "0A000" || sqlstate == "26000";
}

// The tag of a SELECT counts rows, too, but it wrote none.
std::uint64_t rows_written(PGresult* result) {
    auto const tag = std::string_view(PQcmdStatus(result));
    for (auto const writing : {"INSERT", "UPDATE", "DELETE", "MERGE", "COPY"}) {
        if (tag.starts_with(writing)) return std::stoull(PQcmdTuples(result));
    }
    return 0;
}

}  // namespace

postgresql_connection::postgresql_connection(postgresql_url const& url, std::shared_ptr<live_counters> counters,
                                             deadline until)
    : soci_connection(spelling, open(url, until), std::move(counters)), address_(url.address()),
      flush_statements_(true) {
    PQsetNoticeReceiver(handle(), log_notice, nullptr);
    auto const* const style = PQparameterStatus(handle(), "DateStyle");
    if (!style || !std::string_view(style).starts_with("ISO")) command("SET DateStyle = ISO", until);
}

flush_outcome postgresql_connection::flush(write_batch const& batch, deadline until) {
    if (batch.empty()) return flush_done{};
    if (in_transaction()) throw usage_error("a transaction is open on this connection already");
    check_not_passed(until);
    log_flush(batch);
    auto const  timeout = timeout_for(until);
    flush_tools tools{*this, handle(), spelling, flush_statements_, tables_, counted(), address_};
    if (timeout != limit_.timeout) tools.set_timeout = set_timeout("LOCAL", timeout);
    if (auto outcome = postgresql_flush(std::move(tools), batch, until).run()) return std::move(*outcome);
    return flush_portably(batch, until);
}

postgresql_connection::~postgresql_connection() {
    // The server forgets them with the connection; SOCI would send a DEALLOCATE for each.
    statements().for_each([](prepared_statement& statement) {
        statement.backend<soci::postgresql_statement_backend>().statementName_.clear();
    });
}

bool postgresql_connection::listen(std::string_view channel, deadline until) {
    limit(until);
    command("LISTEN " + quoted(channel), until);
    listening_ = true;
    return true;
}

std::vector<std::string> postgresql_connection::wait_for_notices(deadline until) {
    if (!listening_) return soci_connection::wait_for_notices(until);
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
    while (auto const one = std::unique_ptr<PGnotify, decltype(&PQfreemem)>(PQnotifies(handle()), &PQfreemem))
        notices.emplace_back(one->extra);
    if (open || !notices.empty()) return notices;
    throw connection_error(address_ +
                               ": the connection was lost while it listened: " + first_line(PQerrorMessage(handle())),
                           {.engine = "postgresql"}, connection_error::kind::lost, advice::wait_and_retry);
}

bool postgresql_connection::is_clean() noexcept {
    if (PQstatus(handle()) != CONNECTION_OK || PQtransactionStatus(handle()) != PQTRANS_IDLE) return false;
    pollfd socket{PQsocket(handle()), POLLIN, 0};
    if (::poll(&socket, 1, 0) == 0) return true;  // nothing has come, as nearly always
    // The first reads a server's farewell, the second the end of the connection behind it.
    bool const open = PQconsumeInput(handle()) == 1 && PQconsumeInput(handle()) == 1;
    return open && PQstatus(handle()) == CONNECTION_OK && PQtransactionStatus(handle()) == PQTRANS_IDLE;
}

// PQexec would wait for a frozen host until the system gives it up.
bool postgresql_connection::answers(deadline until) noexcept {
    count_statement();
    if (PQsendQuery(handle(), "") != 1) return false;
    bool well = false;
    while (wait_for_input(until)) {
        auto const result = std::unique_ptr<PGresult, decltype(&PQclear)>(PQgetResult(handle()), &PQclear);
        if (!result) return well;
        well = PQresultStatus(result.get()) == PGRES_EMPTY_QUERY;
    }
    return false;
}

// Answers whether PQgetResult has something to say by the deadline.
bool postgresql_connection::wait_for_input(deadline until) noexcept {
    while (PQisBusy(handle()) == 1) {
        pollfd     wanted{PQsocket(handle()), POLLIN, 0};
        auto const ready = ::poll(&wanted, 1, milliseconds_left(until));
        if (ready < 0 && errno == EINTR) continue;
        if (ready <= 0 || PQconsumeInput(handle()) != 1) return false;
    }
    return true;
}

void postgresql_connection::count_statement() noexcept {
    ++counted().statements;
    ++counted().round_trips;
}

void postgresql_connection::count_prepared() noexcept {
    ++counted().prepared;
    ++counted().round_trips;
}

void postgresql_connection::check_not_passed(deadline until) const {
    if (until.has_passed())
        throw deadline_exceeded(address_ + " was not asked: the deadline had passed before; allow more time",
                                {.engine = "postgresql"});
}

postgresql_connection::time_limit& postgresql_connection::current_limit() noexcept {
    return limit_in_transaction_ ? *limit_in_transaction_ : limit_;
}

// In a transaction one limit serves all its statements; its last one can end later than it should, by no more than the
// whole time. Telling the server again and again would cost a round trip each.
bool postgresql_connection::is_limited(deadline until) noexcept {
    auto const& now = current_limit();
    if (until.is_none()) return now.timeout.count() == 0;
    if (limit_in_transaction_ && now.until.at() == until.at()) return true;
    auto const left = timeout_for(until);
    return now.timeout >= left && now.timeout <= left + left / 4;
}

// Also after a COMMIT that failed, and after a COMMIT or ROLLBACK in raw SQL.
void postgresql_connection::forget_ended_transaction() noexcept {
    if (!in_transaction()) limit_in_transaction_.reset();
}

void postgresql_connection::limit(deadline until) {
    check_not_passed(until);
    forget_ended_transaction();
    if (is_limited(until) || PQtransactionStatus(handle()) == PQTRANS_INERROR) return;
    auto const wanted = time_limit{until, timeout_for(until)};
    if (in_transaction() && !limit_in_transaction_) limit_in_transaction_ = limit_;
    command(set_timeout(in_transaction() ? "LOCAL" : "SESSION", wanted.timeout), until);
    current_limit() = wanted;
}

bool postgresql_connection::in_transaction() noexcept {
    auto const status = PQtransactionStatus(handle());
    return status != PQTRANS_IDLE && status != PQTRANS_UNKNOWN;
}

// The level is always said: the server's default may be any.
void postgresql_connection::send_begin(isolation level, deadline until) {
    check_not_passed(until);
    forget_ended_transaction();
    auto const wanted = time_limit{until, timeout_for(until)};
    auto       sql = "BEGIN ISOLATION LEVEL " + std::string(name_of(level));
    if (wanted.timeout != limit_.timeout) sql += "; " + set_timeout("LOCAL", wanted.timeout);
    command(sql, until);
    limit_in_transaction_ = wanted;
}

void postgresql_connection::send_commit(deadline until) {
    check_not_passed(until);
    auto const tag = command("COMMIT", until);
    limit_in_transaction_.reset();
    if (tag == "COMMIT") return;
    throw database_error(
        address_ + " rolled the transaction back instead of committing it, after an earlier error: nothing was "
                   "written; start again",
        {.engine = "postgresql", .code = "25P02", .message = tag}, advice::fix_the_code);
}

void postgresql_connection::send_rollback() {
    command("ROLLBACK", deadline::none());
    limit_in_transaction_.reset();
}

std::string postgresql_connection::command(std::string const& sql, deadline until) {
    logger()->trace("{}", sql);
    soci::statement statement(session());
    statement.alloc();
    statement.prepare(sql, soci::details::st_one_time_query);
    auto& backend = static_cast<soci::postgresql_statement_backend&>(*statement.get_backend());
    try {
        count_statement();
        statement.execute();
        return PQcmdStatus(backend.result_.get_result());
    } catch (soci::soci_error const& e) {
        fail(e, {sql, false, &backend, until});
    }
}

std::size_t postgresql_connection::parameters_of(prepared_statement& statement) {
    return statement.backend<soci::postgresql_statement_backend>().names_.size();
}

void postgresql_connection::encode(value const& from, soci_parameter& to) const {
    to_postgresql(from, to);
}

std::uint64_t postgresql_connection::execute(prepared_statement& statement, std::span<column_type const> types,
                                             row_sink const* sink) {
    statement.execute();
    auto* const result = statement.backend<soci::postgresql_statement_backend>().result_.get_result();
    auto const  rows = PQntuples(result);
    counted().rows_read += static_cast<std::uint64_t>(rows);
    std::vector<value> row(types.size());
    for (int i = 0; sink && i < rows; ++i) {
        for (std::size_t c = 0; c < row.size(); ++c) row[c] = from_postgresql(result, i, static_cast<int>(c), types[c]);
        (*sink)(row);
    }
    return rows_written(result);
}

void postgresql_connection::drop_oldest_statement() {
    count_statement();  // DEALLOCATE
    soci_connection::drop_oldest_statement();
}

bool postgresql_connection::is_outdated(soci::soci_error const& error) const noexcept {
    auto const* const of_server = dynamic_cast<soci::postgresql_soci_error const*>(&error);
    return of_server && was_prepared_for_another_schema(of_server->sqlstate());
}

void postgresql_connection::drop_statement(std::string_view sql) {
    if (!statements().find(sql)) return;
    count_statement();  // DEALLOCATE
    soci_connection::drop_statement(sql);
}

void postgresql_connection::translate(soci::soci_error const& error, failure const& where) {
    postgresql_failure failed{.message = first_line(PQerrorMessage(handle())),
                              .statement = std::string(where.sql),
                              .address = address_,
                              .connection_lost = PQstatus(handle()) != CONNECTION_OK,
                              .outdated = where.outdated,
                              .until = where.until};
    auto const* const  of_server = dynamic_cast<soci::postgresql_soci_error const*>(&error);
    if (of_server) failed.sqlstate = of_server->sqlstate();
    if (failed.sqlstate == "     ") failed.sqlstate.clear();
    if (where.statement) failed.read(static_cast<soci::postgresql_statement_backend*>(where.statement)->result_);
    if (was_prepared_for_another_schema(failed.sqlstate)) drop_statement(where.sql);
    throw_postgresql_error(failed);
}

PGconn* postgresql_connection::handle() noexcept {
    return static_cast<soci::postgresql_session_backend*>(session().get_backend())->conn_;
}

}  // namespace stint
