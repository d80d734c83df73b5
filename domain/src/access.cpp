#include <stint/access.hpp>

namespace stint {

std::string_view to_string(stint::access access) noexcept {
    switch (access) {
    case stint::access::read: return "read";
    case stint::access::added: return "added";
    case stint::access::changed: return "changed";
    case stint::access::removed: return "removed";
    }
    return "";
}

}  // namespace stint
