// incrementing: what each of the processes of increments_benchmark does: increments the counter so many times, each in a unit of
// work of its own that is run again when somebody was faster.
//
//     stint_benchmarks --increment URL COUNT
//
// Writes a line for each: when it began and ended, on the system's steady clock in microseconds, and 1 or 0: whether it landed.
#pragma once

#include <string>
#include <vector>

namespace bench {

inline constexpr auto incrementing_worker = "--increment";

/// Answers the exit code.
int increment_as_told(std::vector<std::string> const& words);

}  // namespace bench
