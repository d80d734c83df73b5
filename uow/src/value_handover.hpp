// value_handover: which changes take the unique values that others give up (private to the room). A pure computation.
//
//     row            gives   takes          order of the updates
//     1  a -> b      a       b              1 waits for 2, 2 for 3: 3, 2, 1
//     2  b -> c      b       c
//     3  c -> d      c       d
//
// A value is taken after it was given up. Where the rows form a circle (3 takes a), or so many are written that an
// engine writes them by one statement in an order of its own, the giver lets go of its value before anything else is
// written.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <vector>

namespace stint {

/// What one change does under one unique rule. Values as texts that are equal where the database sees them as alike.
struct value_move {
    std::size_t                change = 0;
    std::optional<std::string> gives{};
    std::optional<std::string> takes{};
};

/// Changes.
struct value_handover {
    std::size_t giver = 0;
    std::size_t taker = 0;

    friend bool operator==(value_handover const&, value_handover const&) = default;
};

/// Of the moves under one rule, in the order of the takers.
std::vector<value_handover> find_handovers(std::span<value_move const> moves);

/// By handover: whether so many rows depend on each other (by handovers, or as those that one statement may write) that
/// their givers let go of their values first. Handovers of all rules; by change: the number of its kind, of which one
/// statement may write all.
std::vector<bool> are_many(std::span<value_handover const> handovers, std::span<std::size_t const> kinds);

}  // namespace stint
