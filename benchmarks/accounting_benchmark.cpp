// The sample's load, over a network: documents processed a second by 1, 2, 4 and 8 processes of one clerk each. There are so many
// stocks that the clerks hardly ever meet; each document is locked, read, processed and written. So many documents that
// starting the processes, which is part of it, hardly counts.

#include <array>
#include <map>

#include <nlohmann/json.hpp>

#include "suites.hpp"
#include "support/child.hpp"
#include "support/delay_proxy.hpp"
#include "support/numbered.hpp"
#include "support/place.hpp"

namespace bench {

namespace {

constexpr std::array<std::pair<int, double>, 3> goals{{{2, 1.8}, {4, 3.5}, {8, 7.0}}};

void init_books(place& where, int documents) {
    child{{ACCOUNTING_PROGRAM, "--database", where.url(), "init", "--stocks", std::to_string(documents * 10),
           "--documents", std::to_string(documents)}}
        .output();
}

double documents_a_second(std::string const& url, int processes) {
    child load{{ACCOUNTING_PROGRAM, "--database", url, "--json", "load", "--processes", std::to_string(processes)},
               child::errors::hidden};  // it shows its progress there
    return nlohmann::json::parse(load.output()).at("per_second").get<double>();
}

double median_rate(std::map<int, std::vector<double>> const& rates, int processes) {
    return median_of(rates.at(processes));
}

}  // namespace

void accounting_benchmark(measuring& run) {
    std::string const name = "postgresql+1ms/accounting load/";
    if (!run.has_server() || !run.wants(name)) return;
    delay_proxy network{run.server(), std::chrono::milliseconds{1}};
    place       where{run.server()};
    auto const  documents = run.either(6000, 600);

    std::map<int, std::vector<double>> rates;
    for (int round = 0; round < run.either(2, 1); ++round)
        for (int const processes : {1, 2, 4, 8}) {
            init_books(where, documents);
            rates[processes].push_back(documents_a_second(where.url_through(network.port()), processes));
        }
    for (auto const& [processes, wanted] : goals)
        run.add({.name = numbered(name, processes) + " processes",
                 .stint = median_rate(rates, processes),
                 .other = median_rate(rates, 1),
                 .other_name = "1 process",
                 .unit = "1/s",
                 .wanted = at_least(wanted)});
}

}  // namespace bench
