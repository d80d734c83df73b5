// Why SQLite can't prepare a statement: it has one code for all of it (SQLITE_ERROR), so the databases are asked.
#pragma once

#include <cstdint>
#include <string_view>

#include <soci/soci.h>
// SOCI's header puts SQLite into the namespace sqlite_api.
#include <soci/sqlite3/soci-sqlite3.h>

namespace stint {

enum class sqlite_obstacle : std::uint8_t {
    missing,         ///< a table or column that it names isn't there
    duplicate,       ///< what it would make is there already
    not_understood,  ///< it is no SQL, whatever the tables
};

/// Of a statement that `handle` could not prepare.
sqlite_obstacle obstacle_of(std::string_view sql, sqlite_api::sqlite3* handle);

}  // namespace stint
