// What a unit of work costs in memory: the time of a hit in its Identity Map, and the bytes of a clean object beyond
// the object itself.

#include <algorithm>
#include <random>

#include <benchmark/benchmark.h>
#include <malloc.h>

#include "articles.hpp"
#include "suites.hpp"
#include "support/numbered.hpp"
#include "support/place.hpp"

namespace bench {

namespace {

/// Takes what Google Benchmark has measured, and prints nothing.
class collector final : public benchmark::BenchmarkReporter {
public:
    bool ReportContext(Context const&) override { return true; }
    void ReportRuns(std::vector<Run> const& runs) override {
        for (auto const& one : runs)
            if (one.run_type == Run::RT_Iteration) times_.push_back(one.GetAdjustedCPUTime());
    }

    double median() const { return median_of(times_); }

private:
    std::vector<double> times_{};
};

std::vector<stint::id<article>> shuffled_ids(std::int64_t count) {
    std::vector<stint::id<article>> ids;
    for (std::int64_t i = 1; i <= count; ++i) ids.emplace_back(i);
    std::ranges::shuffle(ids, std::minstd_rand{});
    return ids;
}

void hit_in_turn(benchmark::State& state, stint::unit_of_work& work, std::vector<stint::id<article>> const& ids) {
    std::size_t next = 0;
    for (auto _ : state) {
        benchmark::DoNotOptimize(work.get(ids[next]));
        if (++next == ids.size()) next = 0;
    }
}

double nanoseconds_of_a_hit(stint::unit_of_work& work, std::int64_t count, measuring const& run) {
    auto const ids = shuffled_ids(count);
    benchmark::RegisterBenchmark("hit", [&](benchmark::State& state) { hit_in_turn(state, work, ids); })
        ->MinTime(run.either(0.5, 0.1))
        ->Repetitions(run.either(9, 3))
        ->Unit(benchmark::kNanosecond);
    collector times;
    benchmark::RunSpecifiedBenchmarks(&times, "all");
    benchmark::ClearRegisteredBenchmarks();
    return times.median();
}

void measure_hits(measuring& run, std::int64_t count, std::optional<goal> wanted) {
    auto const name = numbered("identity map hit/", count);
    if (!run.wants(name)) return;
    place where{""};
    make_articles(where, count);
    stint::unit_of_work work{where.db()};
    work.find<article>();
    run.add({.name = name, .stint = nanoseconds_of_a_hit(work, count, run), .unit = "ns", .wanted = wanted});
}

/// What malloc has given out, its own bookkeeping included.
double bytes_in_use() {
    auto const now = ::mallinfo2();
    return static_cast<double>(now.uordblks + now.hblkhd);
}

void measure_bytes(measuring& run, std::int64_t count) {
    auto const name = numbered("bytes of a clean object/", count);
    if (!run.wants(name)) return;
    place where{""};
    make_articles(where, count);
    {
        stint::unit_of_work first{where.db()};  // fills SQLite's own cache, which stays
        first.find<article>();
    }

    auto const          before = bytes_in_use();
    stint::unit_of_work work{where.db()};
    work.find<article>();  // the answer itself is gone at once
    auto const of_each = (bytes_in_use() - before) / static_cast<double>(count);
    run.add({.name = name,
             .stint = of_each - static_cast<double>(sizeof(article)),
             .unit = "bytes",
             .wanted = at_most(64)});
}

}  // namespace

void memory_benchmark(measuring& run) {
    measure_bytes(run, 100'000);
    measure_bytes(run, 1'000'000);
    measure_hits(run, 1000, at_most(50));
    measure_hits(run, 100'000, std::nullopt);
}

}  // namespace bench
