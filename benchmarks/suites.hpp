// The benchmarks, each in a file of its name. What each line means is in docs/performance.md.
#pragma once

#include "support/measuring.hpp"

namespace bench {

void flush_benchmark(measuring& run);
void growth_benchmark(measuring& run);
void graph_benchmark(measuring& run);
void slope_benchmark(measuring& run);
void server_cost_benchmark(measuring& run);
void get_benchmark(measuring& run);
void find_benchmark(measuring& run);
void memory_benchmark(measuring& run);
void lock_table_benchmark(measuring& run);
void hot_row_benchmark(measuring& run);
void increments_benchmark(measuring& run);
void accounting_benchmark(measuring& run);

}  // namespace bench
