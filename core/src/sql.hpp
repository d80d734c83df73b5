// sql: renders reads and the rows of a write_batch, through a dialect.
//
// A rendered statement has parameters :1, :2, ... and is the same text for all rows of a shape, so that an engine
// prepares it once; its bindings say which of a row's values goes to which parameter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <stint/selection.hpp>
#include <stint/write_batch.hpp>

#include "dialect.hpp"

namespace stint {

/// The first dot separates a schema from a table. They are parts of the name that was given.
struct table_name {
    std::optional<std::string_view> schema;
    std::string_view                table;
};
table_name split(std::string_view table) noexcept;

/// "name"; of a table with its schema.
std::string quoted(std::string_view name);
std::string quoted_table(std::string_view name);
/// 'text'
std::string literal(std::string_view text);

/// 1,2,3. Throws usage_error for values of another type.
std::string joined_integers(std::span<value const> integers);

/// Throws usage_error for a value that is of another type than the column.
void check_type(value const& v, column const& where);
/// The value in the form that the column keeps: a numeric with the column's decimals.
/// Throws value_error when it doesn't fit and usage_error when it is of another type.
value stored(value const& v, column const& where);

struct select_text {
    std::string              sql;
    std::vector<column_type> types;
};

/// Rendered once for all selections that differ in their values alone (null is no value here).
select_text select_sql(selection const& what, dialect const& spelling);
/// The values that go with it.
std::vector<value> select_parameters(selection const& what, dialect const& spelling);
/// A limit beyond all integers is none.
bool has_limit(selection const& what) noexcept;

struct row_statement {
    enum class part : std::uint8_t { key, condition, assignment };
    struct binding {
        part          of;
        std::size_t   index;  ///< of the value among the row's values for this part
        column const* where;  ///< lives in the shape
    };

    std::string              sql;
    std::vector<binding>     bindings;
    std::vector<column_type> types;  ///< of what it answers
};

/// INSERT, UPDATE or DELETE of a row under its conditions; answers shape.returning. An insert whose key is
/// taken does nothing.
row_statement write_sql(row_shape const& shape, dialect const& spelling);

/// SELECT of a row by its key, locked if asked for; answers whether each condition holds, then shape.report.
row_statement check_sql(row_shape const& shape, std::optional<row_lock> lock, dialect const& spelling);

}  // namespace stint
