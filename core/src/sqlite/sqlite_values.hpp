// A value as SQLite keeps it, both ways.
#pragma once

#include <soci/sqlite3/soci-sqlite3.h>

#include <stint/column.hpp>
#include <stint/value.hpp>

#include "../prepared_statement.hpp"

namespace stint {

/// Throws value_error for what SQLite can't keep.
void to_sqlite(value const& from, soci_parameter& to);

/// A column of the statement's current row. Throws schema_error when it is of another type.
value from_sqlite(sqlite_api::sqlite3_stmt* statement, int column, column_type type);

}  // namespace stint
