#include <algorithm>
#include <memory>
#include <ostream>

#include "commands.hpp"
#include "exit_code.hpp"
#include "lock_target.hpp"
#include "refusal.hpp"
#include "show_locks.hpp"

namespace accounting {

namespace {

struct unlock_command {
    lock_target target;
    std::string owner;
};

/// Throws not_the_holder.
stint::lease lease_of(std::string const& owner, std::string const& name, std::vector<stint::held_lock> const& held) {
    auto const lock = std::find_if(held.begin(), held.end(),
                                   [&](auto const& candidate) { return candidate.name == name; });
    if (lock == held.end()) throw not_the_holder(owner, {.name = name});
    if (lock->owner != owner) throw not_the_holder(owner, *lock);
    return {.name = name, .owner = owner, .fence = lock->fence};
}

/// All of them, or none and not_the_holder.
void give_back(stint::lock_table& locks, std::string const& owner, std::vector<std::string> const& names) {
    auto const                held = locks.find(names);
    std::vector<stint::lease> leases;
    for (auto const& name : names) leases.push_back(lease_of(owner, name, held));
    for (auto const& lost : locks.release(leases)) throw not_the_holder(owner, {.name = lost.name});
}

void answer(session const& session, std::vector<std::string> const& names) {
    if (session.as_json) {
        session.answer({{"released", names}});
    } else {
        for (auto const& name : names) session.out << name << " is given back\n";
    }
}

int unlock(session const& session, unlock_command const& wanted) {
    auto              db = session.open_books();
    stint::lock_table locks{db};
    auto const        names = wanted.target.names();
    give_back(locks, wanted.owner, names);
    answer(session, names);
    return exit_done;
}

}  // namespace

void add_unlock(CLI::App& app, action& chosen) {
    auto  wanted = std::make_shared<unlock_command>();
    auto* command = app.add_subcommand("unlock", "Give locks back");
    add_targets(*command, wanted->target);
    add_name(*command, "--owner", wanted->owner, "In whose name they are held")->required();
    chooses(*command, chosen, [wanted](session const& session) { return unlock(session, *wanted); });
}

}  // namespace accounting
