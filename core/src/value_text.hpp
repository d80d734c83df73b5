// A text that was read becomes a value.
#pragma once

#include <string>
#include <string_view>

#include <stint/value.hpp>

namespace stint {

/// A string that is there already gives its room.
inline void put_text(std::string_view text, value& into) {
    auto* const there = std::get_if<std::string>(&into);
    (there != nullptr ? *there : into.emplace<std::string>()).assign(text);
}

}  // namespace stint
