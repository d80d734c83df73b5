#include <stint/change.hpp>

namespace stint {

std::string to_string(change const& row) {
    std::string text = std::string(to_string(row.access)) + " " + row.table + " " + row.key;
    char const* before_each = ": ";
    for (auto const& column : row.columns) {
        text += before_each + column.column + " ";
        if (row.access != access::added) text += to_string(column.before);
        if (row.access == access::changed) text += " -> ";
        if (row.access != access::removed) text += to_string(column.after);
        before_each = ", ";
    }
    return text;
}

}  // namespace stint
