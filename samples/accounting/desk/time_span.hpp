// time_span: reads "500ms", "2s", "5m" or "1h", as a person writes it; writes "9 min 58 s", for a person to read.
#pragma once

#include <chrono>
#include <string>

namespace accounting {

/// Up to 1000 days. Throws std::invalid_argument for anything else.
std::chrono::milliseconds time_span(std::string const& text);

/// For the command line: what is wrong with it, or nothing.
std::string is_time_span(std::string const& text);

/// For time_span(): "10m", "1500ms".
std::string to_text(std::chrono::milliseconds time);

/// For people: the two largest units of it.
std::string in_words(std::chrono::microseconds time);

}  // namespace accounting
