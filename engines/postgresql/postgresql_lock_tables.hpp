// The tables of the lock table on PostgreSQL, and the trigger that tells the first in line.
#pragma once

#include <string>
#include <vector>

namespace stint {

/// Statements that create them.
std::vector<std::string> postgresql_lock_tables();
/// Statements that drop those that exist.
std::vector<std::string> postgresql_lock_tables_dropped();

}  // namespace stint
