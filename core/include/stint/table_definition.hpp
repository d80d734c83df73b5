// table_definition: what CREATE TABLE needs to know, as data.
//
// The domain room derives it from a mapping (create_tables.hpp); an engine turns it into its own SQL.
// A key's single integer column may be given by the application or left to the database, row by row; the
// database never gives a number twice, not even after its row was deleted.
#pragma once

#include <string>
#include <vector>

#include <stint/column.hpp>

namespace stint {

struct column_definition {
    column what;
    bool   nullable = false;
};

struct foreign_key {
    std::string column;
    std::string table;       ///< the table referred to
    std::string key_column;  ///< its key
};

struct table_definition {
    std::string                    name;
    std::string                    key;  ///< the key's column; an integer, one of columns
    std::vector<column_definition> columns;
    std::vector<foreign_key>       foreign_keys;
    std::vector<std::string>       indexes{};  ///< columns that have an index each
    std::string                    version{};  ///< the version's column, one of columns; empty: there is none
};

}  // namespace stint
