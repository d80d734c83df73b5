#include "sqlite_new_rows.hpp"

#include <cassert>
#include <new>
#include <string>

#include "sqlite_values.hpp"

namespace stint {
namespace {

using namespace sqlite_api;

struct connected_table : sqlite3_vtab {
    sqlite_new_rows* rows;
};

struct cursor : sqlite3_vtab_cursor {
    std::size_t row;
};

sqlite_new_rows& rows_of(sqlite3_vtab_cursor const* at) noexcept {
    return *static_cast<connected_table const*>(at->pVtab)->rows;
}

std::size_t row_of(sqlite3_vtab_cursor const* at) noexcept {
    return static_cast<cursor const*>(at)->row;
}

std::string declaration() {
    std::string sql = "CREATE TABLE rows (c0";
    for (std::size_t i = 1; i < sqlite_new_rows::most_columns; ++i) sql += ", c" + std::to_string(i);
    return sql + ')';
}

extern "C" {

static int make_table(sqlite3* to, void* rows, int, char const* const*, sqlite3_vtab** made, char**) {
    try {
        if (int const code = sqlite3_declare_vtab(to, declaration().c_str()); code != SQLITE_OK) return code;
        if (int const code = sqlite3_vtab_config(to, SQLITE_VTAB_DIRECTONLY); code != SQLITE_OK) return code;
        *made = new connected_table{{}, static_cast<sqlite_new_rows*>(rows)};
        return SQLITE_OK;
    } catch (std::bad_alloc const&) {
        return SQLITE_NOMEM;
    }
}

static int drop_table(sqlite3_vtab* made) {
    delete static_cast<connected_table*>(made);
    return SQLITE_OK;
}

// There is one way to read it: all rows, in their order.
static int plan_reading(sqlite3_vtab*, sqlite3_index_info*) {
    return SQLITE_OK;
}

static int open_cursor(sqlite3_vtab*, sqlite3_vtab_cursor** opened) {
    *opened = new (std::nothrow) cursor{};
    return *opened != nullptr ? SQLITE_OK : SQLITE_NOMEM;
}

static int close_cursor(sqlite3_vtab_cursor* opened) {
    delete static_cast<cursor*>(opened);
    return SQLITE_OK;
}

static int to_first(sqlite3_vtab_cursor* at, int, char const*, int, sqlite3_value**) {
    static_cast<cursor*>(at)->row = 0;
    return SQLITE_OK;
}

static int to_next(sqlite3_vtab_cursor* at) {
    ++static_cast<cursor*>(at)->row;
    return SQLITE_OK;
}

static int is_at_end(sqlite3_vtab_cursor* at) {
    return row_of(at) >= rows_of(at).size() ? 1 : 0;
}

static int put_column(sqlite3_vtab_cursor* at, sqlite3_context* into, int column) {
    return rows_of(at).put(into, row_of(at), static_cast<std::size_t>(column));
}

static int put_number(sqlite3_vtab_cursor* at, sqlite3_int64* number) {
    *number = static_cast<sqlite3_int64>(row_of(at));
    return SQLITE_OK;
}

}  // extern "C"

// Without xCreate it is there for every connection that knows it, and in no database.
sqlite3_module module_of_new_rows() noexcept {
    sqlite3_module module{};
    module.xConnect = make_table;
    module.xBestIndex = plan_reading;
    module.xDisconnect = drop_table;
    module.xOpen = open_cursor;
    module.xClose = close_cursor;
    module.xFilter = to_first;
    module.xNext = to_next;
    module.xEof = is_at_end;
    module.xColumn = put_column;
    module.xRowid = put_number;
    return module;
}

sqlite3_module const module = module_of_new_rows();

}  // namespace

int sqlite_new_rows::join(sqlite3* connection) noexcept {
    return sqlite3_create_module_v2(connection, table, &module, this, nullptr);
}

int sqlite_new_rows::put(sqlite3_context* into, std::size_t row, std::size_t column) noexcept {
    assert(row < rows_.count && column < rows_.columns.size() && "SQLite reads the rows and columns that there are");
    try {
        auto const& binding = rows_.columns[column];
        auto const& given = rows_.work->given(rows_.work->batch[rows_.first + row], binding);
        in_form_of(given, *binding.column, [into](value const& v) { to_sqlite(into, v); });
        return SQLITE_OK;
    } catch (...) {
        failure_ = std::current_exception();
        return SQLITE_ERROR;
    }
}

}  // namespace stint
