#include <memory>
#include <ostream>

#include "commands.hpp"
#include "exit_code.hpp"
#include "lists.hpp"
#include "rush/race.hpp"

namespace accounting {

namespace {

json to_json(race_options const& options, race_result const& result, stint::database& db) {
    return {{"lock", to_string(options.lock)},    {"steps", to_json(result.steps)},
            {"stocks", to_json(list_stocks(db))}, {"documents", to_json(list_documents(db))},
            {"conflicts", result.conflicts},      {"retries", result.retries},
            {"lost_update", result.lost_update()}};
}

std::string verdict(race_result const& result) {
    if (!result.lost_update()) return "no update was lost";
    return "an update was lost: " + result.audit.complaint();
}

int run_race(session const& session, race_options const& options) {
    check_wait(options.lock, options.wait);
    auto              db = session.open_books();
    stint::lock_table locks{db};
    auto const        tell = [&](step const& step) {
        if (!session.as_json) session.out << step.clerk << " " << step.words << '\n';
    };
    auto const result = race(locks, options, tell);
    if (session.as_json) {
        session.answer(to_json(options, result, db));
    } else {
        session.out << '\n'
                    << to_table(list_stocks(db)) << '\n'
                    << to_table(list_documents(db)) << '\n'
                    << in_words({result.conflicts, result.retries}) << "; " << verdict(result) << '\n';
    }
    return exit_done;
}

}  // namespace

void add_race(CLI::App& app, action& chosen) {
    auto  options = std::make_shared<race_options>();
    auto* command = app.add_subcommand("race", "Two clerks want one stock, step by step; run init before");
    command->add_flag("--same-document", options->same_document, "Both process document 1, instead of 1 and 2");
    add_lock_choice(*command, options->lock);
    add_wait(*command, options->wait);
    chooses(*command, chosen, [options](session const& session) { return run_race(session, *options); });
}

}  // namespace accounting
