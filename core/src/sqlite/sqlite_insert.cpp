#include "sqlite_insert.hpp"

#include <algorithm>
#include <array>

#include "../sql_text.hpp"
#include "sqlite_values.hpp"

namespace stint {
namespace {

using namespace sqlite_api;

// A primary key of one column that needs no index of its own is the rowid. (SQLite documentation, "ROWIDs and the
// INTEGER PRIMARY KEY", where INTEGER PRIMARY KEY DESC is none.)
constexpr auto is_rowid_sql = R"(
SELECT EXISTS (SELECT 1 FROM pragma_table_info(:1, :2) WHERE pk = 1 AND name = :3 COLLATE NOCASE)
   AND NOT EXISTS (SELECT 1 FROM pragma_table_info(:1, :2) WHERE pk > 1)
   AND NOT EXISTS (SELECT 1 FROM pragma_index_list(:1, :2) WHERE origin = 'pk')
   AND NOT EXISTS (SELECT 1 FROM pragma_table_list(:1)
                   WHERE schema = coalesce(:2, schema) AND (type <> 'table' OR wr)))";

/// A table, and its schema or null.
using place = std::array<value, 2>;

bool is_rowid(sqlite3* in, place const& of, std::string const& key) {
    auto       statement = sqlite_statement(in, is_rowid_sql);
    auto const parameters = std::array<value, 3>{of[0], of[1], key};
    for (std::size_t i = 0; i < parameters.size(); ++i) statement.bind(i, parameters[i]);
    return statement.step() && statement.read(0, {data_type::boolean}) == value(true);
}

bool never_gives_again(sqlite3* in, place const& of, std::string const& key) noexcept {
    auto const* const table = std::get_if<std::string>(&of[0]);
    auto const* const schema = std::get_if<std::string>(&of[1]);
    int               autoincrement = 0;
    sqlite3_table_column_metadata(in, schema ? schema->c_str() : nullptr, table->c_str(), key.c_str(), nullptr, nullptr,
                                  nullptr, nullptr, &autoincrement);
    return autoincrement != 0;
}

bool is_next_version(row_shape const& shape, column const& what) noexcept {
    return std::ranges::any_of(shape.assignments, [&](assignment const& a) {
        return a.what == what && a.from == assignment::source::next_version;
    });
}

std::string largest_key_sql(row_shape const& shape) {
    return "SELECT max(" + quoted(shape.key.front().name) + ") FROM " + quoted_table(shape.table);
}

}  // namespace

sqlite_key key_of_table(sqlite3* in, std::string_view table, std::string const& key) {
    auto const name = name_and_schema(table);
    if (!is_rowid(in, name, key)) return sqlite_key::other;
    return never_gives_again(in, name, key) ? sqlite_key::autoincrement : sqlite_key::rowid;
}

bool can_be_inserted_together(row_shape const& shape) noexcept {
    if (shape.action != row_action::insert || shape.key_given || shape.assignments.empty()) return false;
    if (shape.assignments.size() > sqlite_new_rows::most_columns) return false;
    auto const reads_clock = [](assignment const& a) { return a.from == assignment::source::clock; };
    if (std::ranges::any_of(shape.assignments, reads_clock)) return false;  // each row reads it anew
    return std::ranges::all_of(
        shape.returning, [&](column const& what) { return what == shape.key.front() || is_next_version(shape, what); });
}

row_statement insert_together_sql(row_shape const& shape) {
    row_statement result;
    auto const    content = [&](assignment const& a) {
        if (!a.takes_value()) return std::string("1");
        auto const index = result.bindings.size();
        result.bindings.push_back({row_statement::part::assignment, index, &a.what});
        return "c" + std::to_string(index);
    };
    result.sql = "INSERT INTO " + quoted_table(shape.table) + " (" +
                 joined(shape.assignments, ", ", [](assignment const& a) { return quoted(a.what.name); }) +
                 ") SELECT " + joined(shape.assignments, ", ", content) + " FROM " + sqlite_new_rows::table;
    return result;
}

sqlite_insert::sqlite_insert(sqlite3* in, row_shape const& shape, std::string_view sql)
    : in_(in), statement_(in, sql), key_(key_of_table(in, shape.table, shape.key.front().name)) {
    if (key_ == sqlite_key::rowid) largest_.emplace(in, largest_key_sql(shape));
}

/// Where the table doesn't keep it itself; 0 of none.
std::optional<std::int64_t> sqlite_insert::largest_key() {
    if (!largest_) return {};
    auto const reset = reset_at_end(*largest_);
    largest_->step();
    auto const found = largest_->read(0, {data_type::integer});
    return is_null(found) ? 0 : std::get<std::int64_t>(found);
}

std::optional<std::int64_t> sqlite_insert::run(int rows) {
    auto const largest_before = largest_key();
    auto const changes_before = sqlite3_total_changes(in_);
    {
        auto const reset = reset_at_end(statement_);
        while (statement_.step()) {}
    }
    auto const written = sqlite3_changes(in_);
    auto const changes = sqlite3_total_changes(in_) - changes_before;
    if (changes > written) others_write_ = true;
    if (!knows_keys() || is_outdated() || written != rows) return {};
    auto const last = sqlite3_last_insert_rowid(in_);
    if (largest_before && last - rows != *largest_before) return {};
    return last - rows + 1;
}

}  // namespace stint
