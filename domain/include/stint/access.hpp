// access: how a unit of work used an object. What is written of a change, a conflict and a flush says it alike.
#pragma once

#include <cstdint>
#include <string_view>

namespace stint {

enum class access : std::uint8_t { read, added, changed, removed };

std::string_view to_string(stint::access access) noexcept;

}  // namespace stint
