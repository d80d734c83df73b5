#include "sql_connection.hpp"

#include <exception>
#include <utility>

#include <stint/error.hpp>
#include <stint/log.hpp>

#include "portable_executor.hpp"
#include "sql.hpp"

namespace stint {

one_at_a_time::one_at_a_time(bool& busy) : busy_(busy) {
    if (std::exchange(busy_, true))
        throw usage_error("a connection can't be used while it reads rows: collect them first");
}

void sql_connection::select(selection const& what, row_sink const& sink, deadline until) {
    auto const statement = selections_.rendered(what, spelling_);
    run(statement->sql, select_parameters(what, spelling_), statement->types, &sink, until);
}

flush_outcome sql_connection::flush(write_batch const& batch, deadline until) {
    return flush_portably(batch, until);
}

flush_outcome sql_connection::flush_portably(write_batch const& batch, deadline until) {
    return run_portably(*this, spelling_, batch, until);
}

void sql_connection::query(std::string_view sql, std::span<value const> parameters, std::span<column_type const> types,
                           row_sink const& sink, deadline until) {
    run(sql, parameters, types, &sink, until);
    note_end_of_locks();
}

std::uint64_t sql_connection::execute(std::string_view sql, std::span<value const> parameters, deadline until) {
    auto const written = run(sql, parameters, {}, nullptr, until);
    note_end_of_locks();
    return written;
}

// It may have been a COMMIT.
void sql_connection::note_end_of_locks() noexcept {
    if (begun_ && !in_transaction()) locked_.stop();
}

void sql_connection::begin(isolation level, deadline until) {
    if (in_transaction()) throw usage_error("a transaction is open on this connection already");
    send_begin(level, until);
    locked_.start(lock_time::clock::now());
    begun_ = true;
}

void sql_connection::commit(deadline until) {
    if (!std::exchange(begun_, false)) throw usage_error("there is no transaction to commit");
    if (!in_transaction()) {
        locked_.stop();
        throw database_error("the database had rolled the transaction back after an earlier error: start again",
                             {.engine = std::string(engine())}, advice::wait_and_retry);
    }
    try {
        send_commit(until);
        locked_.stop();
    } catch (...) {
        roll_back_quietly();
        throw;
    }
}

void sql_connection::roll_back_quietly() noexcept {
    try {
        rollback();
    } catch (std::exception const& e) {
        logger()->warn("a failed COMMIT could not be rolled back: {}", e.what());
    }
}

void sql_connection::rollback() {
    begun_ = false;
    if (in_transaction()) send_rollback();
    locked_.stop();
}

void sql_connection::check_parameters(std::size_t expected, std::size_t given, std::string_view sql) {
    if (expected == given) return;
    throw usage_error("this statement takes " + std::to_string(expected) + " parameters, not " + std::to_string(given) +
                      ": " + std::string(sql));
}

void sql_connection::check_columns(std::size_t expected, std::size_t found, std::string_view sql) {
    if (expected == found) return;
    throw usage_error("this statement answers " + std::to_string(found) + " columns, and " + std::to_string(expected) +
                      " types were given for them: " + std::string(sql));
}

}  // namespace stint
