#include "strong_components.hpp"

#include <algorithm>

namespace stint {

namespace {

constexpr std::size_t unknown = static_cast<std::size_t>(-1);

class component_finder {
public:
    explicit component_finder(arrow_lists const& graph)
        : graph_(graph), turn_(graph.nodes(), unknown), earliest_(graph.nodes(), 0), next_arrow_(graph.nodes(), 0),
          result_(graph.nodes(), unknown) {}

    std::vector<std::size_t> run() {
        for (std::size_t node = 0; node < graph_.nodes(); ++node)
            if (turn_[node] == unknown) walk_from(node);
        return std::move(result_);
    }

private:
    void walk_from(std::size_t root) {
        enter(root);
        while (!path_.empty()) {
            auto const node = path_.back();
            auto const arrows = graph_.from(node);
            if (next_arrow_[node] < arrows.size()) {
                follow(node, arrows[next_arrow_[node]++]);
            } else {
                leave(node);
            }
        }
    }

    void enter(std::size_t node) {
        turn_[node] = earliest_[node] = turns_++;
        path_.push_back(node);
        open_.push_back(node);
    }

    void follow(std::size_t node, std::size_t target) {
        if (turn_[target] == unknown) {
            enter(target);
        } else if (result_[target] == unknown) {  // still open: target is on a way to node
            earliest_[node] = std::min(earliest_[node], turn_[target]);
        }
    }

    /// A node from which nothing earlier is reached closes a component: all that were opened since.
    void leave(std::size_t node) {
        path_.pop_back();
        if (!path_.empty()) earliest_[path_.back()] = std::min(earliest_[path_.back()], earliest_[node]);
        if (earliest_[node] != turn_[node]) return;
        for (bool closed = false; !closed; open_.pop_back()) {
            result_[open_.back()] = components_;
            closed = open_.back() == node;
        }
        ++components_;
    }

    arrow_lists const&       graph_;
    std::vector<std::size_t> turn_;      // in which order nodes were entered
    std::vector<std::size_t> earliest_;  // the earliest turn that is reached from here
    std::vector<std::size_t> next_arrow_;
    std::vector<std::size_t> path_, open_;
    std::vector<std::size_t> result_;
    std::size_t              turns_ = 0, components_ = 0;
};

}  // namespace

std::vector<std::size_t> strong_components(arrow_lists const& graph) {
    return component_finder{graph}.run();
}

}  // namespace stint
