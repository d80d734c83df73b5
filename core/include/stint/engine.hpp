// engine: one kind of database at one address; what a database object owns to open connections.
//
// Each engine lives in its own folder of src/ and is found by the scheme of a URL. Applications use
// database.hpp; this seam is here for it and for those who bring an engine of their own.
// All functions may be called by any thread at any time.
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

/// A number that one thread at a time adds to, and any may read meanwhile.
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

    /// "sqlite" or "postgresql".
    virtual std::string_view name() const noexcept = 0;
    /// The address without its password, for messages.
    virtual std::string address() const = 0;
    /// How many connections can be open to this database at once; 1 for a database in memory.
    virtual std::size_t max_connections() const noexcept = 0;

    /// Opens a connection, which counts in what it was given. Throws connection_error.
    virtual std::unique_ptr<connection> connect(std::shared_ptr<live_counters> counters, deadline until) = 0;

    /// The statements that create these tables, in an order that works whatever refers to what.
    virtual std::vector<std::string> create_tables(std::span<table_definition const> tables) const = 0;
    /// The statements that drop them, those that exist.
    virtual std::vector<std::string> drop_tables(std::span<table_definition const> tables) const = 0;
};

/// The engine for a URL. Throws usage_error for one that it can't read.
std::unique_ptr<engine> make_engine(std::string_view url);

}  // namespace stint
