// What a unit of work doesn't say itself (private to the room).
#pragma once

#include <stint/database.hpp>
#include <stint/unit_options.hpp>

namespace stint::detail {

/// From the database's defaults, then the library's: with a strategy and a verification in any case.
unit_options with_defaults(unit_options given, database const& db);

}  // namespace stint::detail
