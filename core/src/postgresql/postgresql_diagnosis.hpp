// Why a connection can't be made, by SQLSTATE.
//
// After a failed connect libpq has a text and nothing else, SOCI neither. But libpq can be told to put the SQLSTATE in
// place of the server's words, whose language and wording may be any. So the attempt is made once more, for the code.
#pragma once

#include <string>

#include <stint/deadline.hpp>

namespace stint {

/// Empty when no server answered, or when it answers by now.
std::string sqlstate_of_connecting(std::string const& connect_string, deadline until);

}  // namespace stint
