// database: an address and a small pool of connections to it.
//
//     stint::database books{"sqlite:accounting.db"};             // made when it isn't there
//     stint::database ledger{"postgresql://clerk@host/books"};   // libpq's URLs
//
//     sqlite:PATH  sqlite::memory:       ?mode=rw opens existing files only, ?mode=ro reads only
//     postgresql://USER:PASSWORD@HOST:PORT/NAME?...   anything that libpq understands
//     ?pooler=transaction    behind a pooler (PgBouncer) that gives each transaction another session: statements have no names,
//                            no result hangs on a session's settings (a server of 12 or later), and who waits for a lock asks
//                            again now and then instead of being told
//
// Units of work borrow a connection for one call at a time: nothing is held while a user thinks, so
// a few connections serve thousands of open units. A connection that comes back in a transaction or broken is
// cleaned or dropped; one that was idle for long is asked whether it still answers before it is lent again, and has 5 s
// at most to do so.
//
// SQLite files are opened with foreign_keys on, journal_mode WAL, synchronous FULL. Somebody else's transaction is waited
// for until the deadline, or 30 s where that is deadline::none(). A database in memory is one connection's own, and so has
// one.
//
// Shared by all threads; every function may be called at any time. Leases must be given back (units
// of work ended) before the database is destroyed.
#pragma once

#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>

#include <stint/connection.hpp>
#include <stint/counters.hpp>
#include <stint/deadline.hpp>
#include <stint/detail/count_scope.hpp>
#include <stint/engine.hpp>

namespace stint {

struct database_options {
    std::size_t connections = 5;  ///< at most so many at once; a database in memory has one whatever this says
    std::chrono::milliseconds lend_within{std::chrono::seconds{30}};  ///< how long to wait for a free one
    std::chrono::milliseconds check_after_idle{std::chrono::seconds{30}};
};

class database {
public:
    /// Opens the first connection, so that a wrong address is noticed here.
    /// Throws usage_error for a malformed URL and connection_error when nothing answers.
    explicit database(std::string_view url, database_options options = {});
    database(database const&) = delete;
    database& operator=(database const&) = delete;
    ~database();

    /// A connection on loan; back when it is destroyed. Movable, used by one thread at a time.
    class lease {
    public:
        lease(lease&&) noexcept = default;
        lease& operator=(lease&&) = delete;
        ~lease();

        connection& operator*() const noexcept { return *connection_; }
        connection* operator->() const noexcept { return connection_.get(); }

    private:
        friend class database;
        lease(database& owner, std::unique_ptr<connection> lent) noexcept;

        database*                   owner_;
        std::unique_ptr<connection> connection_;
        detail::count_scope*        counted_in_;
        std::uint64_t               scope_number_ = 0;
        stint::counters             before_{};
    };

    /// Waits for a free connection, at the longest until the deadline or options.lend_within.
    /// Throws connection_error (exhausted, unreachable, refused).
    lease lend(deadline until = deadline::none());

    /// A connection outside of the pool, for a task that keeps it: to renew leases, to listen. Throws connection_error; for
    /// a database in memory usage_error, because that is one connection's own.
    std::unique_ptr<connection> connect(deadline until = deadline::none());

    engine const& kind() const noexcept;
    /// The address without its password.
    std::string address() const;
    /// Of all its connections since it was opened: of its own, those of connect(), and those that were closed.
    stint::counters counters() const noexcept;

private:
    class pool;
    std::unique_ptr<pool> pool_;
};

}  // namespace stint
