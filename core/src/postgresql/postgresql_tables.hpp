// postgresql_tables: what a connection knows of the server's tables: the types of columns, and where keys come from.
//
// An array must say what it is an array of, where a single parameter takes the type of its column. Asked once for each table and
// connection, all that a flush needs in one round trip; forgotten when a statement no longer fits the tables.
#pragma once

#include <map>
#include <span>
#include <string>
#include <string_view>

#include <stint/connection.hpp>
#include <stint/deadline.hpp>

namespace stint {

class postgresql_tables {
public:
    bool knows(std::string_view table) const noexcept { return tables_.find(table) != tables_.end(); }
    /// Asks for those that it doesn't know.
    void learn(connection& from, std::span<std::string_view const> tables, deadline until);
    void forget() noexcept { tables_.clear(); }

    /// The type's name, also for columns that aren't there: what fails is the statement.
    std::string type_of(std::string_view table, std::string_view column) const;
    /// An expression that gives a new key; null: the table has none.
    std::string const* new_key(std::string_view table, std::string_view column) const noexcept;

private:
    struct column_facts {
        std::string type;
        std::string by_default;
    };
    using columns = std::map<std::string, column_facts, std::less<>>;

    column_facts const* find(std::string_view table, std::string_view column) const noexcept;

    std::map<std::string, columns, std::less<>> tables_;
};

}  // namespace stint
