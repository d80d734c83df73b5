// Why a connection can't be made, by SQLSTATE.
//
// After a failed connect libpq has a text and nothing else, SOCI neither. But libpq can be told to put the SQLSTATE in
// place of the server's words, whose language and wording may be any. So the attempt is made once more, for the code,
// where there is time: not after a host that said nothing for as long as it was given.
#pragma once

#include <string>

#include <stint/deadline.hpp>

namespace stint {

/// Empty when no server answered, when it answers by now, or when no time is left.
std::string sqlstate_of_connecting(std::string const& connect_string, deadline until);

}  // namespace stint
