// lock_choice: what --lock says, and the unit of work that goes with it.
//
// Without --lock the library's default holds, which is the optimistic lock.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include <stint/unit_of_work.hpp>

namespace accounting {

enum class lock_choice { none, optimistic };

std::string_view to_string(lock_choice lock) noexcept;

/// For --lock: the names, in the order of a help text.
std::vector<std::string> lock_names();
/// Of one of these names.
lock_choice lock_named(std::string_view name);

stint::unit_options unit_with(lock_choice lock);

}  // namespace accounting
