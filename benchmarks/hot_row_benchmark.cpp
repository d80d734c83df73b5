// One row that 1 to 32 clients want to increment at once: increments that landed, a second.

#include <atomic>
#include <functional>
#include <limits>
#include <memory>
#include <optional>
#include <stdexcept>
#include <thread>

#include "by_hand/incrementer.hpp"
#include "counter.hpp"
#include "suites.hpp"
#include "support/delay_proxy.hpp"
#include "support/kept_cores.hpp"
#include "support/numbered.hpp"
#include "support/place.hpp"

namespace bench {

namespace {

using seconds = std::chrono::duration<double>;

/// Makes one incrementer for each client.
using clients_of_a_way = std::function<std::vector<incrementer>(std::size_t count)>;

struct contest {
    std::string      name;
    clients_of_a_way make;
};

std::vector<incrementer> stint_clients(std::string const& url, std::size_t count) {
    auto db = std::make_shared<stint::database>(url, stint::database_options{.connections = count});
    return {count, [db] {
                stint::run(*db, [](stint::unit_of_work& work) { work.get<counter>(1).edit().number += 1; },
                           {.attempts = std::numeric_limits<std::size_t>::max()});
            }};
}

clients_of_a_way one_link_each(std::string const& url, incrementer (*make)(std::string const&)) {
    return [=](std::size_t count) {
        std::vector<incrementer> all;
        for (std::size_t i = 0; i < count; ++i) all.push_back(make(url));
        return all;
    };
}

struct landed {
    std::int64_t in_time = 0;
    std::int64_t all = 0;
};

/// Lets all increment for so long.
landed increment_for(seconds time, std::vector<incrementer> const& clients) {
    std::atomic<std::int64_t> in_time{0}, all{0};
    auto const                end = std::chrono::steady_clock::now() + time;
    std::vector<std::jthread> threads;
    for (auto const& increment : clients)
        threads.emplace_back([&in_time, &all, end, increment] {
            while (std::chrono::steady_clock::now() < end) {
                increment();
                ++all;
                if (std::chrono::steady_clock::now() < end) ++in_time;
            }
        });
    threads.clear();
    return {in_time, all};
}

/// Increments a second; throws when one was lost.
double goodput(place& where, std::vector<incrementer> const& clients, seconds time) {
    for (auto const& increment : {clients.front(), clients.back()}) increment();
    auto const before = counted(where);
    auto const done = increment_for(time, clients);
    if (counted(where) != before + done.all) throw std::runtime_error("hot row: an increment was lost");
    return static_cast<double>(done.in_time) / time.count();
}

void compete(measuring& run, std::string const& prefix, std::size_t clients, delay_proxy* network) {
    auto const name = numbered(prefix + "/hot row/", static_cast<std::int64_t>(clients)) + " clients";
    if (!run.wants(name)) return;
    std::optional<kept_cores> kept;
    if (clients == 1) kept.emplace(run.server(), cores::shared);
    place where{run.server()};
    make_counter(where);
    auto const                 url = network ? where.url_through(network->port()) : where.url();
    std::vector<contest> const ways{
        {"Stint", [&](std::size_t count) { return stint_clients(url, count); }},
        {"interactive optimistic", one_link_each(url, increment_interactively)},
        {"SELECT FOR UPDATE", one_link_each(url, increment_locked)},
    };

    std::vector<std::vector<double>> rates(ways.size());
    for (int round = 0; round < run.either(3, 1); ++round)
        for (std::size_t i = 0; i < ways.size(); ++i)
            rates[i].push_back(goodput(where, ways[i].make(clients), seconds{run.either(2.0, 0.7)}));
    for (std::size_t i = 1; i < ways.size(); ++i)
        run.add({.name = name,
                 .stint = median_of(rates[0]),
                 .other = median_of(rates[i]),
                 .other_name = ways[i].name,
                 .unit = "1/s",
                 .wanted = i == 1 && network && clients == 16 ? std::optional{at_least(5)} : std::nullopt});
}

}  // namespace

void hot_row_benchmark(measuring& run) {
    if (!run.has_server()) return;
    std::vector<std::size_t> const all{1, 2, 4, 8, 16, 32};
    for (auto const clients : run.either(all, {1, 16})) compete(run, "postgresql", clients, nullptr);
    delay_proxy network{run.server(), std::chrono::milliseconds{1}};
    for (auto const clients : run.either(all, {1, 16})) compete(run, "postgresql+1ms", clients, &network);
}

}  // namespace bench
