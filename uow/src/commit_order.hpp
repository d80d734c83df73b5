// commit_order: in which order changes can be written. A graph without SQL.
//
//     commit_order order;
//     auto parent = order.add({.rank = 1, .group = "stocks", .number = 1});
//     auto child  = order.add({.rank = 1, .group = "documents", .number = 7});
//     order.first_then(parent, child);
//     order.solve().sequence;           // parent, child
//
// Nodes come out by rank, group, kind and number, as far as the edges allow: the same set gives the same order, however
// it was put in. Nodes of one rank, group and kind stay together while any of them may come out: those that need not
// wait, then those that waited for them, and so on. What is written by one statement comes in one run so. Where a cycle
// leaves no other way, the first node that waits by edges alone that may be broken comes out, and these edges are
// reported. (Fowler, PoEAA ch. 11, Unit of Work: "referential integrity"; Kahn's topological sort.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <vector>

namespace stint {

class commit_order {
public:
    struct place {
        int              rank = 0;
        std::string_view group;  ///< must outlive the order
        std::int64_t     number = 0;
        std::uint32_t    kind = 0;
    };

    struct solution {
        std::vector<std::size_t> sequence;  ///< nodes
        std::vector<std::size_t> broken;    ///< edges that were given up, rising
        std::vector<std::size_t> stuck;     ///< nodes of a cycle that can't be broken; sequence is incomplete then
    };

    /// Makes room; saves time, nothing else.
    void reserve(std::size_t nodes);
    /// Returns the node's number: 0, 1, 2, ...
    std::size_t add(place position);
    /// Returns the edge's number: 0, 1, 2, ...  An edge from a node to itself can only be broken.
    std::size_t first_then(std::size_t first, std::size_t second, bool may_be_broken = false);

    solution solve() const;

private:
    struct node {
        int           rank;
        std::uint32_t group;  // a number
        std::uint32_t kind;
        std::int64_t  number;

        bool is_together_with(node const& other) const noexcept {
            return rank == other.rank && group == other.group && kind == other.kind;
        }
    };
    struct edge {
        std::size_t first, second;
        bool        may_be_broken;
    };

    std::uint32_t            number_of(std::string_view group);
    std::vector<std::size_t> sorted_nodes() const;

    std::vector<node>             nodes_;
    std::vector<std::string_view> groups_;  // by their numbers
    std::vector<edge>             edges_;
};

}  // namespace stint
