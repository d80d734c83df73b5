// version_number: which state of a row an object was read in.
//
// Every write through Stint raises the row's version by one, so a version that is still the same means that
// nobody wrote in between. A row whose key the application gave starts at the database's clock in
// microseconds, others at 1: a key that was deleted and inserted again never looks unchanged.
// A regular value type.
// (Fowler, PoEAA ch. 16, Optimistic Offline Lock.)
#pragma once

#include <compare>
#include <cstdint>

namespace stint {

class version_number {
public:
    constexpr version_number() noexcept = default;
    constexpr explicit version_number(std::int64_t number) noexcept : number_(number) {}

    constexpr std::int64_t   value() const noexcept { return number_; }
    constexpr version_number next() const noexcept { return version_number{number_ + 1}; }

    friend constexpr auto operator<=>(version_number const&, version_number const&) noexcept = default;

private:
    std::int64_t number_ = 0;  // 0: not stored yet
};

}  // namespace stint
