#include "sqlite_insert.hpp"

#include <algorithm>

#include "sql.hpp"
#include "sqlite_values.hpp"
#include "table_check.hpp"

namespace stint {
namespace {

using namespace sqlite_api;

bool never_gives_again(sqlite3* handle, std::string_view table, std::string const& key) {
    auto const        name = name_and_schema(table);
    auto const* const schema = std::get_if<std::string>(&name[1]);
    int               autoincrement = 0;
    sqlite3_table_column_metadata(handle, schema ? schema->c_str() : nullptr, std::get<std::string>(name[0]).c_str(),
                                  key.c_str(), nullptr, nullptr, nullptr, nullptr, &autoincrement);
    return autoincrement != 0;
}

std::string largest_key_sql(row_shape const& shape) {
    return "SELECT max(" + quoted(shape.key.front().name) + ") FROM " + quoted_table(shape.table);
}

}  // namespace

bool can_be_inserted_together(row_shape const& shape) noexcept {
    if (shape.action != row_action::insert || shape.key_given || shape.assignments.empty()) return false;
    if (shape.assignments.size() > sqlite_new_rows::most_columns) return false;
    auto const reads_clock = [](assignment const& a) { return a.origin == assignment::source::clock; };
    if (std::ranges::any_of(shape.assignments, reads_clock)) return false;  // each row reads it anew
    return std::ranges::all_of(shape.returning, [&](column const& returned) {
        return returned == shape.key.front() || is_version(shape, returned);
    });
}

row_statement insert_together_sql(row_shape const& shape, dialect const& spelling) {
    row_statement result;
    auto const    content = [&](assignment const& a) {
        return new_content_sql(a, spelling, [&] {
            auto const index = result.bindings.size();
            result.bindings.push_back({row_statement::part::assignment, index, &a.column});
            return 'c' + std::to_string(index);
        });
    };
    result.sql = "INSERT INTO " + quoted_table(shape.table) + " (" +
                 joined(shape.assignments, ", ", [](assignment const& a) { return quoted(a.column.name); }) +
                 ") SELECT " + joined(shape.assignments, ", ", content) + " FROM " + sqlite_new_rows::table;
    return result;
}

sqlite_insert::sqlite_insert(sqlite3* handle, row_shape const& shape, std::string_view sql, std::string_view rowid)
    : handle_(handle), statement_(handle, sql), key_is_rowid_(shape.key.front().name == rowid) {
    if (key_is_rowid_ && !never_gives_again(handle, shape.table, shape.key.front().name))
        largest_.emplace(handle, largest_key_sql(shape));
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
    auto const changes_before = sqlite3_total_changes(handle_);
    {
        auto const reset = reset_at_end(statement_);
        while (statement_.step()) {}
    }
    auto const written = sqlite3_changes(handle_);
    auto const changes = sqlite3_total_changes(handle_) - changes_before;
    if (changes > written) others_write_ = true;
    if (!knows_keys() || is_outdated() || written != rows) return {};
    auto const last = sqlite3_last_insert_rowid(handle_);
    if (largest_before && last - rows != *largest_before) return {};
    return last - rows + 1;
}

}  // namespace stint
