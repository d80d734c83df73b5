// database: an address, and a small pool of connections to it.
//
//     stint::database books{"sqlite:accounting.db"};             // made when it isn't there
//     stint::database ledger{"postgresql://clerk@host/books"};   // libpq's URLs
//
// Units of work borrow a connection for one call at a time. Nothing is held while a user thinks, so a few connections
// serve thousands of open units. URLs, parameters, poolers, and how a connection is set up: docs/engines.md.
// Shared by all threads; every function may be called at any time. Throws connection_error.
//
// Everything that uses a database ends before it: leases, units of work, lock tables, lease keepers. Otherwise the
// destructor logs what still does, and asserts where its caller is compiled without NDEBUG. With NDEBUG it goes on: a
// late lease is closed, and lock tables and lease keepers throw usage_error from then on.
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

/// Returns the library's engine for a URL. Throws usage_error for a URL that none of its engines reads. Declared here
/// and defined by the target stint::stint, which alone knows the engines. A program that links the rooms one by one
/// defines it, with the engines that it wants (make_engine in extension/engine.hpp).
std::shared_ptr<engine> built_in_engine(std::string_view url);

struct database_options {
    std::size_t               connections = 5;  ///< at most this many at once; a database in memory has one in any case
    std::chrono::milliseconds lend_within{std::chrono::seconds{30}};  ///< how long to wait for a free one
    /// A connection that was idle for this long is asked whether it still answers before it is lent.
    std::chrono::milliseconds check_after_idle{std::chrono::seconds{30}};
    /// Defaults for everything that uses this database: stint::unit_defaults, for units of work.
    std::vector<std::any> defaults{};
};

class database {
    class pool;

public:
    /// Opens the first connection, so that a wrong address is noticed here.
    /// Throws usage_error for a malformed URL and connection_error when no connection can be made, whatever the reason.
    explicit database(std::string_view url, database_options options = {})
        : database(built_in_engine(url), std::move(options)) {}
    /// On an engine of the caller's (extension/engine.hpp).
    explicit database(std::shared_ptr<engine> kind, database_options options = {});
    database(database const&) = delete;
    database& operator=(database const&) = delete;
    ~database() {
        [[maybe_unused]] bool const is_in_use = close();
        assert(!is_in_use && "a database was destroyed before what uses it: the log says what");
    }

    /// A connection on loan, given back by the destructor. Movable; used by one thread at a time.
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

    /// Waits for a free connection until the deadline, or for options.lend_within if that is shorter.
    /// Throws connection_error (exhausted, unreachable, refused).
    lease lend(deadline until = deadline::none());

    /// Opens a connection outside of the pool, for a task that keeps it: to renew leases, to listen. Throws
    /// connection_error, and usage_error for a database in memory, which has one connection only.
    std::unique_ptr<connection> connect(deadline until = deadline::none());

    engine const& kind() const noexcept;
    /// The address without its password.
    std::string address() const;
    /// Of all connections since it was opened: the pool's, those of connect(), and those that were closed.
    stint::counters counters() const noexcept;

    /// The default of this type in database_options; null if there is none.
    template <class T>
    T const* default_of() const noexcept {
        for (auto const& given : defaults())
            if (auto const* const found = std::any_cast<T>(&given)) return found;
        return nullptr;
    }

    /// For the library: an object that a room above keeps for a database, for all of its threads (as a service in
    /// Boost.Asio).
    class service {
    public:
        service() = default;
        service(service const&) = delete;
        service& operator=(service const&) = delete;
        virtual ~service() = default;
    };
    /// Returns the only service of its class. It is made as Service{*this} at the first call, and destroyed before the
    /// connections.
    template <class Service>
    Service& use_service() {
        auto const make = [](database& here) -> std::unique_ptr<service> { return std::make_unique<Service>(here); };
        return static_cast<Service&>(service_of(typeid(Service), make));
    }

    /// For objects whose own threads may be at work when the database is destroyed (lock_table, lease_keeper). Uses the
    /// same pool and can be called at any time. lend and connect throw usage_error once the database is gone.
    class guest {
    public:
        /// `name` is for the log: a literal.
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

    /// For the library: whoever holds a share counts as a user of the database, with or without a lease.
    std::shared_ptr<void const> share() const noexcept { return pool_; }

private:
    /// Stops lending. Returns whether something still uses the database.
    bool close() noexcept;

    std::vector<std::any> const& defaults() const noexcept;
    service&                     service_of(std::type_info const& type, std::unique_ptr<service> (*make)(database&));

    std::shared_ptr<pool> pool_;
};

}  // namespace stint
