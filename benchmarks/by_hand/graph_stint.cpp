// Not by hand: how Stint does it, with the same face.

#include "by_hand/graph_writer.hpp"
#include "graph.hpp"

namespace bench {

namespace {

class stint_graph final : public graph_writer {
public:
    explicit stint_graph(std::string const& url) : db_(url) {}

    duration write(std::int64_t n) override {
        stint::unit_of_work work{db_};
        change_graph<false>(work, n);
        return time_of([&] { work.commit(); });
    }

private:
    stint::database db_;
};

}  // namespace

graph_way graph_by_stint(std::string const& url) {
    return std::make_unique<stint_graph>(url);
}

}  // namespace bench
