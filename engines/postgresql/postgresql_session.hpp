// postgresql_session: an open session of a PostgreSQL server: its single statements, their deadlines, and what failures
// mean.
//
// SOCI opens it and reads the parameters in SQL; libpq's pipeline carries everything, so that a deadline needs no word
// of the server's (postgresql_pipeline.hpp). Statements are prepared by name when they are first sent, in the same
// round trip, and kept by their SQL. Behind a pooler that gives each transaction another session there are no names.
// Used by the connection, and by its flush.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <soci/soci.h>

#include <soci/postgresql/soci-postgresql.h>

#include <stint/deadline.hpp>
#include <stint/extension/engine.hpp>

#include "least_recently_used.hpp"
#include "postgresql_errors.hpp"
#include "postgresql_pipeline.hpp"
#include "postgresql_url.hpp"
#include "statement_names.hpp"

namespace stint {

class postgresql_session {
public:
    using parameters = std::span<postgresql_pipeline::parameter const>;
    using result_ptr = postgresql_pipeline::result_ptr;

    struct single_statement {
        pipeline_statement sent;
        std::size_t        parameters = 0;
        bool               has_worked = false;  ///< since it was prepared: what it says was right for the tables
    };

    /// Throws connection_error. `tally` must outlive it. `outdated` is called when tables have changed under a
    /// statement.
    postgresql_session(postgresql_url const& url, live_counters& tally, std::function<void()> outdated, deadline until);
    postgresql_session(postgresql_session const&) = delete;
    postgresql_session& operator=(postgresql_session const&) = delete;

    /// False behind a pooler: the next transaction may find another session.
    bool is_ours() const noexcept { return is_ours_; }
    /// Of all its prepared statements: its own, and those of flushes.
    statement_names& names() noexcept { return names_; }
    bool             in_transaction() const noexcept;
    /// Throws deadline_exceeded when it has passed.
    void check_not_passed(deadline until) const;

    /// A statement kept from before, or a new one.
    std::shared_ptr<single_statement> kept(std::string_view sql);
    /// Tables have changed: prepares all of them anew.
    void renew_statements();

    /// Sends one statement and waits for its answer; once more when it may have been prepared for other tables, outside
    /// of a transaction. Inside of one that is a transient_error: it is prepared again the next time. Throws
    /// database_error.
    result_ptr ask(single_statement& statement, parameters values, deadline until);
    /// The same for SQL without parameters, unprepared; returns the command's tag.
    std::string command(std::string sql, deadline until);

    /// A failure in words and facts, for throw_postgresql_error.
    postgresql_failure described(std::optional<postgresql_pipeline::failed_statement> const& failed,
                                 bool connection_lost, deadline until) const;

    PGconn*            handle() const noexcept;
    live_counters&     tally() noexcept { return tally_; }
    std::string const& address() const noexcept { return address_; }

private:
    /// Without a result there is a failure, or the connection was lost, or both.
    struct answer {
        result_ptr                                           result{nullptr, &PQclear};
        std::optional<postgresql_pipeline::failed_statement> failed{};
        bool                                                 connection_lost = false;

        std::string code() const;
        bool        is_outdated() const;
        bool        may_be_outdated() const;
    };

    /// By their SQL as it was given.
    using kept_statements =
        least_recently_used<std::string, std::shared_ptr<single_statement>, std::hash<std::string_view>>;

    void             have_client_watched(deadline until);
    single_statement parsed(std::string_view sql);
    void             rename(single_statement& statement);
    bool             renew_if_outdated(single_statement& statement, answer const& got);
    void             tell_of_unused(deadline until);
    answer           attempt(pipeline_statement& statement, parameters values, deadline until);

    std::string                    address_;
    bool                           is_ours_;
    statement_names                names_;
    live_counters&                 tally_;
    std::function<void()>          outdated_;
    std::unique_ptr<soci::session> session_;
    kept_statements                statements_{statements_kept};
};

}  // namespace stint
