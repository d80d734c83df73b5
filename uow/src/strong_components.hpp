// strong_components: which nodes of a graph reach each other (private to the room). A pure computation, without
// recursion.
//
//     strong_components({{0, 1, 2, 3}, {1, 0, 1}});   // 0 -> 1, 1 -> 0, 2 -> 1: 0 and 1 have one number, 2 another
//
// (Tarjan, Depth-First Search and Linear Graph Algorithms, 1972: linear in nodes and arrows.)
#pragma once

#include <cstddef>
#include <span>
#include <vector>

namespace stint {

/// The arrows that leave node n lead to targets[first[n]] .. targets[first[n + 1] - 1].
struct arrow_lists {
    std::vector<std::size_t> first;  ///< one more than there are nodes
    std::vector<std::size_t> targets;

    std::size_t                  nodes() const noexcept { return first.size() - 1; }
    std::span<std::size_t const> from(std::size_t node) const noexcept {
        return {targets.data() + first[node], targets.data() + first[node + 1]};
    }
};

/// By node: the number of its component. An arrow lies on a cycle where both its ends have the same.
std::vector<std::size_t> strong_components(arrow_lists const& graph);

}  // namespace stint
