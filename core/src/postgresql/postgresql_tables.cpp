#include "postgresql_tables.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "../sql.hpp"
#include "postgresql_values.hpp"

namespace stint {
namespace {

// format_type with -1: a type without its length, since a cast to varchar(5) would cut texts silently. A key can be drawn where it is a
// number that this user may give; an identity column gives numbers also to those who may not ask for one.
constexpr std::string_view columns_of_tables =
    "SELECT named.given, attname::text, format_type(atttypid, -1), "
    "CASE WHEN attgenerated <> '' OR atttypid NOT IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN NULL "
    "WHEN NOT has_column_privilege(attrelid, attnum, 'INSERT') THEN NULL "
    "WHEN attidentity = '' THEN pg_get_expr(adbin, adrelid) "
    "WHEN has_sequence_privilege(sequence.name, 'USAGE, UPDATE') THEN format('nextval(%L::regclass)', sequence.name) END "
    "FROM unnest(:1::text[], :2::text[]) AS named (given, quoted) "
    "JOIN pg_attribute ON attrelid = to_regclass(named.quoted) AND attnum > 0 AND NOT attisdropped "
    "LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum "
    "CROSS JOIN LATERAL (SELECT pg_get_serial_sequence(named.quoted, attname)) AS sequence (name)";

constexpr std::array<column_type, 4> answers{column_type{data_type::text}, column_type{data_type::text},
                                             column_type{data_type::text}, column_type{data_type::text}};

std::string array_of(std::vector<std::string> const& texts) {
    std::string result = "{";
    for (auto const& text : texts) {
        if (result.size() > 1) result += ',';
        append_to_postgresql_array(text, result);
    }
    return result + '}';
}

}  // namespace

void postgresql_tables::learn(connection& from, std::span<std::string_view const> tables, deadline until) {
    std::vector<std::string> given, quoted;
    for (auto const table : tables) {
        if (knows(table) || std::ranges::find(given, table) != given.end()) continue;
        given.emplace_back(table);
        quoted.push_back(quoted_table(table));
    }
    if (given.empty()) return;
    from.query(
        columns_of_tables, std::array{value(array_of(given)), value(array_of(quoted))}, answers,
        [this](std::span<value> row) {
            auto const text = [&](std::size_t i) { return is_null(row[i]) ? "" : std::get<std::string>(row[i]); };
            tables_[text(0)][text(1)] = {text(2), text(3)};
        },
        until);
}

postgresql_tables::column_facts const* postgresql_tables::find(std::string_view table,
                                                               std::string_view column) const noexcept {
    auto const of_table = tables_.find(table);
    if (of_table == tables_.end()) return nullptr;
    auto const found = of_table->second.find(column);
    return found == of_table->second.end() ? nullptr : &found->second;
}

std::string postgresql_tables::type_of(std::string_view table, std::string_view column) const {
    auto const* const facts = find(table, column);
    return facts ? facts->type : "text";
}

std::string const* postgresql_tables::new_key(std::string_view table, std::string_view column) const noexcept {
    auto const* const facts = find(table, column);
    return facts && !facts->by_default.empty() ? &facts->by_default : nullptr;
}

}  // namespace stint
