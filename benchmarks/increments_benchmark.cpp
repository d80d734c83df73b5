// 1,000 increments of one row by four processes at once, each with 1, 5 or 20 threads: through run with default
// options, and by hand with SELECT FOR UPDATE, on a server that waits for its disk; through run on a SQLite file.

#include <algorithm>
#include <limits>
#include <sstream>
#include <stdexcept>

#include "counter.hpp"
#include "suites.hpp"
#include "support/child.hpp"
#include "support/incrementing.hpp"
#include "support/place.hpp"
#include "support/syncing_server.hpp"

namespace bench {

namespace {

constexpr int processes = 4;
constexpr int increments_each = 250;

/// What all processes together have seen.
struct increments {
    std::vector<double> responses{};  ///< in ms, of those that landed
    std::int64_t        first_began = std::numeric_limits<std::int64_t>::max();
    std::int64_t        last_ended = 0;

    void take_in(std::string const& lines) {
        std::istringstream in{lines};
        bool               landed = false;
        for (std::int64_t began = 0, ended = 0; in >> began >> ended >> landed;) {
            first_began = std::min(first_began, began);
            last_ended = std::max(last_ended, ended);
            if (landed) responses.push_back(static_cast<double>(ended - began) / 1000);
        }
    }

    double landed() const { return static_cast<double>(responses.size()); }
    double per_second() const { return landed() * 1e6 / static_cast<double>(last_ended - first_began); }
    double percentile(std::size_t percent) const {
        auto sorted = responses;
        std::ranges::sort(sorted);
        return sorted.at(sorted.size() * percent / 100);
    }
};

increments increment_together(std::string const& server, int threads, std::string_view way) {
    place where{server};
    make_counter(where);
    auto const         begin = steady_now() + 500'000;  // all have their connections by then
    std::vector<child> all;
    for (int i = 0; i < processes; ++i)
        all.emplace_back(std::vector{own_program(), std::string(incrementing_worker), where.url(),
                                     std::to_string(increments_each), std::to_string(threads), std::string(way),
                                     std::to_string(begin)});
    increments seen;
    for (auto& worker : all) seen.take_in(worker.output());
    if (counted(where) != static_cast<std::int64_t>(seen.responses.size()))
        throw std::runtime_error("increments: one was lost");
    return seen;
}

std::string name_of(int threads) {
    return "1,000 increments by 4 processes of " + std::to_string(threads) + (threads == 1 ? " thread" : " threads");
}

/// A line of the other's median, and of Stint's number that has the median of the ratios to it.
struct paired {
    std::vector<double> stint{}, other{};

    row line(std::string name, std::string unit, goal wanted) const {
        std::vector<double> ratios;
        for (std::size_t i = 0; i < stint.size(); ++i) ratios.push_back(stint[i] / other[i]);
        auto const by_hand = median_of(other);
        return {.name = std::move(name),
                .stint = median_of(ratios) * by_hand,
                .other = by_hand,
                .other_name = "SELECT FOR UPDATE",
                .unit = std::move(unit),
                .wanted = wanted};
    }
};

void compete(measuring& run, int threads) {
    auto const name = name_of(threads);
    if (!run.wants(name)) return;
    syncing_server const waits{run.server()};
    double               landed = std::numeric_limits<double>::max();
    paired               slowest, rate;
    for (int round = 0; round < run.either(5, 3); ++round) {
        auto const by_hand = increment_together(run.server(), threads, by_for_update);
        auto const seen = increment_together(run.server(), threads, by_stint);
        landed = std::min(landed, seen.landed());
        slowest.stint.push_back(seen.percentile(99));
        slowest.other.push_back(by_hand.percentile(99));
        rate.stint.push_back(seen.per_second());
        rate.other.push_back(by_hand.per_second());
    }
    run.add({.name = name + "/landed", .stint = landed, .unit = "", .wanted = at_least(processes * increments_each)});
    run.add(slowest.line(name + "/p99", "ms", at_most(threads == 1 ? 3 : 2)));
    run.add(rate.line(name + "/rate", "1/s", at_least(0.7)));
}

void increment_in_file(measuring& run, int threads) {
    auto const name = name_of(threads) + ", sqlite";
    if (!run.wants(name)) return;
    auto const seen = increment_together("", threads, by_stint);
    run.add({.name = name + "/landed",
             .stint = seen.landed(),
             .unit = "",
             .wanted = at_least(processes * increments_each)});
    run.add({.name = name + "/p99", .stint = seen.percentile(99), .unit = "ms"});
    run.add({.name = name + "/rate", .stint = seen.per_second(), .unit = "1/s"});
}

}  // namespace

void increments_benchmark(measuring& run) {
    for (int const threads : {1, 5, 20}) increment_in_file(run, threads);
    if (!run.has_server()) return;
    for (int const threads : {1, 5, 20}) compete(run, threads);
}

}  // namespace bench
