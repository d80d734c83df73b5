// A value as SQLite keeps it, both ways.
#pragma once

#include <soci/sqlite3/soci-sqlite3.h>

#include <stint/column.hpp>
#include <stint/value.hpp>

namespace stint {

/// Binds a parameter, counted from 1; answers SQLite's code. A text is not copied: it must live as long as it is bound.
/// Throws value_error for what SQLite can't keep.
int to_sqlite(sqlite_api::sqlite3_stmt* statement, int parameter, value const& from);

/// A column of the statement's current row, while the connection is locked (sqlite_session::lock).
/// Throws schema_error when it is of another type.
value from_sqlite(sqlite_api::sqlite3_stmt* statement, int column, column_type type);

}  // namespace stint
