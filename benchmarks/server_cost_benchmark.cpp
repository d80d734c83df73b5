// What a flush makes a PostgreSQL server do beside the writing: checks of foreign keys, triggers, plans that are kept
// while a table grows. Against the same statements by hand, on a server with default settings.

#include <memory>

#include "articles.hpp"
#include "by_hand/article_writer.hpp"
#include "suites.hpp"
#include "support/kept_cores.hpp"
#include "support/numbered.hpp"
#include "support/place.hpp"

namespace bench {

namespace {

struct cost_contender {
    std::string            name;
    std::unique_ptr<place> where;
    writer                 write;
};

template <class Prepare>
std::vector<cost_contender> both(std::string const& server, Prepare prepare) {
    std::vector<cost_contender> all;
    auto const                  add = [&](std::string name, auto make) {
        auto where = std::make_unique<place>(server);
        prepare(*where);
        auto write = make(where->url());
        all.push_back({std::move(name), std::move(where), std::move(write)});
    };
    add("Stint", [](auto const& url) { return write_by_stint(url); });
    add("libpq pipeline", [](auto const& url) { return write_by_libpq_pipeline(url, planning::by_default); });
    return all;
}

void compare(measuring& run, std::string const& name, std::vector<cost_contender>& all, auto way_of, goal wanted) {
    std::vector<way> ways;
    for (auto& contender : all) ways.push_back(way_of(contender));
    auto const took = medians_in_turns(ways, run.pace_for());
    run.add({.name = name,
             .stint = took[0][0].count(),
             .other = took[1][0].count(),
             .other_name = all[1].name,
             .wanted = wanted});
}

way updates_of(cost_contender& by, std::int64_t count, std::int64_t among) {
    auto rows = std::make_shared<std::vector<article_row>>(spread_rows(count, among));
    return [&by, rows](int) -> std::vector<duration> {
        for (auto& row : *rows) row.cents += 1;
        return {by.write->update(*rows)};
    };
}

void remove_parents(measuring& run, std::string const& name, bool has_index) {
    constexpr std::int64_t removed = 80, parents = 200;
    if (!run.wants(name)) return;
    auto       all = both(run.server(), [&](place& where) {
        make_articles(where, parents);
        where.sql("CREATE TABLE children (id bigint PRIMARY KEY, article bigint REFERENCES articles)");
        where.sql("INSERT INTO children SELECT i, 101 + i % 100 FROM generate_series(1, 2000) AS i");
        if (has_index) where.sql("CREATE INDEX ON children (article)");
        where.tidy_up();
    });
    auto const way_of = [](cost_contender& by) -> way {
        return [&by](int) -> std::vector<duration> {
            put_back_articles(*by.where, removed);
            return {by.write->remove(spread_rows(removed, removed))};
        };
    };
    compare(run, name, all, way_of, at_most(1.5));
}

void update_under_trigger(measuring& run) {
    constexpr std::int64_t updated = 30;
    auto const             name = numbered("postgresql/under a row trigger/update/", updated);
    if (!run.wants(name)) return;
    auto all = both(run.server(), [&](place& where) {
        make_articles(where, 1000);
        where.sql("CREATE TABLE rates (name text, rate numeric)");
        where.sql("INSERT INTO rates VALUES ('a', 1), ('b', 2), ('c', 3)");
        where.sql("CREATE FUNCTION look_up() RETURNS trigger LANGUAGE plpgsql AS "
                  "$$ BEGIN PERFORM max(rate) FROM rates WHERE name <> NEW.name; RETURN NEW; END $$");
        where.sql("CREATE TRIGGER look_up BEFORE UPDATE ON articles FOR EACH ROW EXECUTE FUNCTION look_up()");
        where.tidy_up();
    });
    compare(run, name, all, [](cost_contender& by) { return updates_of(by, updated, 1000); }, at_most(1.5));
}

/// The statements are planned while the table is small, and nobody ever tells the server that it has grown.
void update_grown_table(measuring& run) {
    constexpr std::int64_t updated = 1000, many = 100'000, few = 40;
    auto const             name = numbered("postgresql/planned when the table was empty/update/", updated);
    if (!run.wants(name)) return;
    auto all = both(run.server(), [&](place& where) {
        make_articles(where, few);
        where.sql("ALTER TABLE articles SET (autovacuum_enabled = false)");
        where.sql("TRUNCATE articles");  // nothing is known of it
        put_back_articles(where, few);
    });
    for (auto& contender : all) {
        auto rows = spread_rows(few, few);
        for (int i = 0; i < 3; ++i) {
            for (auto& row : rows) row.cents += 1;
            contender.write->update(rows);
        }
        contender.where->sql("DELETE FROM articles");
        put_back_articles(*contender.where, many);
    }
    compare(run, name, all, [](cost_contender& by) { return updates_of(by, updated, many); }, at_most(1.25));
}

}  // namespace

void server_cost_benchmark(measuring& run) {
    if (!run.has_server()) return;
    kept_cores const kept{run.server(), cores::shared};
    remove_parents(run, "postgresql/beside children, indexed/delete/80", true);
    remove_parents(run, "postgresql/beside children/delete/80", false);
    update_under_trigger(run);
    update_grown_table(run);
}

}  // namespace bench
