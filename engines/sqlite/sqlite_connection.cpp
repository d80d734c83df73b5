#include "sqlite_connection.hpp"

#include <algorithm>
#include <cctype>
#include <mutex>

#include <stint/error.hpp>
#include <stint/log.hpp>

#include "sqlite_dialect.hpp"
#include "sqlite_flush.hpp"
#include "sqlite_rules.hpp"
#include "sqlite_unique_rules.hpp"

namespace stint {
namespace {

sqlite_dialect const spelling;

}  // namespace

sqlite_connection::sqlite_connection(sqlite_url const& url, std::shared_ptr<live_counters> counters, deadline until)
    : sql_connection(spelling, std::move(counters)), session_(url, tally(), until) {}

// What it keeps tells whether it is of now.
void sqlite_connection::learn(std::span<std::string_view const> tables, bool, deadline until) {
    auto const hold = std::lock_guard(session_);
    session_.limit(until);
    session_.tables().refresh(session_, until);
    for (auto const table : tables) session_.tables().find(session_, table, until);
}

flush_outcome sqlite_connection::send_flush(write_batch const& batch, deadline until) {
    struct under_way {
        write_batch const*& flushed;
        ~under_way() { flushed = nullptr; }
    } const until_the_end{flushed_};
    flushed_ = &batch;
    return run_on_sqlite(*this, session_, spelling, batch, until);
}

std::vector<unique_rule> sqlite_connection::unique_rules(std::span<std::string const> tables, deadline until) {
    return sqlite_unique_rules(*this, tables, until);
}

// A transaction that reads first and writes later can fail in between, whatever the busy timeout.
void sqlite_connection::send_begin(isolation, deadline until) {
    run("BEGIN IMMEDIATE", {}, {}, nullptr, until);
}

// A refused COMMIT leaves the transaction open.
void sqlite_connection::send_commit(deadline until) {
    try {
        run("COMMIT", {}, {}, nullptr, until);
    } catch (constraint_violation& refused) {
        if (flushed_ != nullptr && in_transaction()) tell_subject(refused);
        throw;
    }
}

// What can't be asked any more isn't known; the violation must be told all the same.
void sqlite_connection::tell_subject(constraint_violation& refused) {
    try {
        if (auto found = broken_sqlite_reference(*this, *flushed_); found != error_subject{})
            refused.tell_subject(std::move(found));
    } catch (error const& e) {
        logger()->debug("the reference that a commit broke could not be looked up: {}", e.what());
    }
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
    if (sink != nullptr) check_columns(types.size(), statement->columns(), sql);
    auto const ends = what_it_commits(*statement, sql);
    try {
        return send(*statement, parameters, types, sink);
    } catch (soci::soci_error const& e) {
        session_.fail(e, sql, until, ends);
    }
}

sqlite_session::commits sqlite_connection::what_it_commits(sqlite_statement const& statement, std::string_view sql) {
    using commits = sqlite_session::commits;
    if (!session_.in_transaction()) return statement.writes() ? commits::itself : commits::nothing;
    auto const begins_with = [&](std::string_view word) {
        return std::ranges::equal(sql.substr(0, word.size()), word,
                                  [](unsigned char a, unsigned char b) { return std::toupper(a) == b; });
    };
    return begins_with("COMMIT") || begins_with("END") || begins_with("RELEASE") ? commits::all_before
                                                                                 : commits::nothing;
}

std::uint64_t sqlite_connection::send(sqlite_statement& statement, std::span<value const> parameters,
                                      std::span<column_type const> types, row_sink const* sink) {
    auto const reset = reset_at_end(statement);
    statement.bind_all(parameters);
    auto const before = session_.all_changes();
    ++tally().statements;
    session_.forget_clock();
    for (bool first = true; statement.step(); first = false) {
        if (first && sink != nullptr) statement.check_declared(types);
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
