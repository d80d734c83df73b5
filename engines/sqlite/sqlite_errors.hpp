// What SQLite's result codes mean. (https://www.sqlite.org/rescode.html)
#pragma once

#include <optional>
#include <string>

#include <stint/deadline.hpp>

#include "sqlite_diagnosis.hpp"

namespace stint {

struct sqlite_failure {
    int         code = 0;   ///< the extended result code
    std::string message{};  ///< sqlite3_errmsg
    std::string address{};
    std::string statement{};
    deadline    until = deadline::none();

    std::optional<sqlite_obstacle> obstacle{};              ///< of a statement that can't be prepared
    int                            system_error = 0;        ///< errno, of an I/O error
    bool                           leaves_it_open = false;  ///< a COMMIT that may have taken place all the same
};

/// Throws the error that this failure is, with the exception that is being handled nested.
[[noreturn]] void throw_sqlite_error(sqlite_failure const& failure);
/// The same for a failure to open the database.
[[noreturn]] void throw_sqlite_open_error(sqlite_failure const& failure, std::string const& path);

}  // namespace stint
