// A value as SQLite keeps it, both ways.
#pragma once

#include <array>
#include <string_view>

#include <soci/sqlite3/soci-sqlite3.h>

#include <stint/column.hpp>
#include <stint/value.hpp>

#include "sql.hpp"

namespace stint {

/// For the pragmas: a table, and its schema or null.
std::array<value, 2> name_and_schema(std::string_view table);

/// Binds a parameter, counted from 1; returns SQLite's code. A text is not copied: it must live as long as it is bound.
/// Throws value_error for what SQLite can't keep.
int to_sqlite(sqlite_api::sqlite3_stmt* statement, int parameter, value const& v);

/// The same as what a function or a virtual table returns.
void to_sqlite(sqlite_api::sqlite3_context* context, value const& v);

/// Puts a value in the form that its column keeps. A text is put from where it stands; a number may become another.
/// Throws value_error when it doesn't fit and usage_error when it is of another type.
template <typename Put>
void in_form_of(value const& given, column const& column, Put put) {
    auto const* const number = std::get_if<decimal>(&given);
    bool const        is_as_kept = number != nullptr && number->scale() == column.type.scale;
    if (column.type.kind == data_type::numeric && !is_as_kept) return put(stored(given, column));
    check_type(given, column);
    put(given);
}

/// Throws schema_error where a decimal is read from a column whose declared type (DECIMAL(10,2), REAL) says that what
/// it holds are numbers and not units. Views' columns count as what they are made of; expressions have no type.
void check_declared_type(sqlite_api::sqlite3_stmt* statement, int column, column_type type);

/// A column of the statement's current row, while the connection is locked (sqlite_session::lock).
/// Throws schema_error when it is of another type.
void from_sqlite(sqlite_api::sqlite3_stmt* statement, int column, column_type type, value& target);

}  // namespace stint
