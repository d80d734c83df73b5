// One flush of N updates, inserts or deletes of one class, against the ways to do the same by hand.

#include <functional>
#include <memory>
#include <optional>

#include "articles.hpp"
#include "by_hand/article_writer.hpp"
#include "suites.hpp"
#include "support/delay_proxy.hpp"
#include "support/kept_cores.hpp"
#include "support/numbered.hpp"
#include "support/place.hpp"

namespace bench {

namespace {

constexpr std::int64_t articles_there = 10'000;

/// Where it is measured: "sqlite", "postgresql", "postgresql+1ms".
struct surroundings {
    std::string  name;
    std::string  server{};           ///< empty: SQLite
    delay_proxy* network = nullptr;  ///< between
    std::int64_t most_one_by_one;    ///< rows; above, one round trip a row would take too long
};

/// A way of writing, in a database of its own.
class contender {
public:
    contender(surroundings const& here, std::string name,
              std::function<writer(std::string const& url, std::string const& path)> const& make)
        : name_(std::move(name)), where_(here.server) {
        make_articles(where_, articles_there);
        auto const url = here.network == nullptr ? where_.url() : where_.url_through(here.network->port());
        writer_ = make(url, where_.path());
    }

    std::string const& name() const noexcept { return name_; }
    article_writer&    write() noexcept { return *writer_; }
    place&             where() noexcept { return where_; }

private:
    std::string name_;
    place       where_;
    writer      writer_{};
};

using contenders = std::vector<std::unique_ptr<contender>>;

contenders all_ways(surroundings const& here, std::string const& action, std::int64_t count) {
    contenders all;
    auto const add = [&](std::string name, auto make) {
        all.push_back(std::make_unique<contender>(here, std::move(name), make));
    };
    auto const on_server = !here.server.empty();
    add("Stint", [](auto const& url, auto const&) { return write_by_stint(url); });
    if (on_server) add("libpq pipeline", [](auto const& url, auto const&) { return write_by_libpq_pipeline(url); });
    if (!on_server) add("sqlite3 loop", [](auto const&, auto const& path) { return write_by_sqlite_loop(path); });
    if (!on_server && action == "insert") {
        add("loop, plain keys", [](auto const&, auto const& path) { return write_by_sqlite_loop_on_plain_keys(path); });
        add("sqlite3 VALUES", [](auto const&, auto const& path) { return write_by_sqlite_values(path); });
    }
    if (count > here.most_one_by_one) return all;

    auto const soci_url = [on_server](std::string const& url) { return on_server ? url : std::string{}; };
    if (on_server) add("libpq row by row", [](auto const& url, auto const&) { return write_by_libpq_rows(url); });
    add("SOCI loop", [=](auto const& url, auto const& path) { return write_by_soci_loop(soci_url(url), path); });
    if (action != "insert")
        add("SOCI vectors",
            [=](auto const& url, auto const& path) { return write_by_soci_vectors(soci_url(url), path); });
    return all;
}

way way_of(contender& one, std::string const& action, std::int64_t count) {
    if (action == "update") {
        auto rows = std::make_shared<std::vector<article_row>>(spread_rows(count, articles_there));
        return [&one, rows](int) -> std::vector<duration> {
            for (auto& row : *rows) row.cents += 1;
            return {one.write().update(*rows)};
        };
    }
    if (action == "insert") {
        return [&one, count](int) -> std::vector<duration> {
            auto rows = spread_rows(count, articles_there);
            return {one.write().insert(rows)};
        };
    }
    return [&one, count](int) -> std::vector<duration> {
        put_back_articles(one.where(), count);
        return {one.write().remove(spread_rows(count, count))};
    };
}

std::optional<goal> goal_of_sqlite_insert(std::string const& other) {
    if (other == "sqlite3 loop") return at_most(1.3);
    if (other == "loop, plain keys") return at_most(1.0);
    return std::nullopt;
}

std::optional<goal> goal_of(std::string const& name, std::string const& other) {
    if (name.ends_with("/update/1000") && name.starts_with("postgresql") && other == "SOCI loop") return at_most(0.125);
    if (name == "postgresql/update/1000" && other == "libpq pipeline") return at_most(1.25);
    if (name == "postgresql/update/1" && other == "libpq pipeline") return at_most(1.25);
    if (name == "sqlite/update/10000" && other == "sqlite3 loop") return at_most(1.3);
    if (name.starts_with("sqlite/insert/") && name.ends_with("00")) return goal_of_sqlite_insert(other);
    return std::nullopt;
}

void compare(measuring& run, surroundings const& here, std::string const& action, std::int64_t count) {
    auto const name = numbered(here.name + '/' + action + '/', count);
    if (!run.wants(name)) return;

    auto             all = all_ways(here, action, count);
    std::vector<way> ways;
    for (auto& one : all) ways.push_back(way_of(*one, action, count));
    auto const took = medians_in_turns(ways, run.pace_for(std::chrono::seconds{4}));
    for (std::size_t i = 1; i < all.size(); ++i)
        run.add({.name = name,
                 .stint = took[0][0].count(),
                 .other = took[i][0].count(),
                 .other_name = all[i]->name(),
                 .wanted = goal_of(name, all[i]->name())});
}

void compare_all(measuring& run, surroundings const& here, std::vector<std::int64_t> const& counts) {
    for (auto const* action : {"update", "insert", "delete"})
        for (auto const count : counts) compare(run, here, action, count);
}

}  // namespace

void flush_benchmark(measuring& run) {
    using counts = std::vector<std::int64_t>;
    counts const all{1, 10, 100, 1000, 10'000};
    compare_all(run, {.name = "sqlite", .most_one_by_one = 10'000}, run.either(all, counts{1, 100, 1000, 10'000}));
    if (!run.has_server()) return;
    {
        kept_cores const apart{run.server(), cores::apart};
        compare(run, {.name = "postgresql, two cores", .server = run.server(), .most_one_by_one = 10'000}, "update",
                1000);
    }
    kept_cores const kept{run.server(), cores::shared};
    compare_all(run, {.name = "postgresql", .server = run.server(), .most_one_by_one = 10'000},
                run.either(all, counts{1, 10, 1000}));

    delay_proxy network{run.server(), std::chrono::milliseconds{1}};
    compare_all(run, {.name = "postgresql+1ms", .server = run.server(), .network = &network, .most_one_by_one = 1000},
                run.either(all, counts{1, 100}));
}

}  // namespace bench
