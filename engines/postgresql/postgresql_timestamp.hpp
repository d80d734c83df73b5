// A timestamp as PostgreSQL's text in DateStyle ISO, both ways. The farthest timestamps stand for infinity.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include <stint/value.hpp>

namespace stint {

std::string              to_postgresql_text(timestamp time);
std::optional<timestamp> from_postgresql_text(std::string_view text);

}  // namespace stint
