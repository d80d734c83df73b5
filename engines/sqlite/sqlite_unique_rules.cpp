#include "sqlite_unique_rules.hpp"

#include <array>

#include "sqlite_values.hpp"
#include "value_text.hpp"

namespace stint {
namespace {

// A row for each column of each unique index, in their order. An expression has no name.
constexpr char const* columns_of_rules =
    "SELECT rule.name, rule.partial, part.name, part.coll, coalesce(place.\"notnull\", 1) "
    "FROM pragma_index_list(:1, :2) AS rule JOIN pragma_index_xinfo(rule.name, :2) AS part "
    "LEFT JOIN pragma_table_info(:1, :2) AS place ON place.cid = part.cid "
    "WHERE rule.\"unique\" AND part.key ORDER BY rule.seq, part.seqno";

constexpr column_type text{data_type::text}, boolean{data_type::boolean};

constexpr std::array<column_type, 5> answers{text, boolean, text, text, boolean};

void read_rules(connection& link, std::string const& table, std::vector<unique_rule>& into, deadline until) {
    auto const take = [&](std::span<value> row) {
        auto const index = text_of(row[0]);
        if (into.empty() || into.back().table != table || into.back().name != index)
            into.push_back({.table = table, .name = index});
        auto&      rule = into.back();
        bool const is_expression = is_null(row[2]);
        rule.parts.push_back({.column = text_of(row[2]), .nullable = !is_expression && !std::get<bool>(row[4])});
        rule.is_plain = rule.is_plain && !is_expression && !std::get<bool>(row[1]) && text_of(row[3]) == "BINARY";
    };
    link.query(columns_of_rules, name_and_schema(table), answers, take, until);
}

}  // namespace

std::vector<unique_rule> sqlite_unique_rules(connection& link, std::span<std::string const> tables, deadline until) {
    std::vector<unique_rule> result;
    for (auto const& table : tables) read_rules(link, table, result, until);
    return result;
}

}  // namespace stint
