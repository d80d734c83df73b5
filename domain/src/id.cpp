#include <stint/id.hpp>

#include <atomic>
#include <string>

#include <stint/error.hpp>

namespace stint::detail {

std::int64_t new_pending_key() noexcept {
    static std::atomic<std::int64_t> last{no_key};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

void refuse_reserved_key(std::int64_t number) {
    throw usage_error("the key " + std::to_string(number) + " is below the range that an id can have (above -2^62)");
}

void refuse_key_not_given(std::int64_t raw) {
    throw usage_error(raw == no_key ? "an id without a key was asked for its number"
                                    : "the key of a new object is known after commit, not before");
}

std::string key_text(std::int64_t raw) {
    if (raw == no_key) return "none";
    if (is_pending_key(raw)) return "pending#" + std::to_string(raw - no_key);
    return std::to_string(raw);
}

}  // namespace stint::detail
