#include "commands.hpp"
#include "exit_code.hpp"
#include "show_locks.hpp"

namespace accounting {

namespace {

int show_all(session const& session) {
    auto              db = session.open_books();
    stint::lock_table locks{db};
    answer_locks(session, list_locks(locks));
    return exit_done;
}

}  // namespace

void add_locks(CLI::App& app, action& chosen) {
    auto* command = app.add_subcommand("locks", "List who holds what, until when, and who waits for it");
    chooses(*command, chosen, show_all);
}

}  // namespace accounting
