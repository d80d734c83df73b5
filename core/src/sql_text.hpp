// Lists in SQL text.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "sql.hpp"

namespace stint {

template <typename Parts, typename Spell>
std::string joined(Parts const& parts, std::string_view separator, Spell spell) {
    std::string result;
    for (auto const& part : parts) {
        if (!result.empty()) result += separator;
        result += spell(part);
    }
    return result;
}

inline std::string quoted_names(std::vector<column> const& columns) {
    return joined(columns, ", ", [](column const& c) { return quoted(c.name); });
}

}  // namespace stint
