// What PostgreSQL's SQLSTATEs mean. (PostgreSQL documentation, appendix A)
#pragma once

#include <string>
#include <string_view>

#include <libpq-fe.h>

#include <stint/deadline.hpp>

namespace stint {

struct postgresql_failure {
    std::string sqlstate{};  ///< empty: the client library failed
    std::string message{};   ///< the primary message
    std::string detail{};
    std::string schema{};
    std::string table{};
    std::string column{};
    std::string constraint{};
    std::string statement{};
    std::string address{};
    bool        connection_lost = false;
    bool        outdated = false;  ///< the statement had been prepared before its tables were changed
    deadline    until = deadline::none();

    /// Takes what the server told with an error.
    void read(PGresult const* result);
};

/// A field of an error (PG_DIAG_...); empty where there is none.
std::string error_field(PGresult const* result, int code);

/// What libpq says, "ERROR:  relation "shelves" does not exist" and hints, without its first word and all but its first
/// line.
std::string first_line(std::string_view message);

/// Throws the error that this failure is, with what SOCI would have thrown nested.
[[noreturn]] void throw_postgresql_error(postgresql_failure const& failure);
/// The same for a failure to connect, with the exception that is being handled nested.
[[noreturn]] void throw_postgresql_connect_error(postgresql_failure const& failure);

}  // namespace stint
