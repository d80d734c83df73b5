// table_difference: a difference between a table and a mapping that is to be stored in it.
//
//     catch (stint::table_mismatch const& e) {
//         for (auto const& difference : e.differences())
//             log(difference.table, difference.column, to_string(difference));
//     }
//
// check_tables.hpp looks for all differences at start. A type that would round, cut or misread values is also found
// when a database object first writes to the table; that write is refused before anything is written. Regular values.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <stint/error.hpp>

namespace stint {

struct table_difference {
    enum class kind : unsigned char {
        missing_table,
        missing_column,
        other_type,      ///< what the column holds isn't what the member is
        converts,        ///< the column would round, cut or convert values that the member can have
        too_small,       ///< for a version: versions start at the database's clock in microseconds
        nullable,        ///< the column may hold NULL; the member, the key or the version can't
        not_nullable,    ///< the member is optional, but the column refuses NULL
        computed,        ///< the database computes the column: it can't be written
        gives_no_key,    ///< a new row gets no key unless the application gives it
        key_not_unique,  ///< the key's column has no unique index of its own
        needs_value,     ///< the mapping doesn't name a column that must have a value in every new row
    };

    kind        problem = kind::missing_table;
    std::string table{};
    std::string column{};  ///< empty if the table as a whole is meant
    std::string type{};    ///< of the column, as the database spells it

    friend bool operator==(table_difference const&, table_difference const&) = default;
};

/// "stocks.quantity is numeric(10,1), which would round or convert what the mapping stores"
std::string to_string(table_difference const& difference);

/// Tables don't fit their mappings. Its subject is the first difference.
class table_mismatch : public schema_error {
public:
    /// Takes at least one difference.
    table_mismatch(std::string const& address, std::string const& engine, std::vector<table_difference> differences);

    std::span<table_difference const> differences() const noexcept { return differences_; }

private:
    std::vector<table_difference> differences_;
};

}  // namespace stint
