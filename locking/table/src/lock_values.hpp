// How names, leases and locks go to the database and come from it (private to the room).
#pragma once

#include <array>
#include <span>
#include <string>
#include <vector>

#include <stint/column.hpp>
#include <stint/held_lock.hpp>
#include <stint/lock_table.hpp>
#include <stint/value.hpp>

namespace stint {

/// ["documents/1", ...]
std::string json_of(std::span<std::string const> names);
/// [["documents/1", owner, fence], ...]
std::string json_of(std::span<lease const> leases);

std::int64_t microseconds(std::chrono::microseconds time) noexcept;

/// The columns of a held_lock, in the order in which every statement returns them.
inline constexpr std::array held_lock_types{
    column_type{data_type::text},    column_type{data_type::text},    column_type{data_type::text},
    column_type{data_type::text},    column_type{data_type::integer}, column_type{data_type::instant},
    column_type{data_type::instant}, column_type{data_type::integer}, column_type{data_type::text}};

held_lock held_lock_from(std::span<value> row);
/// Whether the row has a lock: its first column is not null.
bool is_there(std::span<value const> row) noexcept;

/// The end of a lease that has this much time left, as the database said after a request that began then.
deadline end_of_lease(deadline::clock::time_point request_began, value const& rest);

}  // namespace stint
