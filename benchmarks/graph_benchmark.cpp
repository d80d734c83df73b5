// One flush of a mixed lot of three classes: new objects that refer to each other, changed and removed ones.

#include <memory>

#include "by_hand/graph_writer.hpp"
#include "graph.hpp"
#include "suites.hpp"
#include "support/delay_proxy.hpp"
#include "support/kept_cores.hpp"
#include "support/numbered.hpp"
#include "support/place.hpp"

namespace bench {

namespace {

constexpr std::int64_t most_one_by_one = 1000;  // objects, over a network

/// A way of writing, in a database of its own.
struct graph_contender {
    std::string            name;
    std::unique_ptr<place> where;
    graph_way              writer;
};

template <class Make>
graph_contender contender(std::string name, std::string const& server, std::int64_t n, Make make) {
    auto where = std::make_unique<place>(server);
    make_graph(*where, n);
    auto writer = make(*where);
    return {std::move(name), std::move(where), std::move(writer)};
}

void compare(measuring& run, std::string const& name, std::vector<graph_contender>& all, std::int64_t n) {
    std::vector<way> ways;
    for (auto& one : all) ways.push_back([&one, n](int) -> std::vector<duration> { return {one.writer->write(n)}; });
    auto const took = medians_in_turns(ways, run.pace_for(std::chrono::seconds{4}));
    for (std::size_t i = 1; i < all.size(); ++i)
        run.add({.name = name, .stint = took[0][0].count(), .other = took[i][0].count(), .other_name = all[i].name});
}

void compare_on_sqlite(measuring& run, std::int64_t n) {
    auto const name = numbered("sqlite/graph/", 10 * n);
    if (!run.wants(name)) return;
    std::vector<graph_contender> all;
    all.push_back(contender("Stint", "", n, [](place& where) { return graph_by_stint(where.url()); }));
    all.push_back(contender("sqlite3 loop", "", n, [](place& where) { return graph_by_sqlite_loop(where.path()); }));
    compare(run, name, all, n);
}

void compare_on_postgresql(measuring& run, std::string const& prefix, std::int64_t n, delay_proxy* network) {
    auto const name = numbered(prefix + "/graph/", 10 * n);
    if (!run.wants(name)) return;
    auto const  url = [&](place& where) { return network ? where.url_through(network->port()) : where.url(); };
    auto const& server = run.server();
    std::vector<graph_contender> all;
    all.push_back(contender("Stint", server, n, [&](place& where) { return graph_by_stint(url(where)); }));
    all.push_back(
        contender("libpq pipeline", server, n, [&](place& where) { return graph_by_libpq_pipeline(url(where)); }));
    if (!network || 10 * n <= most_one_by_one)
        all.push_back(
            contender("libpq row by row", server, n, [&](place& where) { return graph_by_libpq_rows(url(where)); }));
    compare(run, name, all, n);
}

}  // namespace

void graph_benchmark(measuring& run) {
    std::vector<std::int64_t> const all{1, 10, 100, 1000};
    auto const                      sizes = run.either(all, {1, 100});
    for (auto const n : sizes) compare_on_sqlite(run, n);
    if (!run.has_server()) return;
    kept_cores const kept{run.server(), cores::shared};
    for (auto const n : sizes) compare_on_postgresql(run, "postgresql", n, nullptr);
    delay_proxy network{run.server(), std::chrono::milliseconds{1}};
    for (auto const n : run.either(all, {1, 10})) compare_on_postgresql(run, "postgresql+1ms", n, &network);
}

}  // namespace bench
