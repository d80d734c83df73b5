// sqlite_tables: what a connection knows of its tables: how their columns are declared, and where keys come from.
//
// Each connection's own, since attached and temporary tables are, and asking costs no trip. Forgotten when a schema has
// another number than before, or stands in another file.
#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include <stint/deadline.hpp>

#include "table_facts.hpp"

namespace stint {

class sqlite_session;

/// Of a connection's schemas: main, perhaps temp, and what was attached.
struct sqlite_schema {
    std::string  name{}, file{};
    std::int64_t number = 0;  ///< rises when its tables change

    bool operator==(sqlite_schema const&) const = default;
};

class sqlite_tables {
public:
    /// Forgets all if tables have changed. Cheap inside of a transaction. This and find(): while the session is locked.
    void refresh(sqlite_session& session, deadline until);
    /// Null: there is no such table.
    table_facts const* find(sqlite_session& session, std::string_view table, deadline until);
    /// The same without asking.
    table_facts const* known(std::string_view table) const noexcept;

private:
    std::vector<sqlite_schema>                      schemas_{};  ///< of what is known
    std::map<std::string, known_table, std::less<>> tables_{};
};

}  // namespace stint
