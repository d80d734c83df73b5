#include <stint/change.hpp>

namespace stint {

std::string to_string(change const& one) {
    std::string text = std::string(to_string(one.what)) + " " + one.table + " " + one.key;
    char const* before_each = ": ";
    for (auto const& column : one.columns) {
        text += before_each + column.column + " ";
        if (one.what != access::added) text += to_string(column.before);
        if (one.what == access::changed) text += " -> ";
        if (one.what != access::removed) text += to_string(column.after);
        before_each = ", ";
    }
    return text;
}

}  // namespace stint
