// The engine for postgresql:// URLs.
#pragma once

#include <memory>
#include <string_view>

#include <stint/extension/engine.hpp>

namespace stint {

/// Throws usage_error for a URL that it can't read.
std::unique_ptr<engine> make_postgresql_engine(std::string_view url);

}  // namespace stint
