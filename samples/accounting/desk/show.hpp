// show: the books, for people (tables) and for programs (JSON).
//
// In JSON quantities are strings with two decimals, because a JSON number is a double to most who read it; ids are
// numbers.
#pragma once

#include <string>
#include <vector>

#include <nlohmann/json.hpp>

#include "audit.hpp"
#include "books.hpp"
#include "rush/narrator.hpp"
#include "text_table.hpp"

namespace accounting {

using json = nlohmann::ordered_json;

json to_json(std::vector<stock> const& stocks);
json to_json(std::vector<document> const& documents);
json to_json(audit_report const& report);
json to_json(std::vector<step> const& steps);

text_table to_table(std::vector<stock> const& stocks);
text_table to_table(std::vector<document> const& documents);
text_table to_table(audit_report const& report);

/// "56.40", whatever the number's own scale.
std::string quantity_text(stint::decimal const& quantity);

}  // namespace accounting
