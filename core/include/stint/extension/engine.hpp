// engine: one kind of database at one address; a database object opens its connections by it.
//
// An engine is found by the scheme of a URL (built_in_engine), or given to a database by a program that brings its own.
// Applications use database.hpp. An engine that also keeps offline locks is a lock_keeping_engine
// (extension/lock_store.hpp). Any thread may call all functions at any time.
#pragma once

#include <atomic>
#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stint/connection.hpp>
#include <stint/counters.hpp>
#include <stint/deadline.hpp>
#include <stint/table_definition.hpp>

namespace stint {

/// A number that one thread at a time adds to, while any thread may read it.
template <class T>
class live_count {
public:
    live_count& operator+=(T more) noexcept {
        value_.store(read() + more, std::memory_order_relaxed);
        return *this;
    }
    live_count& operator++() noexcept { return *this += T{1}; }
    T           read() const noexcept { return value_.load(std::memory_order_relaxed); }

private:
    std::atomic<T> value_{T{}};
};

/// What one connection counts, member for member like counters.
struct live_counters {
    live_count<std::uint64_t> round_trips{}, statements{}, prepared{}, rows_read{}, rows_written{}, connections{},
        bytes_sent{}, bytes_received{};
    live_count<std::chrono::nanoseconds> locked_for{};

    counters read() const noexcept;
};

class engine {
public:
    engine() = default;
    engine(engine const&) = delete;
    engine& operator=(engine const&) = delete;
    virtual ~engine() = default;

    /// "sqlite", "postgresql", or the name of another engine.
    virtual std::string_view name() const noexcept = 0;
    /// The address without its password, for messages.
    virtual std::string address() const = 0;
    /// How many connections can be open to this database at once; 1 for a database in memory.
    virtual std::size_t max_connections() const noexcept = 0;

    /// Opens a connection, which counts in `counters`. Throws connection_error.
    virtual std::unique_ptr<connection> connect(std::shared_ptr<live_counters> counters, deadline until) = 0;

    /// Returns the statements that create these tables, in an order that works whichever table refers to which.
    virtual std::vector<std::string> create_tables(std::span<table_definition const> tables) const = 0;
    /// Returns the statements that drop those of them that exist.
    virtual std::vector<std::string> drop_tables(std::span<table_definition const> tables) const = 0;
};

/// A kind of engine: an entry of a list.
struct engine_kind {
    std::string_view scheme;   ///< the start of its URLs
    std::string_view example;  ///< a URL, for messages; may be empty
    std::unique_ptr<engine> (*make)(std::string_view url);
};

/// Makes the engine of this list for a URL. Throws usage_error for a URL that none of them reads.
std::shared_ptr<engine> make_engine(std::string_view url, std::span<engine_kind const> kinds);

}  // namespace stint
