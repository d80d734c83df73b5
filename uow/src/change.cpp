#include <stint/change.hpp>

namespace stint {

std::string_view to_string(change_kind what) noexcept {
    switch (what) {
    case change_kind::added: return "added";
    case change_kind::changed: return "changed";
    case change_kind::removed: return "removed";
    }
    return "";
}

std::string to_string(change const& one) {
    std::string text = std::string(to_string(one.what)) + " " + one.table + " " + one.key;
    char const* before_each = ": ";
    for (auto const& column : one.columns) {
        text += before_each + column.column + " ";
        if (one.what != change_kind::added) text += to_string(column.before);
        if (one.what == change_kind::changed) text += " -> ";
        if (one.what != change_kind::removed) text += to_string(column.after);
        before_each = ", ";
    }
    return text;
}

}  // namespace stint
