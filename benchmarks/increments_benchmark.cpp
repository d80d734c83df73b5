// 1,000 increments of one row by four processes at once, on a SQLite file beside a PostgreSQL server.

#include <algorithm>
#include <sstream>
#include <stdexcept>

#include "counter.hpp"
#include "suites.hpp"
#include "support/child.hpp"
#include "support/incrementing.hpp"
#include "support/place.hpp"

namespace bench {

namespace {

constexpr int processes = 4;
constexpr int increments_each = 250;

/// What all processes together have seen.
struct increments {
    std::vector<double> responses{};  ///< in ms, of those that landed
    int                 failed = 0;
    std::int64_t        first_began = std::numeric_limits<std::int64_t>::max();
    std::int64_t        last_ended = 0;

    void take_in(std::string const& lines) {
        std::istringstream in{lines};
        bool               landed = false;
        for (std::int64_t began = 0, ended = 0; in >> began >> ended >> landed;) {
            first_began = std::min(first_began, began);
            last_ended = std::max(last_ended, ended);
            if (landed) responses.push_back(static_cast<double>(ended - began) / 1000);
            else ++failed;
        }
    }

    double landed() const { return static_cast<double>(responses.size()); }
    double share(double of) const { return 100 * of / (landed() + failed); }
    double per_second() const { return landed() * 1e6 / static_cast<double>(last_ended - first_began); }
    double mean() const {
        double sum = 0;
        for (auto const one : responses) sum += one;
        return sum / landed();
    }
    double p95() const {
        auto sorted = responses;
        std::ranges::sort(sorted);
        return sorted.at(sorted.size() * 95 / 100);
    }
};

increments increment_together(std::string const& server) {
    place where{server};
    make_counter(where);
    std::vector<child> all;
    for (int i = 0; i < processes; ++i)
        all.emplace_back(
            std::vector{own_program(), std::string(incrementing_worker), where.url(), std::to_string(increments_each)});
    increments seen;
    for (auto& one : all) seen.take_in(one.output());
    if (counted(where) != static_cast<std::int64_t>(seen.responses.size()))
        throw std::runtime_error("increments: one was lost");
    return seen;
}

}  // namespace

void increments_benchmark(measuring& run) {
    std::string const name = "1,000 increments by 4 processes, sqlite";
    if (!run.has_server() || !run.wants(name)) return;
    auto const file = increment_together("");
    auto const server = increment_together(run.server());
    auto const add = [&](std::string const& what, double of_file, double of_server, std::string unit) {
        run.add({.name = name + '/' + what,
                 .stint = of_file,
                 .other = of_server,
                 .other_name = "Stint on postgresql",
                 .unit = std::move(unit)});
    };
    add("landed", file.share(file.landed()), server.share(server.landed()), "%");
    add("failed", file.share(file.failed), server.share(server.failed), "%");
    add("mean response", file.mean(), server.mean(), "ms");
    add("p95 response", file.p95(), server.p95(), "ms");
    add("throughput", file.per_second(), server.per_second(), "1/s");
}

}  // namespace bench
