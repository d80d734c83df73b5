// The names of locks, and checks of what is given to the lock table (private to the room).
#pragma once

#include <chrono>
#include <string>
#include <string_view>
#include <vector>

#include <stint/error.hpp>
#include <stint/lock_table.hpp>

namespace stint {

/// Takes a lock_name() apart: of "lines/7/2" the table "lines" and the key "7, 2"; of a name without '/' all is key.
error_subject subject_of_name(std::string_view name);

/// Returns the names in their order by bytes, each once. Throws value_error for a name that can't be kept.
std::vector<std::string> checked_names(std::vector<std::string> names);
void                     check_owner(std::string const& owner);
void                     check_request(lock_request const& request);
void                     check_break(std::string const& name, lock_break const& terms);
void                     check_lease_time(std::chrono::milliseconds time);

}  // namespace stint
