#include <stint/lock_policy.hpp>

namespace stint {

std::string_view to_string(lock_policy policy) noexcept {
    switch (policy) {
    case lock_policy::optimistic: return "optimistic";
    case lock_policy::mixed: return "mixed";
    case lock_policy::exclusive_write: return "exclusive write";
    case lock_policy::exclusive_read: return "exclusive read";
    }
    return "";
}

}  // namespace stint
