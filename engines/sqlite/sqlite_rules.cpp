#include "sqlite_rules.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <functional>
#include <map>

#include "sql.hpp"
#include "sqlite_values.hpp"
#include "value_text.hpp"

namespace stint {
namespace {

using rule_type = constraint_violation::rule_type;
using rows = std::vector<std::vector<value>>;

constexpr std::chrono::seconds time_to_ask{5};

constexpr column_type a_text{data_type::text};
constexpr column_type a_number{data_type::integer};

rows asked(connection& db, std::string const& sql, std::span<value const> bound,
           std::vector<column_type> const& types) {
    rows result;
    db.query(
        sql, bound, types, [&](std::span<value> row) { result.emplace_back(row.begin(), row.end()); },
        deadline::after(time_to_ask));
    return result;
}

/// In the schema of another table: a reference doesn't leave it.
std::string in_schema_of(std::string const& other, std::string const& table) {
    auto const schema = split(other).schema;
    return schema ? std::string(*schema) + '.' + table : table;
}

/// Columns of a row as it would be: what is assigned, else what the row has.
class row_as_written {
public:
    explicit row_as_written(written_row const& row) : row_(row) {}

    /// False where that isn't known: a default of a new row, or what the database computes.
    bool add(std::string const& column) {
        for (std::size_t i = 0; i < row_.shape.key.size() && i < row_.key.size(); ++i)
            if (row_.shape.key[i].name == column) return add_value(stored(row_.key[i], row_.shape.key[i]));
        for (std::size_t i = 0; i < row_.assigned.size(); ++i) {
            auto const& target = row_.shape.assignments[i].column;
            if (target.name == column) return row_.assigned[i] && add_value(stored(*row_.assigned[i], target));
        }
        if (row_.shape.action == row_action::insert || row_.key.empty()) return false;
        add_expression("(SELECT " + quoted(column) + " FROM " + quoted_table(row_.shape.table) + " WHERE " + its_key() +
                       ')');
        return true;
    }

    /// "written AS (SELECT :1 AS c0, ...)"
    std::string               sql() const { return "written AS (SELECT " + list_ + ')'; }
    std::vector<value> const& values() const noexcept { return values_; }
    std::vector<std::string>  columns() const { return columns_; }

    /// "id" = :1, with its values.
    std::string its_key() {
        std::string result;
        for (std::size_t i = 0; i < row_.key.size(); ++i) {
            values_.push_back(stored(row_.key[i], row_.shape.key[i]));
            result += (i == 0 ? "" : " AND ") + quoted(row_.shape.key[i].name) +
                      " = :" + std::to_string(values_.size());
        }
        return result;
    }

private:
    bool add_value(value v) {
        values_.push_back(std::move(v));
        add_expression(':' + std::to_string(values_.size()));
        return true;
    }
    void add_expression(std::string const& expression) {
        columns_.push_back("written.c" + std::to_string(columns_.size()));
        list_ += (list_.empty() ? "" : ", ") + expression + " AS " +
                 columns_.back().substr(std::string_view("written.").size());
    }

    written_row const&       row_;
    std::string              list_{};
    std::vector<value>       values_{};
    std::vector<std::string> columns_{};
};

/// there."a" = written.c0 AND there."b" = written.c1
std::string all_equal(std::string const& row, std::vector<std::string> const& columns,
                      std::vector<std::string> const& values) {
    std::string result;
    for (std::size_t i = 0; i < columns.size(); ++i)
        result += (i == 0 ? "" : " AND ") + row + quoted(columns[i]) + " = " + values[i];
    return result;
}

// Null.

std::vector<std::string> missing_columns(connection& db, written_row const& row) {
    std::vector<std::string> result;
    bool const               inserts = row.shape.action == row_action::insert;
    for (auto const& column : asked(db,
                                    "SELECT name, dflt_value IS NULL AND pk = 0 FROM pragma_table_info(:1, :2) "
                                    "WHERE \"notnull\" ORDER BY cid",
                                    name_and_schema(row.shape.table), {a_text, a_number})) {
        auto const& name = text_of(column[0]);
        bool const  has_default = column[1] == value(std::int64_t{0});
        bool const  is_left_out = inserts && !has_default && !row.assigns(name);
        if (is_left_out || row.has_null(name)) result.push_back(name);
    }
    return result;
}

// Unique.

struct unique_index {
    std::string              name;
    std::vector<std::string> columns{};
    bool                     is_plain = true;  ///< of columns alone, and of all rows
};

std::vector<unique_index> unique_indexes(connection& db, std::string const& table) {
    std::vector<unique_index> result;
    for (auto const& part :
         asked(db,
               "SELECT list.name, list.partial, coalesce(info.name, '') FROM pragma_index_list(:1, :2) list "
               "JOIN pragma_index_info(list.name, :2) info WHERE list.\"unique\" "
               "ORDER BY list.seq, info.seqno",
               name_and_schema(table), {a_text, a_number, a_text})) {
        auto const& name = text_of(part[0]);
        if (result.empty() || result.back().name != name) result.push_back({name});
        result.back().columns.push_back(text_of(part[2]));
        if (part[1] != value(std::int64_t{0}) || text_of(part[2]).empty()) result.back().is_plain = false;
    }
    return result;
}

/// Whether another row has these values.
bool is_taken(connection& db, written_row const& row, unique_index const& index) {
    auto written = row_as_written(row);
    if (!std::ranges::all_of(index.columns, [&](auto const& column) { return written.add(column); })) return false;
    auto sql = "WITH " + written.sql() + " SELECT 1 FROM written, " + quoted_table(row.shape.table) +
               " AS there WHERE " + all_equal("there.", index.columns, written.columns());
    if (row.shape.action == row_action::update) sql += " AND NOT (" + written.its_key() + ')';
    return !asked(db, sql + " LIMIT 1", written.values(), {a_number}).empty();
}

error_subject broken_unique(connection& db, written_row const& row) {
    auto result = row.subject();
    for (auto& index : unique_indexes(db, row.shape.table)) {
        if (!index.is_plain || !is_taken(db, row, index)) continue;
        result.columns = std::move(index.columns);
        result.rule = std::move(index.name);
        break;
    }
    return result;
}

// References.

struct reference {
    std::string              table;  ///< that refers
    std::string              parent;
    std::vector<std::string> columns{};
    std::vector<std::string> parent_columns{};
};

constexpr char const* parts_of_references = "id, \"table\", \"from\", coalesce(\"to\", '')";

std::vector<std::string> primary_key(connection& db, std::string const& table) {
    std::vector<std::string> result;
    for (auto const& column : asked(db, "SELECT name FROM pragma_table_info(:1, :2) WHERE pk > 0 ORDER BY pk",
                                    name_and_schema(table), {a_text}))
        result.push_back(text_of(column[0]));
    return result;
}

std::vector<reference> references_of(connection& db, std::string const& table) {
    std::vector<reference> result;
    value                  last = null;
    for (auto const& part :
         asked(db,
               "SELECT " + std::string(parts_of_references) + " FROM pragma_foreign_key_list(:1, :2) ORDER BY id, seq",
               name_and_schema(table), {a_number, a_text, a_text, a_text})) {
        if (part[0] != last) result.push_back({table, in_schema_of(table, text_of(part[1]))});
        last = part[0];
        result.back().columns.push_back(text_of(part[2]));
        if (!text_of(part[3]).empty()) result.back().parent_columns.push_back(text_of(part[3]));
    }
    for (auto& found : result)
        if (found.parent_columns.empty()) found.parent_columns = primary_key(db, found.parent);
    return result;
}

bool refers_to_nothing(connection& db, written_row const& row, reference const& reference) {
    if (!std::ranges::any_of(reference.columns, [&](auto const& column) { return row.assigns(column); })) return false;
    auto written = row_as_written(row);
    if (reference.parent_columns.size() != reference.columns.size()) return false;
    if (!std::ranges::all_of(reference.columns, [&](auto const& column) { return written.add(column); })) return false;
    auto const all_there = joined(written.columns(), " AND ", [](auto const& c) { return c + " IS NOT NULL"; });
    return !asked(db,
                  "WITH " + written.sql() + " SELECT 1 FROM written WHERE " + all_there +
                      " AND NOT EXISTS (SELECT 1 FROM " + quoted_table(reference.parent) + " WHERE " +
                      all_equal("", reference.parent_columns, written.columns()) + ')',
                  written.values(), {a_number})
                .empty();
}

/// The references to a table that name its key, one column.
std::vector<reference> references_to(connection& db, row_shape const& removed) {
    std::vector<reference> result;
    auto const             name = split(removed.table);
    auto const             schema = name.schema ? quoted(*name.schema) + '.' : "";
    for (auto const& child :
         asked(db, "SELECT name FROM " + schema + "sqlite_master WHERE type = 'table'", {}, {a_text}))
        for (auto& reference : references_of(db, in_schema_of(removed.table, text_of(child[0]))))
            if (split(reference.parent).table == split(removed.table).table && reference.columns.size() == 1 &&
                reference.parent_columns == std::vector{removed.key.front().name})
                result.push_back(std::move(reference));
    return result;
}

bool is_referred_to(connection& db, written_row const& row, std::vector<reference> const& references) {
    return std::ranges::any_of(references, [&](reference const& reference) {
        return !asked(db,
                      "SELECT 1 FROM " + quoted_table(reference.table) + " WHERE " + quoted(reference.columns.front()) +
                          " = :1 LIMIT 1",
                      std::span(row.key).first(1), {a_number})
                    .empty();
    });
}

/// What the tables say, asked once a table.
class reference_search {
public:
    explicit reference_search(connection& db) : db_(db) {}

    error_subject broken_by(written_row const& row) {
        if (row.shape.action == row_action::remove)
            return is_referred_to(db_, row, known(to_, row, [&] { return references_to(db_, row.shape); }))
                       ? row.subject()
                       : error_subject{};
        for (auto const& reference : known(of_, row, [&] { return references_of(db_, row.shape.table); })) {
            if (!refers_to_nothing(db_, row, reference)) continue;
            auto result = row.subject();
            result.columns = reference.columns;
            return result;
        }
        return {};
    }

private:
    using by_table = std::map<std::string, std::vector<reference>>;

    template <class Ask>
    static std::vector<reference> const& known(by_table& references, written_row const& row, Ask ask) {
        auto const found = references.find(row.shape.table);
        return found != references.end() ? found->second : references.emplace(row.shape.table, ask()).first->second;
    }

    connection& db_;
    by_table    of_{}, to_{};
};

}  // namespace

error_subject broken_sqlite_rule(connection& db, written_row const& row, rule_type rule) {
    auto result = row.subject();
    if (row.shape.action == row_action::remove) return result;
    switch (rule) {
    case rule_type::not_null: result.columns = missing_columns(db, row); break;
    case rule_type::unique: return broken_unique(db, row);
    case rule_type::foreign_key:
        if (auto found = reference_search(db).broken_by(row); found != error_subject{}) return found;
        break;
    default: break;
    }
    return result;
}

error_subject broken_sqlite_reference(connection& db, write_batch const& batch) {
    reference_search search{db};
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto const row = batch[i];
        if (!row.shape.writes()) continue;
        if (auto found = search.broken_by(as_given(row)); found != error_subject{}) return found;
    }
    return {};
}

}  // namespace stint
