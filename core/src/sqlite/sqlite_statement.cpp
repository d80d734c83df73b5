#include "sqlite_statement.hpp"

#include <string>

#include <stint/error.hpp>

#include "sqlite_values.hpp"

namespace stint {
namespace {

[[noreturn]] void fail(sqlite_api::sqlite3* in, int code) {
    throw soci::sqlite3_soci_error(sqlite_api::sqlite3_errmsg(in), code);
}

}  // namespace

void sqlite_statement::finalizer::operator()(sqlite_api::sqlite3_stmt* statement) const noexcept {
    sqlite_api::sqlite3_finalize(statement);
}

// SQLite prepares the first statement of a text, and says where it ends.
sqlite_statement::sqlite_statement(sqlite_api::sqlite3* in, std::string_view sql) {
    sqlite_api::sqlite3_stmt* prepared = nullptr;
    char const*               rest = nullptr;
    int const                 code = sqlite_api::sqlite3_prepare_v3(in, sql.data(), static_cast<int>(sql.size()),
                                                                    SQLITE_PREPARE_PERSISTENT, &prepared, &rest);
    if (code != SQLITE_OK) fail(in, code);
    statement_.reset(prepared);
    auto const left = sql.substr(static_cast<std::size_t>(rest - sql.data()));
    if (!statement_ || left.find_first_not_of(" \t\r\n;") != left.npos)
        throw usage_error("one SQL statement is expected, not: " + std::string(sql));
}

std::size_t sqlite_statement::parameters() const noexcept {
    return static_cast<std::size_t>(sqlite_api::sqlite3_bind_parameter_count(statement_.get()));
}

char const* sqlite_statement::sql() const noexcept {
    return sqlite_api::sqlite3_sql(statement_.get());
}

int sqlite_statement::times_prepared_again() const noexcept {
    return sqlite_api::sqlite3_stmt_status(statement_.get(), SQLITE_STMTSTATUS_REPREPARE, 0);
}

void sqlite_statement::bind(std::size_t parameter, value const& v) {
    int const code = to_sqlite(statement_.get(), static_cast<int>(parameter) + 1, v);
    if (code != SQLITE_OK) fail(sqlite_api::sqlite3_db_handle(statement_.get()), code);
}

bool sqlite_statement::step() {
    int const code = sqlite_api::sqlite3_step(statement_.get());
    if (code == SQLITE_ROW) return true;
    if (code != SQLITE_DONE) fail(sqlite_api::sqlite3_db_handle(statement_.get()), code);
    return false;
}

void sqlite_statement::read(std::size_t column, column_type type, value& into) const {
    from_sqlite(statement_.get(), static_cast<int>(column), type, into);
}

value sqlite_statement::read(std::size_t column, column_type type) const {
    value result;
    read(column, type, result);
    return result;
}

void sqlite_statement::reset() noexcept {
    sqlite_api::sqlite3_reset(statement_.get());
}

}  // namespace stint
