// lifetime: tells whether something still lives to whoever has a pointer into it, without touching the memory that it
// had.
//
//     lifetime unit;                       // a member of what lives
//     auto const stamp = unit.now();       // kept beside a pointer into it
//     lifetime::is_over(stamp);            // at any time, also when `unit` is gone: its stamps are of the past then
//
// Each takes a slot of a pool that is never freed, and gives it back at its end, when the slot counts one more. A stamp
// names the slot and its count, so that a later lifetime in the same slot has other stamps. Beginning and ending cost a
// short lock each, a check two loads. The first 16 million that live at once are watched; the stamps of more are never
// over. All functions may be called by any thread.
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
