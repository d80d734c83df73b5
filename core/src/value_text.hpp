// value_text: a text becomes a value, and is taken from one.
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

/// Of a text; empty: a null.
inline std::string text_of(value const& v) {
    return is_null(v) ? std::string() : std::get<std::string>(v);
}

}  // namespace stint
