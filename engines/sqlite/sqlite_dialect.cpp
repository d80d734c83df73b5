#include "sqlite_dialect.hpp"

#include <algorithm>

#include <stint/error.hpp>

#include "sql.hpp"
#include "sqlite_rules.hpp"
#include "sqlite_types.hpp"

namespace stint {
namespace {

std::string_view type_name(data_type kind) noexcept {
    switch (kind) {
    case data_type::real: return "REAL";
    case data_type::text: return "TEXT";
    default: return "INTEGER";
    }
}

std::string column_sql(column_definition const& column, bool is_key) {
    auto const name = quoted(column.column.name);
    auto       sql = name + ' ' + std::string(type_name(column.column.type.kind));
    if (is_key) return sql + " PRIMARY KEY AUTOINCREMENT";  // without AUTOINCREMENT a deleted key is given again
    if (!column.nullable) sql += " NOT NULL";
    if (column.column.type.kind == data_type::boolean) sql += " CHECK (" + name + " IN (0, 1))";
    return sql;
}

std::string_view schema_of(std::string_view table) noexcept {
    return split(table).schema.value_or("main");
}

/// As REFERENCES names a table: of its own schema, and without it.
std::string quoted_parent(table_definition const& table, foreign_key const& reference) {
    if (schema_of(table.name) != schema_of(reference.table))
        throw schema_error(table.name + '.' + reference.column + " can't refer to " + reference.table +
                               ": on SQLite a reference stays within one schema; keep both tables in the same",
                           {.engine = "sqlite", .table = table.name, .column = reference.column});
    return quoted(split(reference.table).table);
}

std::string table_sql(table_definition const& table) {
    auto sql = "CREATE TABLE " + quoted_table(table.name) + " (";
    for (auto const& column : table.columns) {
        sql += (&column == &table.columns.front() ? "" : ", ") + column_sql(column, column.column.name == table.key);
    }
    for (auto const& reference : table.foreign_keys) {
        sql += ", FOREIGN KEY (" + quoted(reference.column) + ") REFERENCES " + quoted_parent(table, reference) + " (" +
               quoted(reference.key_column) + ')';
    }
    return sql + ") STRICT";
}

// Tables and indexes share their names. "documents.stock" is none that a table could have, whose first dot ends its
// schema.
std::string index_sql(table_definition const& table, std::string const& column) {
    auto const [schema, name] = split(table.name);
    return "CREATE INDEX " + (schema ? quoted(*schema) + '.' : "") + quoted(std::string(name) + '.' + column) + " ON " +
           quoted(name) + " (" + quoted(column) + ')';
}

bool refers_to(table_definition const& table, std::string const& other) {
    return std::ranges::any_of(table.foreign_keys, [&](foreign_key const& key) { return key.table == other; });
}

bool is_referred_to(table_definition const& table, std::vector<table_definition const*> const& by) {
    return std::ranges::any_of(by, [&](auto const* other) { return other != &table && refers_to(*other, table.name); });
}

}  // namespace

// Not SQLite's own: that counts milliseconds, in which a row can be inserted, deleted and inserted again.
std::string sqlite_dialect::clock(data_type) const {
    return std::string(clock_function) + "()";
}

std::string sqlite_dialect::same(std::string_view left, std::string_view right) const {
    return '(' + std::string(left) + " IS " + std::string(right) + ')';
}

std::string sqlite_dialect::different(std::string_view left, std::string_view right) const {
    return '(' + std::string(left) + " IS NOT " + std::string(right) + ')';
}

std::string sqlite_dialect::any_of(std::string_view column, std::string_view parameter) const {
    return std::string(column) + " IN (SELECT value FROM json_each(" + std::string(parameter) + "))";
}

std::string sqlite_dialect::list_of(std::span<value const> integers) const {
    return '[' + joined_integers(integers) + ']';
}

error_subject sqlite_dialect::broken_rule(connection& db, written_row const& row,
                                          constraint_violation const& violation) const {
    return broken_sqlite_rule(db, row, violation.rule());
}

column_fit sqlite_dialect::fit(column_type mapped, column_facts const& facts, value_range) const noexcept {
    return fit_on_sqlite(mapped, sqlite_affinity{facts.type_code});
}

std::string sqlite_dialect::why_unfit(value const& v, column_type mapped, column_facts const*) const {
    return why_unfit_on_sqlite(v, mapped);
}

std::vector<std::string> sqlite_dialect::create_tables(std::span<table_definition const> tables) const {
    std::vector<std::string> statements;  // a table may refer to one that comes later
    for (auto const& table : tables) {
        statements.push_back(table_sql(table));
        for (auto const& column : table.indexes) statements.push_back(index_sql(table, column));
    }
    return statements;
}

// SQLite deletes a table's rows one by one before it drops it, so children go first. In a cycle of tables the order is
// as good as any other.
std::vector<std::string> sqlite_dialect::drop_tables(std::span<table_definition const> tables) const {
    std::vector<table_definition const*> left;
    for (auto const& table : tables) left.push_back(&table);

    std::vector<std::string> statements;
    while (!left.empty()) {
        auto next = std::ranges::find_if(left, [&](auto const* table) { return !is_referred_to(*table, left); });
        if (next == left.end()) next = left.begin();
        statements.push_back("DROP TABLE IF EXISTS " + quoted_table((*next)->name));
        left.erase(next);
    }
    return statements;
}

}  // namespace stint
