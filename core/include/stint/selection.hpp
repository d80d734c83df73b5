// selection: a read as data: which columns of which rows of one table, in which order.
//
//     selection{.table = "stocks", .columns = {id, name}, .where = {{id, comparison::test::any_of, {1, 2}}}}
//
// The domain room builds it from member pointers (query.hpp); an engine turns it into its own SQL (connection::select).
// Comparisons are null-safe: equal to null finds the nulls, and not equal to a value includes them. The database
// decides how text is ordered and where nulls come in an order. A regular value type.
// (Fowler, PoEAA ch. 13, Query Object.)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <stint/column.hpp>
#include <stint/value.hpp>

namespace stint {

struct comparison {
    enum class test : std::uint8_t { equal, not_equal, less, less_equal, greater, greater_equal, any_of };

    stint::column      column;
    test               relation = test::equal;
    std::vector<value> operands;  ///< one value; for any_of, any number of integers
};

struct ordering {
    stint::column column;
    bool          descending = false;
};

struct selection {
    std::string                  table;
    std::vector<column>          columns;
    std::vector<comparison>      where{};  ///< all must hold
    std::vector<ordering>        order_by{};
    std::optional<std::uint64_t> limit{};
};

}  // namespace stint
