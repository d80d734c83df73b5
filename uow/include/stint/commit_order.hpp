// commit_order: in which order changes can be written. A graph without SQL.
//
//     commit_order order;
//     auto parent = order.add({.rank = 1, .group = "stocks", .number = 1});
//     auto child  = order.add({.rank = 1, .group = "documents", .number = 7});
//     order.first_then(parent, child);
//     order.solve().sequence;           // parent, child
//
// Nodes come out by rank, group and number, as far as the edges allow: the same set gives the same order, however it was
// put in. An edge that may be broken is given up when nothing else resolves a cycle, and is reported.
// (Fowler, PoEAA ch. 11, Unit of Work: "referential integrity"; Kahn's topological sort.)
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
    };

    struct solution {
        std::vector<std::size_t> sequence;  ///< nodes
        std::vector<std::size_t> broken;    ///< edges that were given up, rising
        std::vector<std::size_t> stuck;     ///< nodes of a cycle that can't be broken; sequence is incomplete then
    };

    /// Answers the node's number: 0, 1, 2, ...
    std::size_t add(place where);
    /// Answers the edge's number: 0, 1, 2, ...  An edge from a node to itself can only be broken.
    std::size_t first_then(std::size_t first, std::size_t then, bool may_be_broken = false);

    solution solve() const;

private:
    struct edge {
        std::size_t first, then;
        bool        may_be_broken;
    };

    std::vector<place> nodes_;
    std::vector<edge>  edges_;
};

}  // namespace stint
