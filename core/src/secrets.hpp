// secrets: what must not be said of an address, whatever somebody wrote there.
#pragma once

#include <string>
#include <string_view>

namespace stint {

/// With %3A and the like as the signs that they stand for.
std::string percent_decoded(std::string_view text);

/// Whether a password may be in it: "password=", "passfile =", "pwd:" and the like, in any case and however encoded; or
/// USER:PASSWORD@ of a URL.
bool may_hold_password(std::string_view text);

}  // namespace stint
