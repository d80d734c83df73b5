#include <stint/detail/lifetime.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <mutex>

namespace stint::detail {
namespace {

using slot_number = std::uint32_t;  // 0: none

// A stamp: 40 bits of count, 24 bits of slot.
constexpr unsigned      slot_bits = 24;
constexpr std::uint64_t slot_mask = (std::uint64_t{1} << slot_bits) - 1;
constexpr std::size_t   block_size = 1024;
constexpr std::size_t   most_blocks = (std::size_t{1} << slot_bits) / block_size;

struct slot {
    std::atomic<std::uint64_t> count{1};
    slot_number                next_free = 0;
};

// Without a destructor: units of work may end after the program's other static objects.
class slot_pool {
public:
    lifetime::stamp take();
    void            give_back(lifetime::stamp stamp) noexcept;
    bool            is_over(lifetime::stamp stamp) const noexcept;

private:
    static slot_number number_of(lifetime::stamp stamp) noexcept {
        return static_cast<slot_number>(static_cast<std::uint64_t>(stamp) & slot_mask);
    }
    static lifetime::stamp stamp_of(std::uint64_t count, slot_number number) noexcept {
        return lifetime::stamp{(count << slot_bits) | number};
    }
    slot& at(slot_number number) const noexcept {
        return blocks_[number / block_size].load(std::memory_order_acquire)[number % block_size];
    }
    void add_block();

    std::mutex                                  mutex_{};
    slot_number                                 first_free_ = 0;
    std::size_t                                 size_ = 0;  // of blocks
    std::array<std::atomic<slot*>, most_blocks> blocks_{};
};

constinit slot_pool pool{};

lifetime::stamp slot_pool::take() {
    auto const hold = std::lock_guard(mutex_);
    if (first_free_ == 0 && size_ < most_blocks) add_block();
    if (first_free_ == 0) return lifetime::stamp::unwatched;
    auto const number = first_free_;
    auto&      taken = at(number);
    first_free_ = taken.next_free;
    return stamp_of(taken.count.load(std::memory_order_relaxed), number);
}

void slot_pool::add_block() {
    auto* const block = new slot[block_size];
    blocks_[size_].store(block, std::memory_order_release);
    auto const first = static_cast<slot_number>(size_++ * block_size);
    for (auto number = first + static_cast<slot_number>(block_size); number-- > first && number != 0;) {
        at(number).next_free = first_free_;
        first_free_ = number;
    }
}

void slot_pool::give_back(lifetime::stamp stamp) noexcept {
    if (stamp == lifetime::stamp::unwatched) return;
    auto const number = number_of(stamp);
    auto&      given = at(number);
    given.count.fetch_add(1, std::memory_order_release);
    auto const hold = std::lock_guard(mutex_);
    given.next_free = first_free_;
    first_free_ = number;
}

bool slot_pool::is_over(lifetime::stamp stamp) const noexcept {
    if (stamp == lifetime::stamp::unwatched) return false;
    auto const number = number_of(stamp);
    return stamp_of(at(number).count.load(std::memory_order_acquire), number) != stamp;
}

}  // namespace

lifetime::lifetime() : stamp_(pool.take()) {}

lifetime::~lifetime() {
    pool.give_back(stamp_);
}

bool lifetime::is_over(stamp then) noexcept {
    return pool.is_over(then);
}

}  // namespace stint::detail
