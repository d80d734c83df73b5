// Which rule of its table a row broke. SQLite tells the kind of the rule by its code, and the rest in its text alone:
// so its tables are asked, in the transaction that the row was to be a part of.
#pragma once

#include <stint/connection.hpp>
#include <stint/error.hpp>

#include "written_row.hpp"

namespace stint {

/// The row with the columns that are refused, and the index of a unique rule, as far as it can be known.
error_subject broken_sqlite_rule(connection& db, written_row const& row, constraint_violation::rule_type rule);

/// The first row of a batch that leaves a reference to nothing, for a COMMIT that was refused for that; empty when none
/// is found.
error_subject broken_sqlite_reference(connection& db, write_batch const& batch);

}  // namespace stint
