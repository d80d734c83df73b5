#include <stint/commit_order.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <tuple>

namespace stint {

namespace {

/// Kahn's algorithm over the edges that are left.
class sorter {
public:
    using place = commit_order::place;

    explicit sorter(std::vector<place> const& nodes)
        : nodes_(nodes), incoming_(nodes.size(), 0), leaving_(nodes.size()) {}

    void connect(std::size_t edge, std::size_t first, std::size_t then, bool may_be_broken) {
        leaving_[first].push_back({edge, then, may_be_broken});
        ++incoming_[then];
    }

    commit_order::solution run() {
        for (std::size_t node = 0; node < nodes_.size(); ++node)
            if (incoming_[node] == 0) ready_.insert(ranked(node));
        for (;;) {
            take_all_ready();
            if (result_.sequence.size() == nodes_.size()) break;
            if (!break_a_cycle()) {
                list_stuck();
                break;
            }
        }
        std::sort(result_.broken.begin(), result_.broken.end());
        return std::move(result_);
    }

private:
    struct arrow {
        std::size_t edge, to;
        bool        may_be_broken;
        bool        broken = false;
    };
    using ranking = std::tuple<int, std::string_view, std::int64_t, std::size_t>;

    ranking ranked(std::size_t node) const {
        return {nodes_[node].rank, nodes_[node].group, nodes_[node].number, node};
    }

    void take_all_ready() {
        while (!ready_.empty()) {
            auto const node = std::get<3>(*ready_.begin());
            ready_.erase(ready_.begin());
            result_.sequence.push_back(node);
            for (auto const& out : leaving_[node])
                if (!out.broken) satisfy(out.to);
        }
    }

    void satisfy(std::size_t node) {
        if (--incoming_[node] == 0) ready_.insert(ranked(node));
    }

    /// Gives up one edge that lies on a cycle: the first that may be.
    bool break_a_cycle() {
        for (std::size_t node = 0; node < nodes_.size(); ++node) {
            if (incoming_[node] == 0) continue;
            for (auto& out : leaving_[node]) {
                if (!out.may_be_broken || out.broken || !reaches(out.to, node)) continue;
                out.broken = true;
                result_.broken.push_back(out.edge);
                satisfy(out.to);
                return true;
            }
        }
        return false;
    }

    bool reaches(std::size_t from, std::size_t to) const {
        std::vector<bool>        seen(nodes_.size(), false);
        std::vector<std::size_t> open{from};
        while (!open.empty()) {
            auto const node = open.back();
            open.pop_back();
            if (node == to) return true;
            if (seen[node]) continue;
            seen[node] = true;
            for (auto const& out : leaving_[node])
                if (!out.broken) open.push_back(out.to);
        }
        return false;
    }

    void list_stuck() {
        for (std::size_t node = 0; node < nodes_.size(); ++node)
            if (incoming_[node] != 0 && lies_on_a_cycle(node)) result_.stuck.push_back(node);
    }

    bool lies_on_a_cycle(std::size_t node) const {
        return std::any_of(leaving_[node].begin(), leaving_[node].end(),
                           [&](arrow const& out) { return !out.broken && reaches(out.to, node); });
    }

    std::vector<place> const&       nodes_;
    std::vector<std::size_t>        incoming_;
    std::vector<std::vector<arrow>> leaving_;
    std::set<ranking>               ready_;
    commit_order::solution          result_;
};

}  // namespace

std::size_t commit_order::add(place where) {
    nodes_.push_back(where);
    return nodes_.size() - 1;
}

std::size_t commit_order::first_then(std::size_t first, std::size_t then, bool may_be_broken) {
    edges_.push_back({first, then, may_be_broken});
    return edges_.size() - 1;
}

commit_order::solution commit_order::solve() const {
    sorter graph{nodes_};
    for (std::size_t i = 0; i < edges_.size(); ++i)
        graph.connect(i, edges_[i].first, edges_[i].then, edges_[i].may_be_broken);
    return graph.run();
}

}  // namespace stint
