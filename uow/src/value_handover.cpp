#include "value_handover.hpp"

#include <algorithm>
#include <numeric>
#include <unordered_map>

#include <stint/write_batch.hpp>

namespace stint {

namespace {

/// Which nodes are joined (a union-find), and how many there are.
class groups {
public:
    explicit groups(std::size_t nodes) : parent_(nodes), size_(nodes, 1) {
        std::iota(parent_.begin(), parent_.end(), std::size_t{0});
    }

    std::size_t root_of(std::size_t node) {
        for (; parent_[node] != node; node = parent_[node]) parent_[node] = parent_[parent_[node]];
        return node;
    }
    void join(std::size_t left, std::size_t right) {
        left = root_of(left);
        right = root_of(right);
        if (left == right) return;
        if (size_[left] < size_[right]) std::swap(left, right);
        parent_[right] = left;
        size_[left] += size_[right];
    }
    std::size_t size_around(std::size_t node) { return size_[root_of(node)]; }

private:
    std::vector<std::size_t> parent_, size_;
};

}  // namespace

std::vector<value_handover> find_handovers(std::span<value_move const> moves) {
    std::unordered_multimap<std::string, std::size_t> givers;
    for (auto const& move : moves)
        if (move.gives) givers.emplace(*move.gives, move.change);

    std::vector<value_handover> result;
    for (auto const& move : moves) {
        if (!move.takes) continue;
        auto const [first, end] = givers.equal_range(*move.takes);
        for (auto giver = first; giver != end; ++giver)
            if (giver->second != move.change) result.push_back({giver->second, move.change});
    }
    return result;
}

std::vector<bool> are_many(std::span<value_handover const> handovers, std::span<std::size_t const> kinds) {
    std::unordered_map<std::size_t, std::size_t> rows_of_kind;
    for (auto const kind : kinds) ++rows_of_kind[kind];
    groups chains(kinds.size());
    for (auto const& [giver, taker] : handovers) chains.join(giver, taker);

    std::vector<bool> result;
    result.reserve(handovers.size());
    for (auto const& [giver, taker] : handovers) {
        bool const in_one_statement = kinds[giver] == kinds[taker] && rows_of_kind[kinds[giver]] >= rows_kept_in_order;
        result.push_back(in_one_statement || chains.size_around(giver) >= rows_kept_in_order);
    }
    return result;
}

}  // namespace stint
