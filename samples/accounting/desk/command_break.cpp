#include <memory>
#include <ostream>

#include "commands.hpp"
#include "exit_code.hpp"
#include "lock_target.hpp"
#include "refusal.hpp"
#include "show_locks.hpp"
#include "time_span.hpp"

namespace accounting {

namespace {

struct break_command {
    lock_target       target;
    std::int64_t      fence = 0;
    stint::lock_break terms{};
};

/// Throws lock_changed_hands.
stint::held_lock end_lock(stint::lock_table& locks, break_command const& wanted) {
    auto const name = wanted.target.names().front();
    auto       answer = locks.break_lock(name, wanted.fence, wanted.terms);
    answer.now.name = name;
    if (!answer.done) throw lock_changed_hands(wanted.fence, answer.now);
    return answer.now;
}

void answer(session const& session, stint::held_lock const& broken) {
    if (session.as_json) {
        session.answer(to_json(broken));
    } else if (broken.left.count() > 0) {
        session.out << broken.name << " ends for " << broken.owner << " in " << in_words(broken.left) << '\n';
    } else {
        session.out << broken.name << " is taken from " << broken.owner << '\n';
    }
}

int break_lock(session const& session, break_command const& wanted) {
    auto              db = session.open_books();
    stint::lock_table locks{db};
    answer(session, end_lock(locks, wanted));
    return exit_done;
}

}  // namespace

void add_break(CLI::App& app, action& chosen) {
    auto  wanted = std::make_shared<break_command>();
    auto* command = app.add_subcommand("break", "End a lock that its holder doesn't give back");
    add_target(*command, wanted->target);
    command->add_option("--fence", wanted->fence, "Its number, as 'locks' shows it, so that no later lock is ended")
        ->required()
        ->check(CLI::Range(std::int64_t{1}, INT64_MAX, "N"))
        ->type_name("N");
    add_name(*command, "--by", wanted->terms.breaker, "Who ends it, for the record")->required();
    add_reason(*command, wanted->terms.reason);
    add_time(*command, "--grace", wanted->terms.grace, "How long the holder may still go on");
    chooses(*command, chosen, [wanted](session const& session) { return break_lock(session, *wanted); });
}

}  // namespace accounting
