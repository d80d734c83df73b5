// parameters: :1, :2, ... in raw SQL, the same on every engine: each may be written any number of times and anywhere,
// and none of them is left out.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace stint {

/// The number in ":12", from 1. Throws usage_error for another name.
std::size_t       parameter_number(std::string_view name, std::string_view sql);
[[noreturn]] void refuse_gap(std::string_view sql);

struct numbered_sql {
    std::string sql;             ///< with $1, $2, ...
    std::size_t parameters = 0;  ///< values that it takes
};

/// For PostgreSQL: parameters in quotes, quoted names, remarks and $$ texts are none. Throws usage_error.
numbered_sql with_dollars(std::string_view sql);

}  // namespace stint
