// lifetime: says whether an object still lives, to code that has a pointer into it, without touching its memory.
//
//     lifetime unit;                       // a member of what lives
//     auto const stamp = unit.now();       // kept beside a pointer into it
//     lifetime::is_over(stamp);            // at any time, also when `unit` is gone: its stamps are of the past then
//
// Each lifetime takes a slot of a pool that is never freed, and gives it back at its end; the slot then counts one
// more. A stamp names the slot and its count, so a later lifetime in the same slot has other stamps. Beginning and
// ending take a short lock each, a check two loads. Only 16 million lifetimes are watched at once; the stamps of others
// are never over. Any thread may call all functions.
#pragma once

#include <cstdint>

namespace stint::detail {

class lifetime {
public:
    enum class stamp : std::uint64_t { unwatched = 0 };

    lifetime();
    lifetime(lifetime const&) = delete;
    lifetime& operator=(lifetime const&) = delete;
    ~lifetime();

    stamp       now() const noexcept { return stamp_; }
    static bool is_over(stamp then) noexcept;

private:
    stamp stamp_;
};

}  // namespace stint::detail
