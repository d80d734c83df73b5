// What SQLite's result codes mean. (https://www.sqlite.org/rescode.html)
#pragma once

#include <string>

#include <stint/deadline.hpp>

namespace stint {

struct sqlite_failure {
    int         code = 0;   ///< the extended result code
    std::string message{};  ///< sqlite3_errmsg
    std::string address{};
    std::string statement{};
    bool        preparing = false;
    deadline    until = deadline::none();
};

/// Throws the error that this failure is, with the exception that is being handled nested.
[[noreturn]] void throw_sqlite_error(sqlite_failure const& failure);
/// The same for a failure to open the database.
[[noreturn]] void throw_sqlite_open_error(sqlite_failure const& failure, std::string const& path);

}  // namespace stint
