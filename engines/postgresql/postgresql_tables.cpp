#include "postgresql_tables.hpp"

#include <algorithm>
#include <array>
#include <vector>

#include "postgresql_values.hpp"
#include "value_text.hpp"

namespace stint {
namespace {

// A key can be drawn where it is a number that this user may give; an identity column gives numbers also to those who
// may not ask for one. A domain counts as the type that it is made of, in any depth. ON CONFLICT takes no index that is
// partial or checked late.
constexpr std::string_view columns_of_tables =
    "SELECT named.given, relkind NOT IN ('r', 'p'), EXISTS (SELECT FROM pg_trigger WHERE tgrelid = pg_class.oid AND NOT tgisinternal "
    "AND tgtype & 7 = 7), attname::text, format_type(atttypid, atttypmod), format_type(atttypid, -1), base.type::bigint, "
    "base.modifier::bigint, NOT (attnotnull OR declared.typnotnull), "
    "atthasdef OR attidentity <> '' OR declared.typdefault IS NOT NULL, attgenerated <> '', "
    "EXISTS (SELECT FROM pg_index WHERE indrelid = pg_class.oid AND indisunique AND indisvalid AND indimmediate AND indpred IS NULL "
    "AND indnkeyatts = 1 AND indkey[0] = attnum), "
    "CASE WHEN attgenerated <> '' OR atttypid NOT IN ('int2'::regtype, 'int4'::regtype, 'int8'::regtype) THEN NULL "
    "WHEN NOT has_column_privilege(attrelid, attnum, 'INSERT') THEN NULL "
    "WHEN attidentity = '' THEN pg_get_expr(adbin, adrelid) "
    "WHEN has_sequence_privilege(sequence.name, 'USAGE, UPDATE') THEN format('nextval(%L::regclass)', sequence.name) END "
    "FROM unnest(:1::text[], :2::text[]) AS named (given, quoted) "
    "JOIN pg_class ON pg_class.oid = to_regclass(named.quoted) "
    "JOIN pg_attribute ON attrelid = pg_class.oid AND attnum > 0 AND NOT attisdropped "
    "JOIN pg_type AS declared ON declared.oid = atttypid "
    "CROSS JOIN LATERAL (WITH RECURSIVE made_of (type, modifier) AS (SELECT atttypid, atttypmod UNION ALL "
    "SELECT typbasetype, typtypmod FROM made_of JOIN pg_type ON pg_type.oid = made_of.type WHERE typtype = 'd') "
    "SELECT made_of.type, made_of.modifier FROM made_of JOIN pg_type ON pg_type.oid = made_of.type WHERE typtype <> 'd') AS base "
    "LEFT JOIN pg_attrdef ON adrelid = attrelid AND adnum = attnum "
    "CROSS JOIN LATERAL (SELECT pg_get_serial_sequence(named.quoted, attname)) AS sequence (name)";

constexpr column_type of_text{data_type::text}, of_boolean{data_type::boolean}, of_integer{data_type::integer};

constexpr std::array<column_type, 13> answers{of_text,    of_boolean, of_boolean, of_text,    of_text,
                                              of_text,    of_integer, of_integer, of_boolean, of_boolean,
                                              of_boolean, of_boolean, of_text};

class answered_row {
public:
    explicit answered_row(std::span<value> row) : row_(row) {}

    std::string  text(std::size_t i) const { return text_of(row_[i]); }
    bool         truth(std::size_t i) const { return std::get<bool>(row_[i]); }
    std::int64_t number(std::size_t i) const { return std::get<std::int64_t>(row_[i]); }

    column_facts column() const {
        return {.name = text(3),
                .type = text(4),
                .type_code = static_cast<std::uint32_t>(number(6)),
                .modifier = static_cast<std::int32_t>(number(7)),
                .plain_type = text(5),
                .new_key = text(12),
                .is_nullable = truth(8),
                .has_default = truth(9),
                .is_computed = truth(10),
                .is_unique = truth(11)};
    }

private:
    std::span<value> row_;
};

}  // namespace

void postgresql_tables::learn(connection& link, std::span<std::string_view const> tables, deadline until) {
    if (age_ != shared_->age()) {
        tables_.clear();
        age_ = shared_->age();
    }
    std::vector<std::string> unknown;
    for (auto const table : tables) {
        if (tables_.contains(table) || std::ranges::find(unknown, table) != unknown.end()) continue;
        if (auto known = shared_->find(table)) {
            tables_.emplace(table, std::move(known));
        } else {
            unknown.emplace_back(table);
        }
    }
    if (!unknown.empty()) ask(link, unknown, until);
}

void postgresql_tables::ask(connection& link, std::span<std::string const> tables, deadline until) {
    std::map<std::string, table_facts> learned;
    link.query(
        columns_of_tables, names_and_identifiers(tables), answers,
        [&](std::span<value> values) {
            auto const row = answered_row(values);
            auto&      facts = learned[row.text(0)];
            facts.is_view = row.truth(1);
            facts.fills_in_by_trigger = row.truth(2);
            facts.columns.push_back(row.column());
        },
        until);
    for (auto& [table, facts] : learned) {
        auto known = std::make_shared<table_facts const>(std::move(facts));
        shared_->keep(table, known, age_);
        tables_.insert_or_assign(table, std::move(known));
    }
}

table_facts const* postgresql_tables::find(std::string_view table) const noexcept {
    auto const found = tables_.find(table);
    return found == tables_.end() ? nullptr : found->second.get();
}

std::string postgresql_tables::type_of(std::string_view table, std::string_view column) const {
    auto const* const facts = find(table);
    auto const* const found = facts ? facts->find(column) : nullptr;
    return found ? found->plain_type : "text";
}

std::string const* postgresql_tables::new_key(std::string_view table, std::string_view column) const noexcept {
    auto const* const facts = find(table);
    auto const* const found = facts ? facts->find(column) : nullptr;
    return found && !found->new_key.empty() ? &found->new_key : nullptr;
}

}  // namespace stint
