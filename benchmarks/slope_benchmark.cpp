// How many round trips a commit waits for: the slope of its time over the network's delay. A count of messages would
// tell less: what is sent without waiting costs nothing. What 10,000 objects take varies by more than a delay, on a
// slow machine by several: of these the network counts how often the client waited.

#include <algorithm>
#include <array>
#include <numeric>
#include <optional>

#include "graph.hpp"
#include "suites.hpp"
#include "support/delay_proxy.hpp"
#include "support/kept_cores.hpp"
#include "support/numbered.hpp"
#include "support/place.hpp"

namespace bench {

namespace {

using namespace std::chrono_literals;

constexpr std::array<delay_proxy::delay, 4> round_trips{0ms, 2ms, 5ms, 10ms};

/// Above, waiting for them takes too long: the connections' own count is reported then.
constexpr std::uint64_t too_many_trips = 50;

/// What guards a commit.
enum class guard { optimistic, pessimistic, verified, refused };
constexpr std::array<std::pair<guard, char const*>, 4> guards{{{guard::optimistic, "optimistic"},
                                                               {guard::pessimistic, "pessimistic"},
                                                               {guard::verified, "verified"},
                                                               {guard::refused, "refused"}}};

struct commit_taken {
    duration      took;
    std::uint64_t trips;   ///< as the connection counts them
    std::uint64_t waited;  ///< as the network does
};

/// The graph's tables on the server, and units of work that reach them over a network.
class remote_graph {
public:
    remote_graph(std::string const& server, std::int64_t n)
        : where_(server), network_(server, 0ms), db_(where_.url_through(network_.port())), n_(n) {
        make_graph(where_, n);
        stint::create_lock_tables(where_.db());
    }

    /// So that no commit finds the dead rows of those before.
    void tidy_up() { where_.tidy_up(); }

    void set_round_trip(delay_proxy::delay round_trip) { network_.set_round_trip(round_trip); }

    /// Of all objects of the graph, or of one alone.
    commit_taken commit(guard by, bool all) {
        return by == guard::pessimistic ? commit<true>(by, all) : commit<false>(by, all);
    }

private:
    template <bool Lockable>
    commit_taken commit(guard by, bool all) {
        stint::unit_of_work work{db_, {.verify = by == guard::verified ? stint::verify::reads : stint::verify::writes}};
        std::optional<stint::lock_policy> lock;
        if constexpr (Lockable) lock = stint::lock_policy::exclusive_write;
        if (by == guard::verified) oldest<customer<Lockable>>(work, all ? 3 * n_ : 2, {});  // more than are written
        if (all) change_graph<Lockable>(work, n_, lock);
        else oldest<customer<Lockable>>(work, 1, lock).front().edit().number += 1;
        if (by == guard::refused) be_faster();
        return time_commit(work, by == guard::refused);
    }

    void be_faster() {
        where_.sql("UPDATE customers SET version = version + 1 WHERE id = (SELECT min(id) FROM customers)");
    }

    commit_taken time_commit(stint::unit_of_work& work, bool is_refused) {
        auto const before = db_.counters();
        auto const waited_before = network_.round_trips();
        bool       was_refused = false;
        auto const took = time_of([&] {
            try {
                work.commit();
            } catch (stint::conflict_error const&) {
                was_refused = true;
            }
        });
        if (was_refused != is_refused)
            throw std::runtime_error("a commit was refused, or was not, against expectation");
        return {took, (db_.counters() - before).round_trips, network_.round_trips() - waited_before};
    }

    place           where_;
    delay_proxy     network_;
    stint::database db_;
    std::int64_t    n_;
};

/// Of a line through points, by least squares.
double slope_of(std::span<double const> x, std::span<double const> y) {
    auto const count = static_cast<double>(x.size());
    auto const mean_x = std::accumulate(x.begin(), x.end(), 0.0) / count;
    auto const mean_y = std::accumulate(y.begin(), y.end(), 0.0) / count;
    double     together = 0, alone = 0;
    for (std::size_t i = 0; i < x.size(); ++i) {
        together += (x[i] - mean_x) * (y[i] - mean_y);
        alone += (x[i] - mean_x) * (x[i] - mean_x);
    }
    return together / alone;
}

double slope_of_commits(remote_graph& graph, guard by, int rounds) {
    std::array<std::vector<double>, round_trips.size()> times;
    for (int round = 0; round < rounds; ++round)
        for (std::size_t i = 0; i < round_trips.size(); ++i) {
            graph.tidy_up();
            graph.set_round_trip(round_trips[i]);
            times[i].push_back(graph.commit(by, false).took.count());
        }
    std::vector<double> x, y;
    for (std::size_t i = 0; i < round_trips.size(); ++i) {
        x.push_back(static_cast<double>(round_trips[i].count()));
        y.push_back(median_of(times[i]));
    }
    return slope_of(x, y);
}

/// Waited for, or counted, which a note says.
double trips_of(measuring& run, remote_graph& graph, guard by, bool all, commit_taken const& last) {
    if (last.trips > too_many_trips) {
        run.note("too many to wait for, so counted by the connection");
        return static_cast<double>(last.trips);
    }
    if (all) {
        run.note("counted by the network");
        return static_cast<double>(last.waited);
    }
    return slope_of_commits(graph, by, run.either(30, 5));
}

void measure(measuring& run, guard by, char const* guard_name, bool all) {
    auto const name = std::string("round trips of a commit/") + (all ? "10,000 objects" : "1 object") + '/' +
                      guard_name;
    if (!run.wants(name)) return;
    remote_graph graph{run.server(), all ? 1000 : 1};
    commit_taken last{};
    for (int i = 0; i < 3; ++i) last = graph.commit(by, all);  // statements are prepared once

    run.add({.name = name,
             .stint = trips_of(run, graph, by, all, last),
             .unit = "trips",
             .wanted = near(by == guard::refused ? 2.0 : 1.0, 0.1)});
}

}  // namespace

void slope_benchmark(measuring& run) {
    if (!run.has_server()) return;
    kept_cores const kept{run.server(), cores::apart};
    for (bool const all : {false, true})
        for (auto const& [by, name] : guards) measure(run, by, name, all);
}

}  // namespace bench
