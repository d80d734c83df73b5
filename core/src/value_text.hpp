// value_text: a text becomes a value, and is taken from one.
#pragma once

#include <string>
#include <string_view>

#include <stint/value.hpp>

namespace stint {

/// A string that is there already gives its room.
inline void put_text(std::string_view text, value& target) {
    auto* const known = std::get_if<std::string>(&target);
    (known != nullptr ? *known : target.emplace<std::string>()).assign(text);
}

/// Of a text; empty: a null.
inline std::string text_of(value const& v) {
    return is_null(v) ? std::string() : std::get<std::string>(v);
}

}  // namespace stint
