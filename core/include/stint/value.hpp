// value: the content of one column, on its way between an object and a database.
//
// A value is null, a boolean, a 64-bit integer, a double, text, an exact decimal, a point in time, or, only inside a
// write_batch, a reference to the key that a new row of the batch will get. Each engine maps it to its own types
// (docs/engines.md). A regular value type: copy, compare and print it. Null equals null. A double compares as doubles
// do, so NaN equals nothing; identical() compares what is stored.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <variant>

#include <stint/decimal.hpp>

namespace stint {

/// A point in time as databases keep it: UTC, in microseconds.
using timestamp = std::chrono::sys_time<std::chrono::microseconds>;

struct null_t {
    friend constexpr bool operator==(null_t, null_t) noexcept { return true; }
};
inline constexpr null_t null{};

/// Stands for the key of the row at this index of the same write_batch. The key is known once the row is inserted.
struct key_of_row {
    std::size_t           row = 0;
    friend constexpr bool operator==(key_of_row, key_of_row) noexcept = default;
};

using value = std::variant<null_t, bool, std::int64_t, double, std::string, decimal, timestamp, key_of_row>;

inline bool is_null(value const& v) noexcept {
    return std::holds_alternative<null_t>(v);
}

/// Whether both are stored as the same value. Differs from == for double: NaN is identical to NaN, and 0.0 isn't to
/// -0.0.
bool identical(double left, double right) noexcept;
bool identical(value const& left, value const& right) noexcept;

/// For logs, tests and people: null, true, 42, 'text', 40.80, 2026-01-31T08:00:00.000000Z, @3.
std::string to_string(value const& v);

/// ISO 8601 in UTC with microseconds, e.g. 2026-01-31T08:00:00.000000Z.
std::string to_string(timestamp time);

}  // namespace stint
