// Whether a commit's time grows with its objects and no faster: microseconds an object, of many against 10,000; of a
// long chain of rows that refer to each other, all removed, against one of a tenth.

#include <array>
#include <chrono>
#include <optional>
#include <string>

#include <stint/stint.hpp>

#include "articles.hpp"
#include "by_hand/article_writer.hpp"
#include "suites.hpp"
#include "support/kept_cores.hpp"
#include "support/numbered.hpp"
#include "support/place.hpp"

namespace bench {

namespace {

/// Refers to the one before it.
struct chained {
    stint::id<chained>                id;
    std::optional<stint::id<chained>> before{};
};

}  // namespace

}  // namespace bench

template <>
struct stint::mapping<bench::chained> {
    static constexpr auto value = stint::table("chained", stint::key("id", &bench::chained::id),
                                               stint::version("version"),
                                               stint::field("before", &bench::chained::before));
};

namespace bench {

namespace {

constexpr std::int64_t few = 10'000;
constexpr std::int64_t short_chain = 2'000, long_chain = 20'000;

/// Writers take turns on the same rows: each gives them quantities that they never had.
class quantities {
public:
    std::vector<article_row> rows(std::int64_t count, std::int64_t among) {
        auto result = spread_rows(count, among);
        ++given_;
        for (auto& row : result) row.cents += given_;
        return result;
    }

private:
    std::int64_t given_ = 0;
};

way update_of(article_writer& by, quantities& new_ones, std::int64_t count, std::int64_t among) {
    return [&by, &new_ones, count, among](int) -> std::vector<duration> {
        auto rows = new_ones.rows(count, among);
        return {by.update(rows) / static_cast<double>(count)};
    };
}

void compare(measuring& run, std::string const& engine, std::string const& server) {
    auto const many = run.either<std::int64_t>(200'000, 50'000);
    auto const name = numbered(engine + "/an object among ", many);
    if (!run.wants(name)) return;
    place where{server};
    make_articles(where, many);
    auto const by = write_by_stint(where.url());
    quantities new_ones;
    auto const took = medians_in_turns(
        std::array{update_of(*by, new_ones, many, many), update_of(*by, new_ones, few, many)},
        run.pace_for(std::chrono::seconds{30}, 3));
    run.add({.name = name,
             .stint = took[0][0].count(),
             .other = took[1][0].count(),
             .other_name = "10,000 of them",
             .wanted = at_most(1.25)});
}

void make_chain(stint::database& db, std::int64_t length) {
    stint::unit_of_work work{db};
    for (std::int64_t i = 1; i <= length; ++i) {
        chained link{stint::id<chained>{i}, {}};
        if (i > 1) link.before = stint::id<chained>{i - 1};
        work.add(link);
    }
    work.commit();
}

/// Read, removed, committed.
way removal_of_chain(place& where, std::int64_t length) {
    return [&where, length](int) -> std::vector<duration> {
        make_chain(where.db(), length);
        where.tidy_up();
        auto const took = time_of([&] {
            stint::unit_of_work work{where.db()};
            for (auto const& link : work.find<chained>()) work.remove(link);
            work.commit();
        });
        return {took / static_cast<double>(length)};
    };
}

void compare_chains(measuring& run, std::string const& engine, std::string const& server) {
    auto const name = engine + "/a row of a chain of 20,000, removed";
    if (!run.wants(name)) return;
    place where{server};
    stint::create_tables<chained>(where.db());
    auto const took = medians_in_turns(
        std::array{removal_of_chain(where, long_chain), removal_of_chain(where, short_chain)},
        run.pace_for(std::chrono::seconds{10}, 3));
    run.add({.name = name,
             .stint = took[0][0].count(),
             .other = took[1][0].count(),
             .other_name = "2,000 of them",
             .wanted = at_most(1.2)});
}

}  // namespace

void growth_benchmark(measuring& run) {
    compare(run, "sqlite", "");
    compare_chains(run, "sqlite", "");
    if (!run.has_server()) return;
    kept_cores const kept{run.server(), cores::shared};
    compare(run, "postgresql", run.server());
    compare_chains(run, "postgresql", run.server());
}

}  // namespace bench
