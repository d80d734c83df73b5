// sqlite_statement: one prepared statement of SQLite.
//
// Its own, not SOCI's: that copies every text that it binds. Bind all parameters, step until there is no row, reset.
// Throws SOCI's sqlite3_soci_error, as SOCI does for the rest of the connection.
#pragma once

#include <memory>
#include <span>
#include <string_view>
#include <vector>

#include <soci/sqlite3/soci-sqlite3.h>

#include <stint/column.hpp>
#include <stint/value.hpp>

namespace stint {

class sqlite_statement {
public:
    /// Throws usage_error when the text is not one statement, or its parameters are not :1, :2, ...
    sqlite_statement(sqlite_api::sqlite3* handle, std::string_view sql);

    /// How many values it takes: a number that is written twice stands for one.
    std::size_t parameters() const noexcept { return values_; }
    std::size_t columns() const noexcept;
    bool        writes() const noexcept;
    /// SQL as it was prepared, while this object lives.
    char const* sql() const noexcept;

    /// How often SQLite itself had to, because tables had changed.
    int times_prepared_again() const noexcept;

    /// The values of :1, :2, ..., wherever they are written. See bind().
    void bind_all(std::span<value const> values);
    /// Counted from 0, in the order in which they are written. A text is not copied: it must live until the statement
    /// was stepped to its end or reset. Throws value_error for what SQLite can't keep.
    void bind(std::size_t parameter, value const& v);

    /// On the first row: throws schema_error for a column read as a decimal whose declared type says that its numbers
    /// aren't units. Quick when they were checked before.
    void check_declared(std::span<column_type const> types);

    /// Goes on to the next row; false when there is none.
    bool step();
    /// Of the current row. Throws schema_error when the column is of another type.
    value read(std::size_t column, column_type type) const;
    /// The same into a value whose room is used again.
    void read(std::size_t column, column_type type, value& into) const;
    /// Ready for other parameters. Rows left unread would keep a transaction, and other connections from writing.
    void reset() noexcept;

private:
    struct finalizer {
        void operator()(sqlite_api::sqlite3_stmt* statement) const noexcept;
    };
    void number_parameters(std::string_view sql);

    std::unique_ptr<sqlite_api::sqlite3_stmt, finalizer> statement_;
    std::vector<std::size_t>                             value_of_;  // by parameter, from 0
    std::size_t                                          values_ = 0;
    std::vector<column_type>                             checked_{};
    int                                                  checked_in_ = -1;  ///< how often it had been prepared again
};

/// Resets a statement at the end of a scope.
class reset_at_end {
public:
    explicit reset_at_end(sqlite_statement& statement) : statement_(statement) {}
    reset_at_end(reset_at_end const&) = delete;
    reset_at_end& operator=(reset_at_end const&) = delete;
    ~reset_at_end() { statement_.reset(); }

private:
    sqlite_statement& statement_;
};

}  // namespace stint
