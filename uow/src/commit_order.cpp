#include <stint/commit_order.hpp>

#include <algorithm>
#include <numeric>
#include <span>
#include <tuple>
#include <utility>

namespace stint {

namespace {

/// Kahn's algorithm over the edges that are left. A node is known by its place in the order that there would be without edges.
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
            if (incoming_[place] == 0) ready_[run_of_[place]].push_back(place);
        do take_all_ready();
        while (sequence_.size() < size() && break_a_cycle());
    }

    std::vector<std::size_t> const& sequence() const noexcept { return sequence_; }
    std::vector<std::size_t> const& broken() const noexcept { return broken_; }

    std::vector<std::size_t> stuck() const {
        std::vector<std::size_t> result;
        for (std::size_t place = 0; place < size(); ++place)
            if (incoming_[place] != 0 && lies_on_a_cycle(place)) result.push_back(place);
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

    /// From the first run that has any; a run is left only when none of it is ready any more.
    void take_all_ready() {
        auto const any = [](auto const& run) { return !run.empty(); };
        for (auto run = std::ranges::find_if(ready_, any); run != ready_.end(); run = std::ranges::find_if(ready_, any))
            while (!run->empty()) take_round(std::exchange(*run, {}));
    }

    void take_round(std::vector<std::size_t> round) {
        if (!std::ranges::is_sorted(round)) std::ranges::sort(round);
        for (auto const place : round) {
            sequence_.push_back(place);
            for (auto const& out : leaving(place))
                if (!out.broken) satisfy(out.to);
        }
    }

    void satisfy(std::size_t place) {
        if (--incoming_[place] == 0) ready_[run_of_[place]].push_back(place);
    }

    /// Gives up one edge that lies on a cycle: the first that may be.
    bool break_a_cycle() {
        for (std::size_t place = 0; place < size(); ++place) {
            if (incoming_[place] == 0) continue;
            for (auto& out : leaving(place)) {
                if (!out.may_be_broken || out.broken || !reaches(out.to, place)) continue;
                out.broken = true;
                broken_.push_back(out.edge);
                satisfy(out.to);
                return true;
            }
        }
        return false;
    }

    bool reaches(std::size_t from, std::size_t to) const {
        std::vector<bool>        seen(size(), false);
        std::vector<std::size_t> open{from};
        while (!open.empty()) {
            auto const place = open.back();
            open.pop_back();
            if (place == to) return true;
            if (seen[place]) continue;
            seen[place] = true;
            for (auto const& out : leaving(place))
                if (!out.broken) open.push_back(out.to);
        }
        return false;
    }

    bool lies_on_a_cycle(std::size_t place) const {
        return std::ranges::any_of(leaving(place),
                                   [&](arrow const& out) { return !out.broken && reaches(out.to, place); });
    }

    std::vector<std::size_t>              run_of_;
    std::vector<std::size_t>              first_arrow_;
    std::vector<arrow>                    arrows_;
    std::vector<std::size_t>              incoming_;
    std::vector<std::vector<std::size_t>> ready_;  // by run
    std::vector<std::size_t>              sequence_;
    std::vector<std::size_t>              broken_;
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

std::size_t commit_order::add(place where) {
    nodes_.push_back({where.rank, number_of(where.group), where.kind, where.number});
    return nodes_.size() - 1;
}

std::size_t commit_order::first_then(std::size_t first, std::size_t then, bool may_be_broken) {
    edges_.push_back({first, then, may_be_broken});
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
        auto const& one = nodes_[i];
        return std::tuple{one.rank, turn[one.group], one.kind, one.number};
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
        edges.push_back({place_of[edges_[i].first], {i, place_of[edges_[i].then], edges_[i].may_be_broken}});

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
