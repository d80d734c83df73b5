#include <cmath>
#include <memory>
#include <ostream>

#include <spdlog/fmt/fmt.h>

#include "commands.hpp"
#include "exit_code.hpp"
#include "load.hpp"
#include "worker.hpp"

namespace accounting {

namespace {

struct load_command {
    lock_choice lock = lock_choice::optimistic;
    std::size_t clerks = 8;
    std::size_t processes = 1;
};

/// This program again, with the same settings.
std::vector<std::string> worker_command(session const& session, load_command const& options) {
    return {"/proc/self/exe",  "--database",
            session.url,       "--log",
            session.log_level, "worker",
            "--lock",          std::string(to_string(options.lock)),
            "--clerks",        std::to_string(options.clerks)};
}

double rounded(double number, double to) {
    return std::round(number * to) / to;
}

json to_json(load_command const& options, load_result const& result) {
    return {{"documents", result.documents},
            {"left", result.left},
            {"clerks", options.clerks},
            {"processes", options.processes},
            {"seconds", rounded(result.seconds, 1000)},
            {"per_second", rounded(result.per_second(), 10)},
            {"conflicts", result.effort.conflicts},
            {"retries", result.effort.retries},
            {"lost_updates", result.after.lost_updates()}};
}

void show_text(std::ostream& out, load_command const& options, load_result const& result) {
    out << fmt::format("{} documents processed by {} clerks in each of {} processes, {} left\n", result.documents,
                       options.clerks, options.processes, result.left)
        << fmt::format("{:.2f} seconds, {:.1f} documents a second, {}\n\n", result.seconds, result.per_second(),
                       in_words(result.effort))
        << to_table(result.after);
}

/// A failed audit weighs most: then the books are wrong.
int verdict(session const& session, load_result const& result) {
    if (!result.after.ok()) {
        session.err << "accounting: the audit failed: " << result.after.complaint() << '\n';
        return exit_refused;
    }
    if (!result.failures.empty()) {
        session.err << "accounting: " << result.failures.size()
                    << " things befell the workers, see above; run 'accounting load' again for what is left\n";
        return exit_database;
    }
    return result.refusals.empty() ? exit_done : exit_refused;
}

int run_load(session const& session, load_command const& options) {
    auto       db = session.open_books();
    auto const result = load(db, {options.processes, worker_command(session, options)});
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
    add_lock(*command, options->lock);
    command->add_option("--clerks", options->clerks, "Clerks in each process")
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
    add_lock(*command, options->lock);
    command->add_option("--clerks", options->clerks)->check(CLI::Range(1, 1000));
    chooses(*command, chosen, [options](session const& session) { return run_worker(session, *options); });
}

}  // namespace accounting
