// sqlite_insert: the statement that inserts many rows of one shape whose keys SQLite gives, and tells which keys.
//
// RETURNING would tell them, through a temporary B-tree that costs more than the rows. But SQLite gives each new row
// the next key after the largest, so that the keys of one statement follow each other up to sqlite3_last_insert_rowid.
// That is relied on only where it is certain:
//
//     the key is an alias of the rowid, of a real table     known of the table; schema changes are noticed
//     the statement inserted every row                      sqlite3_changes: none was ignored
//     nobody else wrote meanwhile, as a trigger would       sqlite3_total_changes
//     the keys had not come to their end                    AUTOINCREMENT fails there; elsewhere SQLite takes numbers
//                                                           by chance, so the largest key is looked at first
//
// Else the caller has to take back what was written, and insert row by row. Kept with a session, like its statements.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include <soci/sqlite3/soci-sqlite3.h>

#include "row_sql.hpp"
#include "sqlite_new_rows.hpp"
#include "sqlite_statement.hpp"

namespace stint {

/// Whether all that rows of this shape return is known without asking for it, but for the key.
bool can_be_inserted_together(row_shape const& shape) noexcept;
/// INSERT ... SELECT from stint_new_rows.
row_statement insert_together_sql(row_shape const& shape, dialect const& spelling);

class sqlite_insert {
public:
    /// For a table with this rowid column, if any. Throws SOCI's sqlite3_soci_error.
    sqlite_insert(sqlite_api::sqlite3* handle, row_shape const& shape, std::string_view sql, std::string_view rowid);

    /// Whether run() can be expected to know the keys.
    bool knows_keys() const noexcept { return key_is_rowid_ && !others_write_; }
    /// Whether the tables are no longer what they were when this was made.
    bool is_outdated() const noexcept { return statement_.times_prepared_again() > 0; }

    /// Inserts what the table of new rows holds, so many. Returns the first key; nothing when the keys are not certain.
    /// Throws SOCI's sqlite3_soci_error.
    std::optional<std::int64_t> run(int rows);

private:
    std::optional<std::int64_t> largest_key();

    sqlite_api::sqlite3*            handle_;
    sqlite_statement                statement_;
    bool                            key_is_rowid_, others_write_ = false;
    std::optional<sqlite_statement> largest_{};  // of a table without AUTOINCREMENT
};

}  // namespace stint
