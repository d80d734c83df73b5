// The id of a business transaction (private to the room).
#pragma once

#include <string>

namespace stint::detail {

/// 128 random bits: no two business transactions share one, whatever process or machine they run in.
std::string new_owner();

}  // namespace stint::detail
