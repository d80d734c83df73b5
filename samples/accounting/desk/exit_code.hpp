// exit_code: what the program returns to the shell, and what it says of a failure.
#pragma once

#include <exception>
#include <iosfwd>
#include <stdexcept>
#include <string>

namespace accounting {

enum exit_code : int {
    exit_done = 0,
    exit_refused = 1,   ///< a conflict, a lock, a failed audit, a rule of the books
    exit_usage = 2,     ///< unknown command or option, bad value
    exit_database = 3,  ///< the database failed; also what nobody foresaw
};

/// The program was called in a way it doesn't understand.
class usage_mistake : public std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Says what failed and what to do next, and returns the exit code.
int report_failure(std::ostream& out, std::exception_ptr failure);

}  // namespace accounting
