#include <stint/access.hpp>

namespace stint {

std::string_view to_string(access use) noexcept {
    switch (use) {
    case access::read: return "read";
    case access::added: return "added";
    case access::changed: return "changed";
    case access::removed: return "removed";
    }
    return "";
}

}  // namespace stint
