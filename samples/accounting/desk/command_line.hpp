// command_line: the program, but for main().
#pragma once

#include <iosfwd>

namespace accounting {

/// Does what the arguments say and returns the exit code. Throws nothing.
int run_command_line(int argc, char const* const* argv, std::ostream& out, std::ostream& err);

}  // namespace accounting
