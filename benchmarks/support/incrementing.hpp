// incrementing: what each of the processes of increments_benchmark does: its threads increment the counter together so
// many times, by Stint or by hand.
//
//     stint_benchmarks --increment URL COUNT THREADS WAY BEGIN
//
// WAY is stint (run with default options, the default pool) or for-update (a pool of the same size, first come, first
// served). All begin at BEGIN, microseconds of the system's steady clock, with their connections open. Writes a line
// for each increment: when it began and ended on that clock, and 1 or 0: whether it landed.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

inline constexpr auto             incrementing_worker = "--increment";
inline constexpr std::string_view by_stint = "stint";
inline constexpr std::string_view by_for_update = "for-update";

/// Answers the exit code.
int increment_as_told(std::vector<std::string> const& words);

/// The system's steady clock in microseconds.
std::int64_t steady_now();

}  // namespace bench
