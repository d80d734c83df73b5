// sqlite_new_rows: rows of a batch as a table that SQLite reads, so that one statement inserts them all.
//
//     INSERT INTO "stocks" ("name", "quantity", "version") SELECT c0, c1, 1 FROM stint_new_rows
//
// A statement a row costs a multiple of the row itself: each binds its parameters, starts and ends, and writes the last
// key that an AUTOINCREMENT table has given. Here SQLite fetches the values where they stand in the batch. (A virtual
// table, https://www.sqlite.org/vtab.html; triggers and views can't read it.) Each connection has one, which is empty
// but while such a statement runs.
#pragma once

#include <cassert>
#include <cstddef>
#include <exception>
#include <span>

#include <soci/sqlite3/soci-sqlite3.h>

#include "row_by_row.hpp"

namespace stint {

/// New rows of one shape, one after the other in a batch.
struct new_rows {
    batch_in_hand const*                    work = nullptr;
    std::size_t                             first = 0;
    std::size_t                             count = 0;
    std::span<row_statement::binding const> columns{};  ///< what c0, c1, ... stand for
};

class sqlite_new_rows {
public:
    static constexpr char const* table = "stint_new_rows";
    static constexpr std::size_t most_columns = 100;

    sqlite_new_rows() = default;
    sqlite_new_rows(sqlite_new_rows const&) = delete;
    sqlite_new_rows& operator=(sqlite_new_rows const&) = delete;

    /// Makes it known to a connection, which it must outlive. Returns SQLite's code.
    int join(sqlite_api::sqlite3* connection) noexcept;

    void fill(new_rows const& rows) noexcept {
        assert(rows_.count == 0 && "one statement reads it at a time");
        rows_ = rows;
        failure_ = nullptr;
    }
    void clear() noexcept { rows_ = {}; }

    /// Whether a value could not be given to SQLite: then the statement failed, too.
    bool has_failed() const noexcept { return failure_ != nullptr; }

    // For SQLite.
    std::size_t size() const noexcept { return rows_.count; }
    int         put(sqlite_api::sqlite3_context* into, std::size_t row, std::size_t column) noexcept;

private:
    new_rows           rows_{};
    std::exception_ptr failure_{};
};

/// Fills it for a scope.
class held_rows {
public:
    held_rows(sqlite_new_rows& table, new_rows const& rows) noexcept : table_(table) { table_.fill(rows); }
    held_rows(held_rows const&) = delete;
    held_rows& operator=(held_rows const&) = delete;
    ~held_rows() { table_.clear(); }

private:
    sqlite_new_rows& table_;
};

}  // namespace stint
