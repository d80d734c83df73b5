// database: an address and a small pool of connections to it.
//
//     stint::database books{"sqlite:accounting.db"};             // made when it isn't there
//     stint::database ledger{"postgresql://clerk@host/books"};   // libpq's URLs
//
//     sqlite:PATH  sqlite::memory:       ?mode=rw opens existing files only, ?mode=ro reads only
//     postgresql://USER:PASSWORD@HOST:PORT/NAME?...   anything that libpq understands
//     ?pooler=transaction    behind a pooler (PgBouncer) that gives each transaction another session: statements have
//                            no names, no result hangs on a session's settings (a server of 12 or later), and whoever
//                            waits for a lock asks again now and then instead of being told
//
// Units of work borrow a connection for one call at a time: nothing is held while a user thinks, so
// a few connections serve thousands of open units. A connection that comes back in a transaction or broken is
// cleaned or dropped; one that was idle for long is asked whether it still answers before it is lent again, and has 5 s
// at most to do so.
//
// SQLite files are opened with foreign_keys on, journal_mode WAL, synchronous FULL. Somebody else's transaction is
// waited for until the deadline, or 30 s where that is deadline::none(). A database in memory is one connection's own,
// and so has one.
//
// Shared by all threads; every function may be called at any time.
//
// What uses a database ends before it: leases, units of work, lock tables and lease keepers. The destructor logs what
// still does (critical) and asserts that nothing does, where the code that destroys it is compiled without NDEBUG. With
// NDEBUG it goes on: a lease that comes late is closed, and what a lock table or a lease keeper asks from then on
// throws usage_error.
#pragma once

#include <any>
#include <cassert>
#include <chrono>
#include <cstddef>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

#include <stint/connection.hpp>
#include <stint/counters.hpp>
#include <stint/deadline.hpp>
#include <stint/detail/count_scope.hpp>

namespace stint {

class engine;

/// The engine for a URL, of those that come with the library. Throws usage_error for one that none of them reads.
/// Declared here and defined by the target stint::stint, which alone knows the engines. Who links the rooms one by one
/// defines it with those that he wants (make_engine in extension/engine.hpp).
std::shared_ptr<engine> built_in_engine(std::string_view url);

struct database_options {
    std::size_t connections = 5;  ///< at most so many at once; a database in memory has one whatever this says
    std::chrono::milliseconds lend_within{std::chrono::seconds{30}};  ///< how long to wait for a free one
    std::chrono::milliseconds check_after_idle{std::chrono::seconds{30}};
    /// What holds for everybody who uses this database, said once: stint::unit_defaults, for each unit of work.
    std::vector<std::any> defaults{};
};

class database {
    class pool;

public:
    /// Opens the first connection, so that a wrong address is noticed here.
    /// Throws usage_error for a malformed URL and connection_error when no connection can be made, whatever the reason.
    explicit database(std::string_view url, database_options options = {})
        : database(built_in_engine(url), std::move(options)) {}
    /// On an engine of one's own (extension/engine.hpp).
    explicit database(std::shared_ptr<engine> kind, database_options options = {});
    database(database const&) = delete;
    database& operator=(database const&) = delete;
    ~database() {
        [[maybe_unused]] bool const is_in_use = close();
        assert(!is_in_use && "a database was destroyed before what uses it: the log says what");
    }

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
        lease(std::shared_ptr<pool> owner, std::unique_ptr<connection> lent) noexcept;

        std::shared_ptr<pool>       owner_;
        std::unique_ptr<connection> connection_;
        detail::count_scope*        counted_in_;
        std::uint64_t               scope_number_ = 0;
        stint::counters             before_{};
    };

    /// Waits for a free connection, at the longest until the deadline or options.lend_within.
    /// Throws connection_error (exhausted, unreachable, refused).
    lease lend(deadline until = deadline::none());

    /// A connection outside of the pool, for a task that keeps it: to renew leases, to listen. Throws connection_error;
    /// for a database in memory usage_error, because that is one connection's own.
    std::unique_ptr<connection> connect(deadline until = deadline::none());

    engine const& kind() const noexcept;
    /// The address without its password.
    std::string address() const;
    /// Of all its connections since it was opened: of its own, those of connect(), and those that were closed.
    stint::counters counters() const noexcept;

    /// What was given as a default of this type; null: nothing was.
    template <class T>
    T const* default_of() const noexcept {
        for (auto const& given : defaults())
            if (auto const* const found = std::any_cast<T>(&given)) return found;
        return nullptr;
    }

    /// For the library: what a room above keeps for a database object, for all of its threads (Boost.Asio calls such a
    /// thing a service).
    class service {
    public:
        service() = default;
        service(service const&) = delete;
        service& operator=(service const&) = delete;
        virtual ~service() = default;
    };
    /// The only one of its class: made as Service{*this} when it is first asked for, destroyed before the connections
    /// are.
    template <class Service>
    Service& use_service() {
        auto const make = [](database& here) -> std::unique_ptr<service> { return std::make_unique<Service>(here); };
        return static_cast<Service&>(service_of(typeid(Service), make));
    }

    /// For what has threads of its own, which may be at work when the database is destroyed (lock_table, lease_keeper):
    /// asks the same pool, and can be asked at any time. lend and connect throw usage_error once the database is gone.
    class guest {
    public:
        /// `name` says who it is, in the log: a literal.
        guest(database& host, char const* name);
        guest(guest const&) = delete;
        guest& operator=(guest const&) = delete;
        ~guest();

        lease                       lend(deadline until);
        std::unique_ptr<connection> connect(deadline until);
        engine const&               kind() const noexcept;
        std::string                 address() const;

    private:
        std::shared_ptr<pool> pool_;
        char const*           name_;
    };

    /// For the library: what holds a share uses the database, whether it has a lease or not.
    std::shared_ptr<void const> share() const noexcept { return pool_; }

private:
    /// Lends nothing any more. Whether something still uses it.
    bool close() noexcept;

    std::vector<std::any> const& defaults() const noexcept;
    service&                     service_of(std::type_info const& type, std::unique_ptr<service> (*make)(database&));

    std::shared_ptr<pool> pool_;
};

}  // namespace stint
