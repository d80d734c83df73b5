// text_check: what no database keeps as text: a zero byte, and what isn't UTF-8.
#pragma once

#include <cstddef>
#include <string_view>

namespace stint {

/// "holds a zero byte" or "is not UTF-8"; empty for a text that can be kept. Quick for ASCII.
std::string_view flaw_of(std::string_view text) noexcept;

/// How many characters a UTF-8 text has.
std::size_t characters(std::string_view text) noexcept;

}  // namespace stint
