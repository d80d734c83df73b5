#include "soci_connection.hpp"

#include <exception>
#include <utility>

#include <stint/log.hpp>

namespace stint {

soci_connection::soci_connection(dialect const& spelling, std::unique_ptr<soci::session> session,
                                 std::shared_ptr<live_counters> counters)
    : sql_connection(spelling), counters_(std::move(counters)), session_(std::move(session)) {
    ++counters_->connections;
}

soci_connection::~soci_connection() = default;

std::uint64_t soci_connection::run(std::string_view sql, std::span<value const> parameters,
                                   std::span<column_type const> types, row_sink const* sink, deadline until) {
    auto const hold = one_at_a_time(reading_);
    limit(until);
    logger()->trace("{}", sql);
    auto statement = statements_.find(sql);
    bool is_kept = statement != nullptr;
    while (true) {
        if (!statement) statement = prepared(sql, until);
        check_parameters(parameters_of(*statement), parameters.size(), sql);
        try {
            return send(*statement, parameters, types, sink);
        } catch (soci::soci_error const& e) {
            bool const outdated = std::exchange(is_kept, false) && is_outdated(e);
            if (!outdated || in_transaction())
                fail(e, {sql, false, &statement->backend<soci::details::statement_backend>(), until, outdated});
        }
        statement.reset();
        drop_statement(sql);
    }
}

std::uint64_t soci_connection::send(prepared_statement& statement, std::span<value const> parameters,
                                    std::span<column_type const> types, row_sink const* sink) {
    statement.bind(parameters, [this](value const& from, soci_parameter& to) { encode(from, to); });
    count_statement();
    auto const written = execute(statement, types, sink);
    if (written != 0) counters_->rows_written += written;
    return written;
}

std::shared_ptr<prepared_statement> soci_connection::prepared(std::string_view sql, deadline until) {
    if (statements_.is_full()) drop_oldest_statement();
    try {
        count_prepared();
        return statements_.keep(sql, std::make_shared<prepared_statement>(*session_, std::string(sql)));
    } catch (soci::soci_error const& e) {
        fail(e, {sql, true, nullptr, until});
    }
}

void soci_connection::fail(soci::soci_error const& error, failure const& where) {
    translate(error, where);
    std::terminate();  // it throws; g++ doesn't believe [[noreturn]] of a virtual function
}

}  // namespace stint
