// engine: one kind of database at one address; what a database object owns to open connections.
//
// Each engine lives in its own folder of src/ and is found by the scheme of a URL. Applications use
// database.hpp; this seam is here for it and for those who bring an engine of their own.
// All functions may be called by any thread at any time.
#pragma once

#include <atomic>
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

/// Shared by the connections of a database; they count, database::counters reads.
struct live_counters {
    std::atomic<std::uint64_t> round_trips{0}, statements{0}, prepared{0}, rows_read{0}, rows_written{0},
        connections{0};

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

    /// Opens a connection. Throws connection_error.
    virtual std::unique_ptr<connection> connect(std::shared_ptr<live_counters> counters, deadline until) = 0;

    /// The statements that create these tables, in an order that works whatever refers to what.
    virtual std::vector<std::string> create_tables(std::span<table_definition const> tables) const = 0;
    /// The statements that drop them, those that exist.
    virtual std::vector<std::string> drop_tables(std::span<table_definition const> tables) const = 0;
};

/// The engine for a URL. Throws usage_error for one that it can't read.
std::unique_ptr<engine> make_engine(std::string_view url);

}  // namespace stint
