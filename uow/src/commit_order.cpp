#include "commit_order.hpp"

#include <algorithm>
#include <numeric>
#include <set>
#include <span>
#include <tuple>
#include <utility>

#include "strong_components.hpp"

namespace stint {

namespace {

/// Kahn's algorithm over the edges that are left. A node is known by its place in the order that there would be without
/// edges.
///
/// When every node that is left waits, some of them wait on cycles. Then the first node all of whose waiting can be
/// given up (each edge may be broken and lies on a cycle) is freed, and Kahn goes on. Where edges that can't be broken
/// form no cycle, there is always such a node. Cycles are looked for once, so the whole is linear but for a logarithm.
class sorter {
public:
    struct arrow {
        std::size_t edge, to;
        bool        may_be_broken;
        bool        broken = false;
    };

    /// The runs are those places that stay together: run_of rises with the places.
    sorter(std::vector<std::size_t> run_of, std::size_t runs)
        : run_of_(std::move(run_of)), first_arrow_(run_of_.size() + 1, 0), incoming_(run_of_.size(), 0), ready_(runs) {}

    /// Edges as (first, arrow), in their order.
    void connect(std::vector<std::pair<std::size_t, arrow>> const& edges) {
        for (auto const& [first, out] : edges) {
            ++first_arrow_[first + 1];
            ++incoming_[out.to];
        }
        std::partial_sum(first_arrow_.begin(), first_arrow_.end(), first_arrow_.begin());
        arrows_.resize(edges.size());
        auto next = first_arrow_;
        for (auto const& [first, out] : edges) arrows_[next[first]++] = out;
    }

    void run() {
        sequence_.reserve(size());
        for (std::size_t place = 0; place < size(); ++place)
            if (incoming_[place] == 0) make_ready(place);
        do take_all_ready();
        while (sequence_.size() < size() && break_cycles_at_a_node());
    }

    std::vector<std::size_t> const& sequence() const noexcept { return sequence_; }
    std::vector<std::size_t> const& broken() const noexcept { return broken_; }

    /// Places on cycles that are left.
    std::vector<std::size_t> stuck() const {
        auto const               component = strong_components(remaining());
        std::vector<std::size_t> result;
        for (std::size_t place = 0; place < size(); ++place) {
            auto const on_a_cycle = [&](arrow const& out) {
                return !out.broken && component[out.to] == component[place];
            };
            if (incoming_[place] != 0 && std::ranges::any_of(leaving(place), on_a_cycle)) result.push_back(place);
        }
        return result;
    }

private:
    std::size_t size() const noexcept { return run_of_.size(); }

    std::span<arrow> leaving(std::size_t place) noexcept {
        return {arrows_.data() + first_arrow_[place], arrows_.data() + first_arrow_[place + 1]};
    }
    std::span<arrow const> leaving(std::size_t place) const noexcept {
        return const_cast<sorter*>(this)->leaving(place);
    }

    void make_ready(std::size_t place) {
        auto const run = run_of_[place];
        if (ready_[run].empty()) runs_with_ready_.insert(run);
        ready_[run].push_back(place);
    }

    /// From the first run that has any; a run is left only when none of it is ready any more.
    void take_all_ready() {
        while (!runs_with_ready_.empty()) {
            auto const run = *runs_with_ready_.begin();
            while (!ready_[run].empty()) take_round(std::exchange(ready_[run], {}));
            runs_with_ready_.erase(run);
        }
    }

    void take_round(std::vector<std::size_t> round) {
        if (!std::ranges::is_sorted(round)) std::ranges::sort(round);
        for (auto const place : round) {
            sequence_.push_back(place);
            for (auto const& out : leaving(place))
                if (!out.broken) satisfy(place, out);
        }
    }

    void satisfy(std::size_t from, arrow const& out) {
        if (--incoming_[out.to] == 0) return make_ready(out.to);
        if (knows_cycles() && is_firm(from, out) && --firm_[out.to] == 0) may_be_freed_.insert(out.to);
    }

    // Cycles.

    bool knows_cycles() const noexcept { return !component_.empty(); }
    bool is_firm(std::size_t from, arrow const& out) const noexcept {
        return !out.may_be_broken || component_[from] != component_[out.to];
    }

    bool break_cycles_at_a_node() {
        if (!knows_cycles()) find_cycles();
        while (!may_be_freed_.empty()) {
            auto const place = *may_be_freed_.begin();
            may_be_freed_.erase(may_be_freed_.begin());
            if (incoming_[place] == 0) continue;  // taken meanwhile
            free(place);
            return true;
        }
        return false;
    }

    void find_cycles() {
        component_ = strong_components(remaining());
        firm_.assign(size(), 0);
        arriving_.resize(size());
        for (std::size_t place = 0; place < size(); ++place) {
            if (incoming_[place] == 0) continue;
            for (auto& out : leaving(place)) {
                if (is_firm(place, out)) ++firm_[out.to];
                arriving_[out.to].push_back({place, &out});
            }
        }
        for (std::size_t place = 0; place < size(); ++place)
            if (incoming_[place] != 0 && firm_[place] == 0) may_be_freed_.insert(place);
    }

    /// Breaks every edge that the place waits for.
    void free(std::size_t place) {
        for (auto const& [source, edge] : arriving_[place]) {
            if (incoming_[source] == 0) continue;  // taken: nothing waits for it any more
            edge->broken = true;
            broken_.push_back(edge->edge);
        }
        incoming_[place] = 0;
        make_ready(place);
    }

    /// What is not taken yet and not broken.
    arrow_lists remaining() const {
        arrow_lists result{.first = {0}, .targets = {}};
        result.first.reserve(size() + 1);
        for (std::size_t place = 0; place < size(); ++place) {
            if (incoming_[place] != 0)
                for (auto const& out : leaving(place))
                    if (!out.broken) result.targets.push_back(out.to);
            result.first.push_back(result.targets.size());
        }
        return result;
    }

    struct arriving {
        std::size_t from;
        arrow*      edge;
    };

    std::vector<std::size_t>              run_of_;
    std::vector<std::size_t>              first_arrow_;
    std::vector<arrow>                    arrows_;
    std::vector<std::size_t>              incoming_;
    std::vector<std::vector<std::size_t>> ready_;  // by run
    std::set<std::size_t>                 runs_with_ready_;
    std::vector<std::size_t>              sequence_;
    std::vector<std::size_t>              broken_;
    // Once cycles were looked for, by place:
    std::vector<std::size_t>           component_;
    std::vector<std::size_t>           firm_;  // incoming edges that can't be broken, or needn't be
    std::vector<std::vector<arriving>> arriving_;
    std::set<std::size_t>              may_be_freed_;
};

std::vector<std::size_t> translated(std::span<std::size_t const> places, std::span<std::size_t const> nodes) {
    std::vector<std::size_t> result;
    result.reserve(places.size());
    for (auto const place : places) result.push_back(nodes[place]);
    return result;
}

}  // namespace

void commit_order::reserve(std::size_t nodes) {
    nodes_.reserve(nodes);
}

std::size_t commit_order::add(place position) {
    nodes_.push_back({position.rank, number_of(position.group), position.kind, position.number});
    return nodes_.size() - 1;
}

std::size_t commit_order::first_then(std::size_t first, std::size_t second, bool may_be_broken) {
    edges_.push_back({first, second, may_be_broken});
    return edges_.size() - 1;
}

/// Nodes of one group mostly follow each other.
std::uint32_t commit_order::number_of(std::string_view group) {
    if (!nodes_.empty() && groups_[nodes_.back().group] == group) return nodes_.back().group;
    auto const known = std::ranges::find(groups_, group);
    if (known == groups_.end()) {
        groups_.push_back(group);
        return static_cast<std::uint32_t>(groups_.size() - 1);
    }
    return static_cast<std::uint32_t>(known - groups_.begin());
}

/// The nodes as they come without edges; groups by their names.
std::vector<std::size_t> commit_order::sorted_nodes() const {
    std::vector<std::uint32_t> turn(groups_.size());
    for (std::size_t i = 0; i < turn.size(); ++i)
        turn[i] = static_cast<std::uint32_t>(
            std::ranges::count_if(groups_, [&](std::string_view other) { return other < groups_[i]; }));

    std::vector<std::size_t> sorted(nodes_.size());
    std::iota(sorted.begin(), sorted.end(), std::size_t{0});
    auto const turn_of = [&](std::size_t i) {
        auto const& placed = nodes_[i];
        return std::tuple{placed.rank, turn[placed.group], placed.kind, placed.number};
    };
    if (!std::ranges::is_sorted(sorted, {}, turn_of)) std::ranges::stable_sort(sorted, {}, turn_of);
    return sorted;
}

commit_order::solution commit_order::solve() const {
    auto sorted = sorted_nodes();
    if (edges_.empty()) return {std::move(sorted), {}, {}};

    std::vector<std::size_t> run_of(nodes_.size());
    for (std::size_t i = 1; i < sorted.size(); ++i)
        run_of[i] = run_of[i - 1] + (nodes_[sorted[i]].is_together_with(nodes_[sorted[i - 1]]) ? 0 : 1);

    std::vector<std::size_t> place_of(nodes_.size());
    for (std::size_t i = 0; i < place_of.size(); ++i) place_of[sorted[i]] = i;
    std::vector<std::pair<std::size_t, sorter::arrow>> edges;
    edges.reserve(edges_.size());
    for (std::size_t i = 0; i < edges_.size(); ++i)
        edges.push_back({place_of[edges_[i].first], {i, place_of[edges_[i].second], edges_[i].may_be_broken}});

    auto const runs = run_of.back() + 1;
    sorter     graph{std::move(run_of), runs};
    graph.connect(edges);
    graph.run();
    solution result{translated(graph.sequence(), sorted), graph.broken(), {}};
    std::ranges::sort(result.broken);
    if (result.sequence.size() < nodes_.size()) result.stuck = translated(graph.stuck(), sorted);
    std::ranges::sort(result.stuck);
    return result;
}

}  // namespace stint
