// taken_key: whether a unique violation is of the key of a table, and not of another rule.
//
// A sequence that is behind gives keys that are taken. That is nobody's fault but the flush's, which then has to step
// over them; any other violation is the caller's. Constraints have names that say nothing, so the server is asked what
// the index is of.
#pragma once

#include <string_view>

#include <libpq-fe.h>

#include <stint/connection.hpp>
#include <stint/deadline.hpp>
#include <stint/write_batch.hpp>

namespace stint {

inline constexpr std::string_view unique_violation = "23505";

/// In a round trip of its own.
bool is_of_key(PGresult const& violation, row_shape const& inserted, connection& from, deadline until);

}  // namespace stint
