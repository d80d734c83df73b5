// table_definition: what CREATE TABLE needs to know, as data.
//
// The domain room derives it from a mapping (create_tables.hpp); an engine turns it into its own SQL. The key is one
// integer column. For each row either the application gives it or the database does; the database never gives a number
// twice, not even after its row was deleted. Regular values.
#pragma once

#include <string>
#include <vector>

#include <stint/column.hpp>

namespace stint {

struct column_definition {
    stint::column column;
    bool          nullable = false;
};

struct foreign_key {
    std::string column;
    std::string table;       ///< the table referred to
    std::string key_column;  ///< its key
};

struct table_definition {
    std::string                    name;
    std::string                    key;  ///< the key's column, one of columns; an integer
    std::vector<column_definition> columns;
    std::vector<foreign_key>       foreign_keys;
    std::vector<std::string>       indexes{};  ///< columns, each of which has an index
    std::string                    version{};  ///< the version's column, one of columns; empty if there is none
};

}  // namespace stint
