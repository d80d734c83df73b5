// soci_connection: a connection whose single statements SOCI prepares and runs.
//
// run() prepares or finds the statement, binds, executes, reads and counts; errors leave it translated. An engine fills
// in the hooks.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <soci/soci.h>

#include "prepared_statement.hpp"
#include "sql_connection.hpp"
#include "statement_cache.hpp"

namespace stint {

class soci_connection : public sql_connection {
protected:
    /// Where something failed, for its translation.
    struct failure {
        std::string_view                  sql;
        bool                              preparing;
        soci::details::statement_backend* statement;  ///< null while preparing
        deadline                          until;
        bool                              outdated = false;  ///< see is_outdated(); in a transaction
    };

    soci_connection(dialect const& spelling, std::unique_ptr<soci::session> session,
                    std::shared_ptr<live_counters> counters);
    ~soci_connection() override;

    soci::session&                       session() noexcept { return *session_; }
    live_counters&                       counted() noexcept { return *counters_; }
    statement_cache<prepared_statement>& statements() noexcept { return statements_; }

    /// Counts one statement, and the wait for a server where there is one.
    virtual void count_statement() noexcept = 0;
    virtual void count_prepared() noexcept = 0;

    /// Makes the engine give up at the deadline. Throws deadline_exceeded when that has passed already.
    virtual void limit(deadline until) = 0;

    virtual std::size_t parameters_of(prepared_statement& statement) = 0;
    virtual void        encode(value const& from, soci_parameter& to) const = 0;
    using sql_connection::execute;
    /// Executes and reads to the end; answers how many rows were written.
    virtual std::uint64_t execute(prepared_statement& statement, std::span<column_type const> types,
                                  row_sink const* sink) = 0;
    virtual void          drop_oldest_statement() { statements_.drop_oldest(); }

    /// Whether a statement failed because the tables, or the session, changed since it was prepared. Nothing was done then.
    virtual bool is_outdated(soci::soci_error const& error) const noexcept = 0;
    virtual void drop_statement(std::string_view sql) { statements_.drop(sql); }

    /// Called where a soci_error was caught; throws what it means with the original nested.
    virtual void      translate(soci::soci_error const& error, failure const& where) = 0;
    [[noreturn]] void fail(soci::soci_error const& error, failure const& where);

    std::uint64_t run(std::string_view sql, std::span<value const> parameters, std::span<column_type const> types,
                      row_sink const* sink, deadline until) final;

private:
    std::shared_ptr<prepared_statement> prepared(std::string_view sql, deadline until);
    std::uint64_t                       send(prepared_statement& statement, std::span<value const> parameters,
                                             std::span<column_type const> types, row_sink const* sink);

    std::shared_ptr<live_counters>      counters_;
    std::unique_ptr<soci::session>      session_;
    statement_cache<prepared_statement> statements_{statements_kept};
    bool                                reading_ = false;
};

}  // namespace stint
