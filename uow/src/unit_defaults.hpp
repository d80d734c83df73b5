// What a unit of work doesn't say itself (private to the room).
#pragma once

#include <string>

#include <stint/database.hpp>
#include <stint/unit_options.hpp>

namespace stint::detail {

/// From the database's defaults, then the library's: with a strategy and a verification in any case.
unit_options with_defaults(unit_options given, database const& db);

/// The id of a business transaction, 128 random bits: no two share one, whatever process or machine they run in.
std::string new_owner();

}  // namespace stint::detail
