#include "sql.hpp"

#include <stint/error.hpp>

namespace stint {
namespace {

std::string quoted_by(std::string_view name, char quote) {
    std::string result(1, quote);
    for (char const c : name) {
        if (c == quote) result += quote;
        result += c;
    }
    return result += quote;
}

value with_scale(value const& v, column const& column) {
    auto const* const integer = std::get_if<std::int64_t>(&v);
    auto const        number = integer ? decimal(*integer) : std::get<decimal>(v);
    if (!number.fits(column.type.scale))
        throw value_error("column " + column.name + " keeps " + std::to_string(column.type.scale) + " decimals, so " +
                          number.to_string() + " doesn't fit: round it first");
    return number.rescaled(column.type.scale);
}

}  // namespace

std::string quoted(std::string_view name) {
    return quoted_by(name, '"');
}

table_name split(std::string_view table) noexcept {
    auto const dot = table.find('.');
    if (dot == std::string_view::npos) return {{}, table};
    return {table.substr(0, dot), table.substr(dot + 1)};
}

std::string quoted_table(std::string_view name) {
    auto const [schema, table] = split(name);
    return schema ? quoted(*schema) + '.' + quoted(table) : quoted(table);
}

std::string literal(std::string_view text) {
    return quoted_by(text, '\'');
}

std::string quoted_names(std::vector<column> const& columns) {
    return joined(columns, ", ", [](column const& c) { return quoted(c.name); });
}

std::string joined_integers(std::span<value const> integers) {
    return joined(integers, ",", [](value const& v) {
        if (!std::holds_alternative<std::int64_t>(v)) throw usage_error("any_of takes integers, not " + to_string(v));
        return to_string(v);
    });
}

void check_type(value const& v, column const& column) {
    if (is_null(v) || is_of_type(v, column.type.kind)) return;
    throw usage_error("column " + column.name + " can't take " + to_string(v) + ": it has another type");
}

value stored(value const& v, column const& column) {
    check_type(v, column);
    return column.type.kind == data_type::numeric && !is_null(v) ? with_scale(v, column) : v;
}

}  // namespace stint
