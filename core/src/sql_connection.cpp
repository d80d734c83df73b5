#include "sql_connection.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <utility>

#include <stint/error.hpp>
#include <stint/log.hpp>

#include "portable_executor.hpp"
#include "unfit_value.hpp"

namespace stint {

one_at_a_time::one_at_a_time(bool& busy) : busy_(busy) {
    if (std::exchange(busy_, true))
        throw usage_error("a connection can't be used while it reads rows: collect them first");
}

void sql_connection::select(selection const& selected, row_sink const& sink, deadline until) {
    auto const statement = selections_.rendered(selected, spelling_);
    run(statement->sql, select_parameters(selected, spelling_), statement->types, &sink, until);
}

flush_outcome sql_connection::flush(write_batch const& batch, deadline until) {
    return naming_values(batch, [&] { return send_flush(batch, until); });
}

flush_outcome sql_connection::flush_portably(write_batch const& batch, deadline until) {
    return naming_values(batch, [&] {
        check_tables(batch, until);
        return run_portably(*this, spelling_, batch, until);
    });
}

// What was known is asked anew before it refuses anything: the tables may have been mended since.
void sql_connection::check_tables(write_batch const& batch, deadline until) {
    learn(tables_of(batch), false, until);
    if (misfits(batch, known_facts(), spelling_).empty()) return;
    learn(tables_of(batch), true, until);
    if (auto found = misfits(batch, known_facts(), spelling_); !found.empty())
        throw table_mismatch(address(), std::string(engine()), std::move(found));
}

// What refused a value says of it what it knows; table, key and columns are looked up in the batch.
template <class Send>
flush_outcome sql_connection::naming_values(write_batch const& batch, Send const& send) {
    try {
        return send();
    } catch (value_error const& e) {
        if (e.subject().columns.empty()) name_unfit_value(batch);
        throw;
    } catch (database_error const& e) {
        if (is_about_a_value(e)) name_unfit_value(batch);
        throw;
    }
}

void sql_connection::name_unfit_value(write_batch const& batch) const {
    if (auto const found = find_unfit_value(batch, known_facts(), spelling_)) throw_unfit(*found);
}

find_table sql_connection::known_facts() const {
    return [this](std::string_view table) { return facts_of(table); };
}

std::vector<table_difference> sql_connection::compare(std::span<table_definition const> tables, deadline until) {
    std::vector<std::string_view> names;
    for (auto const& table : tables) names.emplace_back(table.name);
    learn(names, true, until);
    std::vector<table_difference> result;
    for (auto const& table : tables) {
        auto found = differences(table, facts_of(table.name), spelling_);
        std::ranges::move(found, std::back_inserter(result));
    }
    return result;
}

value sql_connection::as_kept(decimal const& number, int scale) const {
    return spelling_.kept_form(number.rescaled(scale));
}

void sql_connection::check_raw(std::span<value const> parameters) const {
    if (spelling_.keeps_decimals()) return;
    for (auto const& given : parameters)
        if (auto const* const number = std::get_if<decimal>(&given))
            throw usage_error("raw SQL can't know how many decimals a column keeps, so the decimal " +
                              number->to_string() + " could be any number there: give connection::as_kept(" +
                              number->to_string() + ", the column's scale)");
}

void sql_connection::query(std::string_view sql, std::span<value const> parameters, std::span<column_type const> types,
                           row_sink const& sink, deadline until) {
    check_raw(parameters);
    run(sql, parameters, types, &sink, until);
    note_end_of_locks();
}

std::uint64_t sql_connection::execute(std::string_view sql, std::span<value const> parameters, deadline until) {
    check_raw(parameters);
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
