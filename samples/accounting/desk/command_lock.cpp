#include <memory>

#include "commands.hpp"
#include "exit_code.hpp"
#include "lock_target.hpp"
#include "show_locks.hpp"
#include "time_span.hpp"

namespace accounting {

namespace {

struct lock_command {
    lock_target               target;
    std::string               owner;
    std::string               reason;
    std::chrono::milliseconds time = std::chrono::minutes{10};
    std::chrono::milliseconds wait{0};
};

void check(lock_command const& wanted) {
    constexpr std::chrono::milliseconds longest = stint::lock_table::longest_lease;
    if (wanted.time.count() < 1 || wanted.time > longest)
        throw usage_mistake("--for is 1ms to " + std::to_string(stint::lock_table::longest_lease.count()) + "h");
}

/// All, or none and stint::lock_refused.
void take(stint::lock_table& locks, lock_command const& wanted) {
    auto const                names = wanted.target.names();
    stint::lock_request const request{.owner = wanted.owner, .reason = wanted.reason, .lease = wanted.time};
    if (wanted.wait.count() > 0) {
        locks.acquire(names, request, stint::deadline::after(wanted.wait));
    } else if (auto const answer = locks.try_acquire(names, request); !answer) {
        throw stint::lock_refused(names, answer.holders());
    }
}

int lock(session const& session, lock_command const& wanted) {
    check(wanted);
    auto              db = session.open_books();
    stint::lock_table locks{db};
    wanted.target.check_exists(db);
    take(locks, wanted);
    answer_locks(session, list_locks(locks, wanted.target.names()));
    return exit_done;
}

}  // namespace

void add_lock(CLI::App& app, action& chosen) {
    auto  wanted = std::make_shared<lock_command>();
    auto* command = app.add_subcommand("lock",
                                       "Keep documents or stocks for one owner, until a later run of the program");
    add_targets(*command, wanted->target);
    add_name(*command, "--owner", wanted->owner, "In whose name; a later run in the same name goes on with the lock")
        ->required();
    add_time(*command, "--for", wanted->time, "How long, unless it is given back before");
    add_reason(*command, wanted->reason);
    add_wait(*command, wanted->wait);
    chooses(*command, chosen, [wanted](session const& session) { return lock(session, *wanted); });
}

}  // namespace accounting
