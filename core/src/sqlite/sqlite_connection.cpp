#include "sqlite_connection.hpp"

#include <mutex>

#include <stint/log.hpp>

#include "sqlite_dialect.hpp"
#include "sqlite_flush.hpp"

namespace stint {
namespace {

sqlite_dialect const spelling;

}  // namespace

sqlite_connection::sqlite_connection(sqlite_url const& url, std::shared_ptr<live_counters> counters, deadline until)
    : sql_connection(spelling, std::move(counters)), session_(url, tally(), until) {}

flush_outcome sqlite_connection::flush(write_batch const& batch, deadline until) {
    return run_on_sqlite(*this, session_, spelling, batch, until);
}

// A transaction that reads first and writes later can fail in between, whatever the busy timeout.
void sqlite_connection::send_begin(isolation, deadline until) {
    run("BEGIN IMMEDIATE", {}, {}, nullptr, until);
}

void sqlite_connection::send_commit(deadline until) {
    run("COMMIT", {}, {}, nullptr, until);
}

void sqlite_connection::send_rollback() {
    run("ROLLBACK", {}, {}, nullptr, deadline::none());
}

std::uint64_t sqlite_connection::run(std::string_view sql, std::span<value const> parameters,
                                     std::span<column_type const> types, row_sink const* sink, deadline until) {
    auto const alone = one_at_a_time(reading_);
    auto const hold = std::lock_guard(session_);
    session_.limit(until);
    logger()->trace("{}", sql);
    auto const statement = session_.prepared(sql, until);
    check_parameters(statement->parameters(), parameters.size(), sql);
    try {
        return send(*statement, parameters, types, sink);
    } catch (soci::soci_error const& e) {
        session_.fail(e, sql, until);
    }
}

std::uint64_t sqlite_connection::send(sqlite_statement& statement, std::span<value const> parameters,
                                      std::span<column_type const> types, row_sink const* sink) {
    auto const reset = reset_at_end(statement);
    for (std::size_t i = 0; i < parameters.size(); ++i) statement.bind(i, parameters[i]);
    auto const before = session_.all_changes();
    ++tally().statements;
    session_.forget_clock();
    while (statement.step()) {
        ++tally().rows_read;
        if (sink != nullptr) pass_on(statement, types, *sink);
    }
    // sqlite3_changes keeps the number of an earlier statement when this one changes nothing.
    if (session_.all_changes() == before) return 0;
    auto const written = static_cast<std::uint64_t>(session_.changes());
    tally().rows_written += written;
    return written;
}

void sqlite_connection::pass_on(sqlite_statement const& statement, std::span<column_type const> types,
                                row_sink const& sink) {
    row_.resize(types.size());
    for (std::size_t i = 0; i < types.size(); ++i) statement.read(i, types[i], row_[i]);
    sink(row_);
}

}  // namespace stint
