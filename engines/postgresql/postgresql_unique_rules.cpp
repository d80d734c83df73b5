#include "postgresql_unique_rules.hpp"

#include <array>

#include "postgresql_values.hpp"
#include "value_text.hpp"

namespace stint {
namespace {

// A row for each column of each unique index and exclusion constraint, in their order. Only of these types it is known
// that values are alike where they are the same; char(n) and citext, say, see it otherwise. indnullsnotdistinct came
// with PostgreSQL 15.
constexpr std::string_view columns_of_rules = R"(
    SELECT named.given, index.relname::text, indpred IS NULL AND NOT indisexclusion, coalesce(condeferred, false),
           coalesce((to_jsonb(rule) ->> 'indnullsnotdistinct')::boolean, false),
           attname::text, NOT attnotnull AND NOT declared.typnotnull,
           coalesce(opcdefault AND (indcollation[n] = 0 OR (indcollation[n] = attcollation AND collisdeterministic)) AND
                    (base.typtype = 'e' OR base.typname IN ('int2', 'int4', 'int8', 'numeric', 'text', 'varchar', 'bool',
                     'timestamptz', 'timestamp', 'date', 'uuid', 'float4', 'float8')), false),
           CASE base.typname WHEN 'int2' THEN 32767 WHEN 'int4' THEN 2147483647
                WHEN 'numeric' THEN CASE WHEN modifier >= 4 THEN
                     (10::numeric ^ least(18, (((modifier - 4) >> 16) & 65535) - ((modifier - 4) & 2047)) - 1)::int8 END END,
           CASE WHEN base.typname = 'varchar' AND modifier >= 4 THEN (modifier - 4)::int8 END
    FROM unnest(:1::text[], :2::text[]) AS named (given, quoted)
    JOIN pg_index AS rule ON indrelid = to_regclass(named.quoted) AND (indisunique OR indisexclusion)
    JOIN pg_class AS index ON index.oid = indexrelid
    LEFT JOIN pg_constraint ON conindid = indexrelid AND conrelid = indrelid AND contype IN ('p', 'u', 'x')
    CROSS JOIN LATERAL generate_series(0, indnkeyatts - 1) AS part (n)
    LEFT JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[n] AND attnum > 0
    LEFT JOIN pg_type AS declared ON declared.oid = atttypid
    LEFT JOIN pg_type AS base ON base.oid = CASE declared.typtype WHEN 'd' THEN declared.typbasetype ELSE atttypid END
    CROSS JOIN LATERAL (SELECT CASE declared.typtype WHEN 'd' THEN declared.typtypmod ELSE atttypmod END) AS length (modifier)
    LEFT JOIN pg_opclass ON pg_opclass.oid = indclass[n]
    LEFT JOIN pg_collation ON pg_collation.oid = indcollation[n]
    ORDER BY named.given, index.relname, n)";

constexpr column_type text{data_type::text}, boolean{data_type::boolean}, integer{data_type::integer};

constexpr std::array<column_type, 10> answers{text, text,    boolean, boolean, boolean,
                                              text, boolean, boolean, integer, integer};

bool is_true(value const& v) {
    return !is_null(v) && std::get<bool>(v);
}

unique_rule::part part_of(std::span<value const> row) {
    unique_rule::part part{.column = text_of(row[5]), .nullable = is_true(row[6])};
    if (auto const* const number = std::get_if<std::int64_t>(&row[8])) part.largest = *number;
    if (auto const* const number = std::get_if<std::int64_t>(&row[9])) part.length = static_cast<std::size_t>(*number);
    return part;
}

}  // namespace

std::vector<unique_rule> postgresql_unique_rules(connection& link, std::span<std::string const> tables,
                                                 deadline until) {
    std::vector<unique_rule> result;
    auto const               take = [&](std::span<value> row) {
        bool const is_new = result.empty() || result.back().table != text_of(row[0]) ||
                            result.back().name != text_of(row[1]);
        if (is_new)
            result.push_back({.table = text_of(row[0]),
                                            .name = text_of(row[1]),
                                            .is_plain = is_true(row[2]),
                                            .is_deferred = is_true(row[3]),
                                            .nulls_are_distinct = !is_true(row[4])});
        auto& rule = result.back();
        rule.is_plain = rule.is_plain && is_true(row[7]);
        rule.parts.push_back(part_of(row));
    };
    link.query(columns_of_rules, names_and_identifiers(tables), answers, take, until);
    return result;
}

}  // namespace stint
