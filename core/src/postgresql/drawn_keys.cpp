#include "drawn_keys.hpp"

#include <charconv>

#include <stint/error.hpp>

namespace stint {

drawn_keys::drawn_keys(write_batch const& batch, std::span<flush_step const> draws) {
    if (draws.empty()) return;
    numbers_.resize(batch.size(), 0);
    std::uint32_t last = 0;
    for (auto const& step : draws) {
        for (auto const row : step.rows) numbers_[row] = ++last;
    }
    keys_.reserve(last);
}

void drawn_keys::take(std::string_view list) {
    auto const* const end = list.data() + list.size();
    for (auto const* next = list.data(); next < end; ++next) {
        auto const read = std::from_chars(next, end, keys_.emplace_back());
        if (read.ec != std::errc{}) throw value_error("a database gave a key that is not a 64-bit number");
        next = read.ptr;
    }
}

}  // namespace stint
