// deadline: the time until which a caller will wait for a database.
//
//     work.wait_until(stint::deadline::after(2s));   // a unit of work's reads and its commit
//
// A point on the steady clock: a change of the system's time neither shortens nor lengthens it, and one deadline covers
// several steps. A regular value type.
#pragma once

#include <chrono>

namespace stint {

class deadline {
public:
    using clock = std::chrono::steady_clock;

    /// Waits as long as it takes.
    static constexpr deadline none() noexcept { return deadline{clock::time_point::max()}; }
    static constexpr deadline at(clock::time_point when) noexcept { return deadline{when}; }
    /// Takes any duration. One that the clock can't count to gives none().
    template <typename Rep = clock::rep, typename Period = clock::period>
    static deadline after(std::chrono::duration<Rep, Period> time) noexcept {
        auto const now = clock::now();
        if (time <= time.zero()) return deadline{now};
        using comparable = std::chrono::duration<long double, clock::period>;  // overflows for no duration
        if (!(comparable(time) < comparable(clock::time_point::max() - now))) return none();
        return deadline{now + std::chrono::duration_cast<clock::duration>(time)};
    }

    bool is_none() const noexcept { return at_ == clock::time_point::max(); }
    bool has_passed() const noexcept { return !is_none() && clock::now() >= at_; }
    /// The time that is left, never negative; the longest duration for none().
    clock::duration left() const noexcept {
        if (is_none()) return clock::duration::max();
        auto const time = at_ - clock::now();
        return time > time.zero() ? time : time.zero();
    }
    clock::time_point at() const noexcept { return at_; }

    friend deadline earlier(deadline left, deadline right) noexcept { return left.at_ < right.at_ ? left : right; }
    friend deadline later(deadline left, deadline right) noexcept { return left.at_ < right.at_ ? right : left; }

private:
    constexpr explicit deadline(clock::time_point at) noexcept : at_(at) {}

    clock::time_point at_;
};

}  // namespace stint
