#include "sqlite_statement.hpp"

#include <algorithm>
#include <string>

#include <stint/error.hpp>

#include "parameters.hpp"
#include "sqlite_values.hpp"

namespace stint {
namespace {

[[noreturn]] void fail(sqlite_api::sqlite3* handle, int code) {
    throw soci::sqlite3_soci_error(sqlite_api::sqlite3_errmsg(handle), code);
}

}  // namespace

void sqlite_statement::finalizer::operator()(sqlite_api::sqlite3_stmt* statement) const noexcept {
    sqlite_api::sqlite3_finalize(statement);
}

// SQLite prepares the first statement of a text, and says where it ends.
sqlite_statement::sqlite_statement(sqlite_api::sqlite3* handle, std::string_view sql) {
    sqlite_api::sqlite3_stmt* prepared = nullptr;
    char const*               rest = nullptr;
    int const                 code = sqlite_api::sqlite3_prepare_v3(handle, sql.data(), static_cast<int>(sql.size()),
                                                                    SQLITE_PREPARE_PERSISTENT, &prepared, &rest);
    if (code != SQLITE_OK) fail(handle, code);
    statement_.reset(prepared);
    auto const left = sql.substr(static_cast<std::size_t>(rest - sql.data()));
    if (!statement_ || left.find_first_not_of(" \t\r\n;") != left.npos)
        throw usage_error("one SQL statement is expected, not: " + std::string(sql));
    number_parameters(sql);
}

// SQLite numbers parameters in the order in which their names are first written.
void sqlite_statement::number_parameters(std::string_view sql) {
    auto const count = sqlite_api::sqlite3_bind_parameter_count(statement_.get());
    for (int i = 1; i <= count; ++i) {
        auto const* const name = sqlite_api::sqlite3_bind_parameter_name(statement_.get(), i);
        value_of_.push_back(parameter_number(name == nullptr ? "?" : name, sql) - 1);
    }
    for (auto const number : value_of_) values_ = std::max(values_, number + 1);
    if (values_ != value_of_.size()) refuse_gap(sql);
}

std::size_t sqlite_statement::columns() const noexcept {
    return static_cast<std::size_t>(sqlite_api::sqlite3_column_count(statement_.get()));
}

bool sqlite_statement::writes() const noexcept {
    return sqlite_api::sqlite3_stmt_readonly(statement_.get()) == 0;
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

void sqlite_statement::bind_all(std::span<value const> values) {
    for (std::size_t i = 0; i < value_of_.size(); ++i) bind(i, values[value_of_[i]]);
}

// SQLite prepares a statement again when the tables have changed.
void sqlite_statement::check_declared(std::span<column_type const> types) {
    int const prepared = sqlite_api::sqlite3_stmt_status(statement_.get(), SQLITE_STMTSTATUS_REPREPARE, 0);
    if (prepared == checked_in_ && std::ranges::equal(types, checked_)) return;
    for (std::size_t i = 0; i < types.size(); ++i) check_declared_type(statement_.get(), static_cast<int>(i), types[i]);
    checked_.assign(types.begin(), types.end());
    checked_in_ = prepared;
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
