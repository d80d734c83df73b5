// report: what was measured, as a table for people or JSON for programs.
#pragma once

#include <iosfwd>
#include <string>
#include <vector>

#include "in_turns.hpp"

struct comparison {
    std::string engine{};
    std::string what{};
    duration    stint{};
    std::string other_way{};
    duration    other{};
    double      goal = 0;         ///< of the ratio; 0: none
    int         round_trips = 0;  ///< of Stint's way

    double ratio() const { return stint / other; }
};

void print_table(std::ostream& out, std::vector<comparison> const& all);
void print_json(std::ostream& out, std::vector<comparison> const& all);
