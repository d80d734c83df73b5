#include "soci_connection.hpp"

#include <exception>
#include <utility>

#include <stint/error.hpp>
#include <stint/log.hpp>

#include "portable_executor.hpp"
#include "sql.hpp"

namespace stint {
namespace {

constexpr std::size_t statements_kept = 200;

// A sink that calls its connection again would read over its own rows.
class one_at_a_time {
public:
    explicit one_at_a_time(bool& busy) : busy_(busy) {
        if (std::exchange(busy_, true))
            throw usage_error("a connection can't be used while it reads rows: collect them first");
    }
    one_at_a_time(one_at_a_time const&) = delete;
    one_at_a_time& operator=(one_at_a_time const&) = delete;
    ~one_at_a_time() { busy_ = false; }

private:
    bool& busy_;
};

}  // namespace

soci_connection::soci_connection(dialect const& spelling, std::unique_ptr<soci::session> session,
                                 std::shared_ptr<live_counters> counters)
    : spelling_(spelling), counters_(std::move(counters)), session_(std::move(session)), statements_(statements_kept) {
    ++counters_->connections;
}

soci_connection::~soci_connection() = default;

void soci_connection::select(selection const& what, row_sink const& sink, deadline until) {
    auto const statement = select_sql(what, spelling_);
    run(statement.sql, statement.parameters, statement.types, &sink, until);
}

flush_outcome soci_connection::flush(write_batch const& batch, deadline until) {
    return flush_portably(batch, until);
}

flush_outcome soci_connection::flush_portably(write_batch const& batch, deadline until) {
    return run_portably(*this, spelling_, batch, until);
}

void soci_connection::query(std::string_view sql, std::span<value const> parameters, std::span<column_type const> types,
                            row_sink const& sink, deadline until) {
    run(sql, parameters, types, &sink, until);
}

std::uint64_t soci_connection::execute(std::string_view sql, std::span<value const> parameters, deadline until) {
    return run(sql, parameters, {}, nullptr, until);
}

void soci_connection::begin(isolation level, deadline until) {
    if (in_transaction()) throw usage_error("a transaction is open on this connection already");
    send_begin(level, until);
    begun_ = true;
}

void soci_connection::commit(deadline until) {
    if (!std::exchange(begun_, false)) throw usage_error("there is no transaction to commit");
    if (!in_transaction())
        throw database_error("the database had rolled the transaction back after an earlier error: start again",
                             {.engine = std::string(engine())}, advice::wait_and_retry);
    try {
        send_commit(until);
    } catch (...) {
        roll_back_quietly();
        throw;
    }
}

void soci_connection::roll_back_quietly() noexcept {
    try {
        rollback();
    } catch (std::exception const& e) {
        logger()->warn("a failed COMMIT could not be rolled back: {}", e.what());
    }
}

void soci_connection::rollback() {
    begun_ = false;
    if (in_transaction()) send_rollback();
}

std::uint64_t soci_connection::run(std::string_view sql, std::span<value const> parameters,
                                   std::span<column_type const> types, row_sink const* sink, deadline until) {
    auto const hold = one_at_a_time(reading_);
    limit(until);
    bool is_kept = statements_.find(sql) != nullptr;
    while (true) {
        auto& statement = prepared(sql, until);
        check_parameters(statement, sql, parameters.size());
        try {
            return send(statement, parameters, types, sink);
        } catch (soci::soci_error const& e) {
            bool const outdated = std::exchange(is_kept, false) && is_outdated(e);
            if (!outdated || in_transaction())
                fail(e, {sql, false, &statement.backend<soci::details::statement_backend>(), until, outdated});
        }
        drop_statement(sql);
    }
}

std::uint64_t soci_connection::send(prepared_statement& statement, std::span<value const> parameters,
                                    std::span<column_type const> types, row_sink const* sink) {
    statement.bind(parameters, [this](value const& from, soci_parameter& to) { encode(from, to); });
    count_statement();
    auto const written = execute(statement, types, sink);
    counters_->rows_written += written;
    return written;
}

prepared_statement& soci_connection::prepared(std::string_view sql, deadline until) {
    logger()->trace("{}", sql);
    if (auto* const known = statements_.find(sql)) return *known;
    if (statements_.is_full()) drop_oldest_statement();
    try {
        count_prepared();
        auto statement = std::make_unique<prepared_statement>(*session_, std::string(sql));
        check_prepared(*statement, sql);
        return statements_.keep(sql, std::move(statement));
    } catch (soci::soci_error const& e) {
        fail(e, {sql, true, nullptr, until});
    }
}

void soci_connection::fail(soci::soci_error const& error, failure const& where) {
    translate(error, where);
    std::terminate();  // it throws; g++ doesn't believe [[noreturn]] of a virtual function
}

void soci_connection::check_parameters(prepared_statement& statement, std::string_view sql, std::size_t given) {
    auto const expected = parameters_of(statement);
    if (expected == given) return;
    throw usage_error("this statement takes " + std::to_string(expected) + " parameters, not " + std::to_string(given) +
                      ": " + std::string(sql));
}

}  // namespace stint
