// The benchmarks of Stint: every way of doing a thing in turns, medians, ratios. scripts/bench builds and runs them.
//
//     stint_benchmarks [--quick] [--json FILE] [--filter REGEX]
//
// On SQLite files in the temporary folder, and on the PostgreSQL server that STINT_TEST_POSTGRES names, if it names
// one.

#include <cstdlib>
#include <fstream>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include "by_hand/pg_link.hpp"
#include "suites.hpp"
#include "support/incrementing.hpp"

namespace {

bench::options read(std::vector<std::string> const& words) {
    bench::options given;
    for (std::size_t i = 0; i < words.size(); ++i) {
        bool const has_value = i + 1 < words.size();
        if (words[i] == "--quick") {
            given.quick = true;
        } else if (words[i] == "--json" && has_value) {
            given.json_file = words[++i];
        } else if (words[i] == "--filter" && has_value) {
            given.filter = std::regex{words[++i]};
        } else {
            throw std::invalid_argument(words[i] + " is unknown: [--quick] [--json FILE] [--filter REGEX]");
        }
    }
    if (auto const* server = std::getenv("STINT_TEST_POSTGRES")) given.server = server;
    return given;
}

std::string about_server(std::string const& url) {
    if (url.empty()) return "none";
    bench::pg_link server{url};
    server.prepare("about", "SELECT 'PostgreSQL ' || current_setting('server_version') || ', fsync ' || "
                            "current_setting('fsync') || ', shared_buffers ' || current_setting('shared_buffers')");
    return PQgetvalue(server.execute("about").get(), 0, 0);
}

void save(bench::measuring const& run, bench::options const& options) {
    if (options.json_file.empty()) return;
    std::ofstream out{options.json_file};
    print_json(out, run.rows(), about_server(options.server));
    if (!out.flush()) throw std::runtime_error(options.json_file + " can't be written");
}

/// Saved after each, so that a run that is stopped leaves what it has.
void run_all(bench::measuring& run, bench::options const& options) {
    for (auto* const benchmark :
         {bench::memory_benchmark,  // first: what others leave behind would be counted
          bench::get_benchmark, bench::find_benchmark, bench::lock_table_benchmark, bench::flush_benchmark,
          bench::growth_benchmark, bench::graph_benchmark, bench::slope_benchmark, bench::server_cost_benchmark,
          bench::hot_row_benchmark, bench::increments_benchmark, bench::accounting_benchmark}) {
        benchmark(run);
        save(run, options);
    }
}

}  // namespace

int main(int count, char** words) try {
    std::vector<std::string> const given{words + 1, words + count};
    if (!given.empty() && given.front() == bench::incrementing_worker) return bench::increment_as_told(given);

    auto const       options = read(given);
    bench::measuring run{options};
    if (!run.has_server()) run.note("without PostgreSQL: STINT_TEST_POSTGRES names no server");
    run_all(run, options);
} catch (std::exception const& e) {
    std::cerr << e.what() << '\n';
    return 3;
}
