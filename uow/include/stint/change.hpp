// change: what a unit of work would write of one object, for people, logs and tests.
//
//     for (auto const& change : work.changes()) std::cout << to_string(change) << '\n';
//     // changed stocks 1: quantity 56.40 -> 40.80
//
// A regular value type.
#pragma once

#include <string>
#include <vector>

#include <stint/access.hpp>
#include <stint/value.hpp>

namespace stint {

struct column_change {
    std::string column;
    value       before;  ///< null if the object is added
    value       after;   ///< null if the object is removed

    friend bool operator==(column_change const& left, column_change const& right) {
        return left.column == right.column && identical(left.before, right.before) &&
               identical(left.after, right.after);
    }
};

struct change {
    stint::access              access = stint::access::changed;
    std::string                table;
    std::string                key;      ///< as text: "1", or "pending#3" for a new object without a key
    std::vector<column_change> columns;  ///< in the order of the mapping; for a changed object, the changed ones

    friend bool operator==(change const&, change const&) = default;
};

std::string to_string(change const& change);

}  // namespace stint
