// drawn_keys: the keys that a flush draws for new rows before it writes: their numbers first, the keys once the server gave them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string_view>
#include <vector>

#include <stint/write_batch.hpp>

#include "flush_script.hpp"

namespace stint {

class drawn_keys {
public:
    drawn_keys(write_batch const& batch, std::span<flush_step const> draws);

    bool is_drawn(std::size_t row) const noexcept { return !numbers_.empty() && numbers_[row] != 0; }
    /// 1, 2, 3, ... in the order in which they are drawn.
    std::int64_t number_of(std::size_t row) const noexcept { return numbers_[row]; }

    /// The keys that the next step drew, with commas between.
    void         take(std::string_view list);
    std::int64_t key_of(std::size_t row) const noexcept { return keys_[numbers_[row] - 1]; }

private:
    std::vector<std::uint32_t> numbers_{};  ///< by row; 0: none; empty where no key is drawn
    std::vector<std::int64_t>  keys_{};
};

}  // namespace stint
