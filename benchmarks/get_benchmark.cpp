// get(): one object by its key, each in a fresh unit of work, against the same SELECT by hand, prepared before.

#include <array>
#include <cstdlib>
#include <functional>

#include "articles.hpp"
#include "by_hand/pg_link.hpp"
#include "by_hand/sqlite_link.hpp"
#include "suites.hpp"
#include "support/delay_proxy.hpp"
#include "support/kept_cores.hpp"
#include "support/place.hpp"

namespace bench {

namespace {

constexpr std::int64_t articles_there = 10'000;
constexpr int          gets_a_round = 50;

/// Reads the article of a key.
using reader = std::function<article_row(std::int64_t key)>;

reader by_stint(stint::database& db) {
    return [&db](std::int64_t key) -> article_row {
        stint::unit_of_work work{db};
        auto const          found = work.get<article>(key);
        return {found.id().value(), found->name, found->quantity.units(), found.version().value()};
    };
}

reader by_libpq(pg_link& link) {
    link.prepare("get", "SELECT id, name, quantity, version FROM articles WHERE id = $1::bigint");
    return [&link](std::int64_t key) -> article_row {
        auto const text = std::to_string(key);
        auto const answer = link.execute("get", std::array{text.c_str()});
        auto const quantity = stint::decimal{PQgetvalue(answer.get(), 0, 2)};
        return {number_in(answer, 0, 0), PQgetvalue(answer.get(), 0, 1), quantity.units(), number_in(answer, 0, 3)};
    };
}

reader by_sqlite(sqlite_link& file) {
    auto get = std::make_shared<sqlite_statement>(file,
                                                  "SELECT id, name, quantity, version FROM articles WHERE id = ?1");
    return [get](std::int64_t key) -> article_row {
        get->bind(1, key).step();
        article_row found{get->number(0), get->text(1), get->number(2), get->number(3)};
        get->step();
        return found;
    };
}

way way_of(reader read) {
    return [read](int round) -> std::vector<duration> {
        auto const first = round * gets_a_round;
        auto const took = time_of([&] {
            for (int i = 0; i < gets_a_round; ++i)
                if (auto const key = 1 + (first + i) * 7 % articles_there; read(key).id != key) std::abort();
        });
        return {took / gets_a_round};
    };
}

void compare(measuring& run, std::string const& name, std::array<way, 2> const& ways, row wanted) {
    auto const took = medians_in_turns(ways, run.pace_for());
    wanted.name = name;
    wanted.stint = took[0][0].count();
    wanted.other = took[1][0].count();
    run.add(std::move(wanted));
}

void compare_on_sqlite(measuring& run) {
    if (!run.wants("sqlite/get")) return;
    place where{""};
    make_articles(where, articles_there);
    sqlite_link file{where.path()};
    compare(run, "sqlite/get", {way_of(by_stint(where.db())), way_of(by_sqlite(file))},
            {.other_name = "prepared SELECT", .wanted = at_most(1.5)});
}

void compare_on_postgresql(measuring& run) {
    if (!run.wants("postgresql/get")) return;
    place where{run.server()};
    make_articles(where, articles_there);
    pg_link link{where.url()};
    compare(run, "postgresql/get", {way_of(by_stint(where.db())), way_of(by_libpq(link))},
            {.other_name = "prepared SELECT", .wanted = at_most(1.2)});
}

void compare_over_network(measuring& run) {
    if (!run.wants("postgresql+1ms/get")) return;
    place where{run.server()};
    make_articles(where, articles_there);
    delay_proxy     network{run.server(), std::chrono::milliseconds{1}};
    stint::database db{where.url_through(network.port())};
    pg_link         link{where.url_through(network.port())};
    compare(run, "postgresql+1ms/get", {way_of(by_stint(db)), way_of(by_libpq(link))},
            {.other_name = "prepared SELECT"});
}

}  // namespace

void get_benchmark(measuring& run) {
    compare_on_sqlite(run);
    if (!run.has_server()) return;
    kept_cores const kept{run.server(), cores::shared};
    compare_on_postgresql(run);
    compare_over_network(run);
}

}  // namespace bench
