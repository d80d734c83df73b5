// table_difference: what a table lacks, or has otherwise, for a mapping that is to be stored in it.
//
//     catch (stint::table_mismatch const& e) {
//         for (auto const& difference : e.differences())
//             log(difference.table, difference.column, to_string(difference));
//     }
//
// check_tables.hpp looks for all of them at start. What would round, cut or misread values (a type) is also found when
// a database object first writes to a table, and refused then, before anything is written. Values; they may be copied
// and kept.
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
        nullable,        ///< the column may hold NULL, which the member, the key or the version can't be
        not_nullable,    ///< the member is optional, but the column refuses NULL
        computed,        ///< the database computes the column: it can't be written
        gives_no_key,    ///< a new row whose key the application doesn't give gets none
        key_not_unique,  ///< no unique index is on the key's column alone
        needs_value,     ///< the mapping doesn't name a column that must have a value in every new row
    };

    kind        what = kind::missing_table;
    std::string table{};
    std::string column{};  ///< empty: the table as a whole
    std::string type{};    ///< of the column, as the database spells it

    friend bool operator==(table_difference const&, table_difference const&) = default;
};

/// "stocks.quantity is numeric(10,1), which would round or convert what the mapping stores"
std::string to_string(table_difference const& difference);

/// Tables don't fit their mappings. It is about the first of the differences.
class table_mismatch : public schema_error {
public:
    /// There is one difference at least.
    table_mismatch(std::string const& address, std::string const& engine, std::vector<table_difference> differences);

    std::span<table_difference const> differences() const noexcept { return differences_; }

private:
    std::vector<table_difference> differences_;
};

}  // namespace stint
