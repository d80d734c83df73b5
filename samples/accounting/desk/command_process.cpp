#include <algorithm>
#include <memory>
#include <ostream>

#include <stint/unit_of_work.hpp>
#include <unistd.h>

#include "clerk.hpp"
#include "commands.hpp"
#include "exit_code.hpp"
#include "mapping.hpp"
#include "work_terms.hpp"

namespace accounting {

namespace {

struct process_options {
    std::vector<std::int64_t> documents;
    work_terms                terms;
    clerk_options             clerk;
    std::string               on_conflict = "retry";
};

std::vector<document_id> ids(std::vector<std::int64_t> const& numbers) {
    return {numbers.begin(), numbers.end()};
}

/// The documents, and the stocks that they were taken off.
void show_outcome(session const& session, stint::database& db, std::vector<document_id> const& keys,
                  effort const& effort) {
    stint::unit_of_work   work{db, only_looking()};
    std::vector<document> documents;
    std::vector<stock>    stocks;
    for (auto const& document : work.get(keys)) documents.push_back(*document);
    std::vector<stock_id> seen;
    for (auto const& document : documents) {
        if (std::find(seen.begin(), seen.end(), document.stock) != seen.end()) continue;
        seen.push_back(document.stock);
        stocks.push_back(*work.get(document.stock));
    }
    if (session.as_json) {
        session.answer({{"documents", to_json(documents)},
                        {"stocks", to_json(stocks)},
                        {"conflicts", effort.conflicts},
                        {"retries", effort.retries}});
    } else {
        session.out << to_table(documents) << '\n' << to_table(stocks) << '\n' << in_words(effort) << '\n';
    }
}

/// Whose locks these are, for people. An owner that was given says it already.
std::string label_of(work_terms const& terms) {
    return terms.owner.empty() ? "process " + std::to_string(::getpid()) : "";
}

clerk_options how_to_work(session const& session, stint::lock_table& locks, process_options const& options) {
    auto terms = options.terms;
    terms.label = label_of(terms);
    terms.lease += options.clerk.think;

    auto clerk = options.clerk;
    clerk.unit = unit_with(locks, terms);
    if (options.on_conflict == "fail") clerk.attempts = 1;
    clerk.before_retry = [&](stint::error const& failure) { session.err << failure.what() << "; once more\n"; };
    return clerk;
}

int process(session const& session, process_options const& options) {
    check_wait(options.terms.lock, options.terms.wait);
    auto              db = session.open_books();
    stint::lock_table locks{db};
    auto const        documents = ids(options.documents);
    clerk             clerk{db, how_to_work(session, locks, options)};
    clerk.process(documents);
    show_outcome(session, db, documents, clerk.effort());
    return exit_done;
}

}  // namespace

void add_process(CLI::App& app, action& chosen) {
    auto  options = std::make_shared<process_options>();
    auto* command = app.add_subcommand("process", "Take documents off their stocks: all of them, or none");
    command->add_option("DOCUMENT", options->documents, "The documents' ids")->required()->check(any_id);
    add_lock_choice(*command, options->terms.lock);
    add_name(*command, "--owner", options->terms.owner, "In whose name: goes on with the locks of that owner");
    add_time(*command, "--think", options->clerk.think, "The clerk's pause between reading and committing");
    add_wait(*command, options->terms.wait);
    command->add_option("--attempts", options->clerk.attempts, "Try so often at most; without it for 30 s")
        ->check(CLI::Range(1, 1'000'000))
        ->type_name("N");
    command->add_option("--on-conflict", options->on_conflict, "What to do when a colleague was faster")
        ->check(CLI::IsMember({"fail", "retry"}))
        ->type_name("WHAT")
        ->capture_default_str();
    chooses(*command, chosen, [options](session const& session) { return process(session, *options); });
}

}  // namespace accounting
