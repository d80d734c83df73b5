// postgresql_unique_rules: the unique rules of tables, as PostgreSQL's catalog tells them.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <stint/connection.hpp>

namespace stint {

/// One statement for all tables.
std::vector<unique_rule> postgresql_unique_rules(connection& link, std::span<std::string const> tables, deadline until);

}  // namespace stint
