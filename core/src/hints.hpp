// What several engines say that a caller can do.
#pragma once

namespace stint {

inline constexpr char const* compare_or_create =
    "compare the mapping with the tables, or create them (stint::create_tables, for locks stint::create_lock_tables)";

}  // namespace stint
