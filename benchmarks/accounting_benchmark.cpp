// The sample's load, over a network: documents processed a second by 1, 2, 4 and 8 processes of one clerk each. There
// are so many stocks that the clerks hardly ever meet; each document is locked, read, processed and written. So many
// documents that starting the processes, which is part of it, hardly counts. And how busy the machine was, which has
// the server, the network and all clients to carry.

#include <algorithm>
#include <array>
#include <map>

#include <nlohmann/json.hpp>

#include "suites.hpp"
#include "support/busy_cores.hpp"
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

struct load {
    std::vector<double> documents_a_second{}, percent_busy{};
};

void process_all(load& by, std::string const& url, int processes) {
    busy_cores const working;
    child            program{{ACCOUNTING_PROGRAM, "--database", url, "--json", "load", "--clerks", "1", "--processes",
                              std::to_string(processes)},
                  child::errors::hidden};  // it shows its progress there
    by.documents_a_second.push_back(nlohmann::json::parse(program.output()).at("per_second").get<double>());
    by.percent_busy.push_back(working.percent());
}

}  // namespace

void accounting_benchmark(measuring& run) {
    std::string const name = "postgresql+1ms/accounting load/";
    if (!run.has_server() || !run.wants(name)) return;
    delay_proxy network{run.server(), std::chrono::milliseconds{1}};
    place       where{run.server()};
    auto const  documents = run.either(4000, 600);

    std::map<int, load> loads;
    std::array          turns{1, 2, 4, 8};
    for (int round = 0; round < run.either(3, 1); ++round, std::ranges::reverse(turns))
        for (int const processes : turns) {
            init_books(where, documents);
            process_all(loads[processes], where.url_through(network.port()), processes);
        }
    for (auto const& [processes, wanted] : goals)
        run.add({.name = numbered(name, processes) + " processes",
                 .stint = median_of(loads[processes].documents_a_second),
                 .other = median_of(loads[1].documents_a_second),
                 .other_name = "1 process",
                 .unit = "1/s",
                 .wanted = at_least(wanted)});
    for (auto const& [processes, wanted] : goals)
        run.add({.name = numbered(name, processes) + " processes, busy",
                 .stint = median_of(loads[processes].percent_busy),
                 .other = median_of(loads[1].percent_busy),
                 .other_name = "1 process",
                 .unit = "%"});
}

}  // namespace bench
