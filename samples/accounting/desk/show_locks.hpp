// show_locks: who holds what, who waits for it, for people and for programs.
#pragma once

#include <string>
#include <vector>

#include <stint/lock_table.hpp>

#include "session.hpp"
#include "show.hpp"

namespace accounting {

struct shown_lock {
    stint::held_lock         held;
    std::vector<std::string> waiting;  ///< owners, first come first
};

/// All that are held.
std::vector<shown_lock> list_locks(stint::lock_table& locks);
/// Those of these names that are held.
std::vector<shown_lock> list_locks(stint::lock_table& locks, std::vector<std::string> const& names);

json to_json(std::vector<shown_lock> const& locks);
/// As the lock table has it, without who waits.
json to_json(stint::held_lock const& lock);

text_table to_table(std::vector<shown_lock> const& locks);

/// Prints a list of locks, as text or JSON.
void answer_locks(session const& session, std::vector<shown_lock> const& list);

}  // namespace accounting
