// lock_choice: what --lock says. Without it holds what the mappings declare.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace accounting {

enum class lock_choice {
    declared,     ///< documents are edited by one clerk alone, stocks are optimistic
    none,         ///< who commits last wins; nobody is told
    optimistic,   ///< who commits first wins; no lock is taken
    pessimistic,  ///< documents and stocks are edited by one clerk alone
    mixed,        ///< as declared, and stocks too by one clerk alone once there was a conflict
};

std::string_view to_string(lock_choice lock) noexcept;

/// For --lock: the names, in the order of a help text.
std::vector<std::string> lock_choices();
/// Of one of these names.
lock_choice lock_named(std::string_view name);

/// Whether locks are taken, and so can be waited for.
bool takes_locks(lock_choice lock) noexcept;

}  // namespace accounting
