// A value as PostgreSQL writes and reads it: as text, both ways.
#pragma once

#include <optional>
#include <string>

#include <libpq-fe.h>

#include <stint/column.hpp>
#include <stint/value.hpp>

namespace stint {

/// None: null. Throws value_error for what PostgreSQL can't keep.
std::optional<std::string> to_postgresql(value const& from);
/// Appends what stands for the value in the text of an array.
void append_to_postgresql_array(value const& from, std::string& to);

/// Throws schema_error when the result's column is of another type, and value_error when its content doesn't fit.
value from_postgresql(PGresult const* result, int row, int column, column_type type);

}  // namespace stint
