// time_span: "500ms", "2s" or "5m", as a person writes it.
#pragma once

#include <chrono>
#include <string>

namespace accounting {

/// Throws std::invalid_argument for anything else.
std::chrono::milliseconds time_span(std::string const& text);

/// For the command line: what is wrong with it, or nothing.
std::string is_time_span(std::string const& text);

}  // namespace accounting
