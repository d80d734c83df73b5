#include <algorithm>
#include <cmath>
#include <memory>
#include <ostream>

#include <spdlog/fmt/fmt.h>

#include "commands.hpp"
#include "exit_code.hpp"
#include "rush/load.hpp"
#include "rush/worker.hpp"
#include "time_span.hpp"

namespace accounting {

namespace {

struct load_command {
    worker_options worker{.wait = std::chrono::seconds{30}};
    std::size_t    processes = 1;
};

/// This program again, with the same settings.
std::vector<std::string> worker_command(session const& session, worker_options const& options) {
    std::vector<std::string> command{"/proc/self/exe", "--database", session.url, "--log", session.log_level, "worker"};
    auto const               add = [&](std::string const& name, std::string_view value) {
        command.push_back(name);
        command.emplace_back(value);
    };
    if (options.lock != lock_choice::declared) add("--lock", to_string(options.lock));
    add("--wait", to_text(options.wait));
    add("--clerks", std::to_string(options.clerks));
    return command;
}

double rounded(double number, double to) {
    return std::round(number * to) / to;
}

json to_json(load_command const& options, load_result const& result) {
    return {{"documents", result.documents},
            {"left", result.left},
            {"clerks", options.worker.clerks},
            {"processes", options.processes},
            {"seconds", rounded(result.seconds, 1000)},
            {"per_second", rounded(result.per_second(), 10)},
            {"conflicts", result.effort.conflicts},
            {"retries", result.effort.retries},
            {"by_clerk", result.by_clerk},
            {"lost_updates", result.audit.lost_updates()}};
}

std::string shares_in_words(std::vector<std::size_t> counts) {
    std::sort(counts.begin(), counts.end());
    return fmt::format("a clerk processed {} of them at least, {} in the median, {} at most", counts.front(),
                       counts.at(counts.size() / 2), counts.back());
}

void show_text(std::ostream& out, load_command const& options, load_result const& result) {
    out << fmt::format("{} documents processed by {} clerks in each of {} processes, {} left\n", result.documents,
                       options.worker.clerks, options.processes, result.left)
        << fmt::format("{:.2f} seconds, {:.1f} documents a second, {}\n", result.seconds, result.per_second(),
                       in_words(result.effort))
        << shares_in_words(result.by_clerk) << "\n\n"
        << to_table(result.audit);
}

/// A failed audit weighs most: then the books are wrong.
int verdict(session const& session, load_result const& result) {
    if (!result.audit.ok()) {
        session.err << "accounting: the audit failed: " << result.audit.complaint() << '\n';
        return exit_refused;
    }
    if (!result.failures.empty()) {
        session.err << "accounting: " << result.failures.size()
                    << " failures of workers, see above; run 'accounting load' again for what is left\n";
        return exit_database;
    }
    return result.refusals.empty() ? exit_done : exit_refused;
}

int run_load(session const& session, load_command const& options) {
    auto       db = session.open_books();
    auto const result = load(db, {options.processes, options.worker.clerks, worker_command(session, options.worker)});
    if (session.as_json) {
        session.answer(to_json(options, result));
    } else {
        show_text(session.out, options, result);
    }
    return verdict(session, result);
}

int run_worker(session const& session, worker_options const& options) {
    auto db = session.open_books();
    return work_as_told(db, options) ? exit_done : exit_database;
}

}  // namespace

void add_load(CLI::App& app, action& chosen) {
    auto  options = std::make_shared<load_command>();
    auto* command = app.add_subcommand("load", "Process all open documents at once, then audit");
    add_lock_choice(*command, options->worker.lock);
    add_wait(*command, options->worker.wait);
    command->add_option("--clerks", options->worker.clerks, "Clerks in each process")
        ->check(CLI::Range(1, 1000))
        ->type_name("N")
        ->capture_default_str();
    command->add_option("--processes", options->processes, "Processes")
        ->check(CLI::Range(1, 100))
        ->type_name("P")
        ->capture_default_str();
    chooses(*command, chosen, [options](session const& session) { return run_load(session, *options); });
}

void add_worker(CLI::App& app, action& chosen) {
    auto  options = std::make_shared<worker_options>();
    auto* command = app.add_subcommand("worker", "One of the processes of load")->group("");
    add_lock_choice(*command, options->lock);
    add_wait(*command, options->wait);
    command->add_option("--clerks", options->clerks)->check(CLI::Range(1, 1000));
    chooses(*command, chosen, [options](session const& session) { return run_worker(session, *options); });
}

}  // namespace accounting
