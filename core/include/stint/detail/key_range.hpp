// The numbers that a database may give to new rows as keys: from -2^62 on. What is below stands in memory for rows
// that have no key yet (row_key).
#pragma once

#include <cstdint>

namespace stint::detail {

inline constexpr std::int64_t lowest_key = -(std::int64_t{1} << 62);

}  // namespace stint::detail
