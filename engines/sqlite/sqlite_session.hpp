// sqlite_session: an open SQLite database: its statements, its clock, its deadlines, and what its failures mean.
//
// SOCI opens it; the statements are SQLite's own (sqlite_statement.hpp). Used by the connection, for single statements,
// and by its flush.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <soci/soci.h>
// SOCI's header puts SQLite into the namespace sqlite_api.
#include <soci/sqlite3/soci-sqlite3.h>

#include <stint/deadline.hpp>
#include <stint/extension/engine.hpp>

#include "least_recently_used.hpp"
#include "sqlite_errors.hpp"
#include "sqlite_insert.hpp"
#include "sqlite_new_rows.hpp"
#include "sqlite_statement.hpp"
#include "sqlite_tables.hpp"
#include "sqlite_url.hpp"

namespace stint {

/// A statement's wait for somebody else's transaction.
struct sqlite_wait {
    deadline until = deadline::none();
    deadline give_up = deadline::none();  ///< of the wait that goes on
};

class sqlite_session {
public:
    /// What a statement commits that is run: nothing, what was written before it, or what it writes itself.
    enum class commits : std::uint8_t { nothing, all_before, itself };

    /// Throws connection_error. `tally` must outlive it.
    sqlite_session(sqlite_url const& url, live_counters& tally, deadline until);
    sqlite_session(sqlite_session const&) = delete;
    sqlite_session& operator=(sqlite_session const&) = delete;

    /// SQLite locks the connection in each of its calls, which costs less where it is locked already: for
    /// std::lock_guard.
    void lock() noexcept { sqlite_api::sqlite3_mutex_enter(sqlite_api::sqlite3_db_mutex(handle_)); }
    void unlock() noexcept { sqlite_api::sqlite3_mutex_leave(sqlite_api::sqlite3_db_mutex(handle_)); }

    bool in_transaction() noexcept;
    /// Throws deadline_exceeded when it has passed.
    void check_not_passed(deadline until) const;
    /// Has what follows give up at the deadline. Throws deadline_exceeded when it has passed.
    void limit(deadline until);

    /// A statement kept from before, or prepared now.
    std::shared_ptr<sqlite_statement> prepared(std::string_view sql, deadline until);
    /// The same of an insert of many rows by one statement: its text is insert_together_sql() of this shape, whose
    /// table was looked at before.
    std::shared_ptr<sqlite_insert> prepared_insert(row_shape const& shape, std::string_view sql, deadline until);
    void                           forget_insert(std::string_view sql) { inserts_.drop(sql); }
    sqlite_new_rows&               new_rows() noexcept { return new_rows_; }
    /// Before a statement is stepped: it reads the clock once.
    void forget_clock() noexcept { clock_reading_.reset(); }

    /// Without their numbers. Temporary tables' only where there are any.
    std::vector<sqlite_schema> schemas();

    int           changes() noexcept { return sqlite_api::sqlite3_changes(handle_); }
    std::uint64_t all_changes() noexcept;

    /// Throws what a failed statement means, with the original nested; for where that is handled. Of a statement that
    /// commits it may be commit_in_doubt; the session is of no use then.
    [[noreturn]] void fail(soci::soci_error const& error, std::string_view sql, deadline until,
                           commits ends = commits::nothing);
    bool              is_in_doubt() const noexcept { return in_doubt_; }

    live_counters&       tally() noexcept { return tally_; }
    std::string const&   address() const noexcept { return address_; }
    sqlite_tables&       tables() noexcept { return tables_; }
    sqlite_tables const& tables() const noexcept { return tables_; }

private:
    /// By their SQL. A caller that uses a statement for longer than a call holds it: so it has it even when it was
    /// dropped here.
    template <typename Statement>
    using kept_statements = least_recently_used<std::string, std::shared_ptr<Statement>, std::hash<std::string_view>>;

    void           set_up(sqlite_url const& url, deadline until);
    void           switch_to_wal(deadline until);
    bool           can_be_prepared(std::string_view sql) noexcept;
    bool           leaves_it_open(int code, commits ends) noexcept;
    sqlite_failure described(int code, std::string_view sql, deadline until, commits ends = commits::nothing);
    template <typename Statement, typename Make>
    std::shared_ptr<Statement> kept(kept_statements<Statement>& in, std::string_view sql, deadline until, Make make);

    std::string                       address_;
    live_counters&                    tally_;
    sqlite_new_rows                   new_rows_{};  // outlives the session
    std::unique_ptr<soci::session>    session_;
    sqlite_api::sqlite3*              handle_;
    kept_statements<sqlite_statement> statements_{statements_kept};  // gone before the session, as the next
    kept_statements<sqlite_insert>    inserts_{statements_kept};
    sqlite_tables                     tables_{};
    deadline                          limited_ = deadline::none();  // what the progress handler looks at
    sqlite_wait                       wait_{};
    std::optional<std::int64_t>       clock_reading_{};  // of the statement that is running
    bool                              is_file_;
    bool                              in_doubt_ = false;
};

}  // namespace stint
