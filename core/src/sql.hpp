// sql: names, literals, lists and values in SQL text. What stands on it: select_sql.hpp, row_sql.hpp.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stint/column.hpp>
#include <stint/value.hpp>

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

template <typename Parts, typename Spell>
std::string joined(Parts const& parts, std::string_view separator, Spell spell) {
    std::string result;
    for (auto const& part : parts) {
        if (!result.empty()) result += separator;
        result += spell(part);
    }
    return result;
}
/// "id", "name"
std::string quoted_names(std::vector<column> const& columns);
/// 1,2,3. Throws usage_error for values of another type.
std::string joined_integers(std::span<value const> integers);

/// Throws usage_error for a value that is of another type than the column.
void check_type(value const& v, column const& column);
/// The value in the form that the column keeps: a numeric with the column's decimals.
/// Throws value_error when it doesn't fit and usage_error when it is of another type.
value stored(value const& v, column const& column);

}  // namespace stint
