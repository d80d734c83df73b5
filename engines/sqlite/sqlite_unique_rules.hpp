// sqlite_unique_rules: the unique rules of tables, as SQLite's pragmas tell them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <stint/connection.hpp>

namespace stint {

/// A statement a table.
std::vector<unique_rule> sqlite_unique_rules(connection& link, std::span<std::string const> tables, deadline until);

}  // namespace stint
