#include <stint/id.hpp>

#include <atomic>
#include <string>

#include <stint/error.hpp>

namespace stint {

row_key row_key::fresh() noexcept {
    static std::atomic<std::int64_t> last{none};
    return row_key{last.fetch_add(1, std::memory_order_relaxed) + 1};
}

}  // namespace stint

namespace stint::detail {

void refuse_key_number(std::int64_t number) {
    throw usage_error("the key " + std::to_string(number) + " is below the range that an id can have (from -2^62 on)");
}

void refuse_key_not_given(row_key key) {
    throw usage_error(key.is_none() ? "an id without a key was asked for its number"
                                    : "the key of a new object is known after commit, not before");
}

std::string integer_key::text(row_key key) {
    if (key.is_none()) return "none";
    if (key.is_pending()) return "pending#" + std::to_string(key.word_ - row_key::none);
    return std::to_string(key.word_);
}

}  // namespace stint::detail
