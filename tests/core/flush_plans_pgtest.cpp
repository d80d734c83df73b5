#include <span>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../support/of_a_session.hpp"
#include "tables.hpp"

// What a flush costs the server beyond what is written, and what it must not disturb.

using namespace tables;
using stint::write_batch;

namespace {

constexpr auto const* settings_of_planner =
    "concat_ws(' ', current_setting('enable_seqscan'), current_setting('plan_cache_mode'), current_setting('jit'), "
    "current_setting('cpu_operator_cost'), current_setting('lock_timeout'), current_setting('array_nulls'))";

class planned : public books {
public:
    /// Stocks 1 to count, version 3, of which the server knows how many they are.
    void stock_up(int count) {
        sql("TRUNCATE stocks, documents");
        sql("INSERT INTO stocks (id, version, name, quantity) SELECT n, 3, 'stock ' || n, 100 FROM generate_series(1, " +
            std::to_string(count) + ") AS n");
        sql("SELECT setval(pg_get_serial_sequence('stocks', 'id'), max(id)) FROM stocks");
        sql("ANALYZE stocks");
    }

    /// Changes stocks 1 to count.
    void change(int count, int from_version) {
        write_batch batch;
        auto const  update = batch.shape(update_stock());
        for (int i = 1; i <= count; ++i) batch.add(update, {number(i)}, {number(from_version)}, {amount("40.80")});
        CHECK(refusals(flush(batch)) == "done");
    }
    void add(int count) {
        write_batch batch;
        auto const  insert = batch.shape(insert_new_stock());
        auto const  document = batch.shape(insert_document());
        for (int i = 0; i < count; ++i) {
            auto const fresh = batch.add(insert, {}, {}, {number(1), text("new"), amount("7.00")});
            batch.add(document, {}, {}, {number(1), amount("1.00"), value{false}, value{stint::key_of_row{fresh}}});
        }
        CHECK(refusals(flush(batch)) == "done");
    }

    stint::flush_outcome flush(write_batch const& batch) { return db().lend()->flush(batch, no_deadline); }

    void record_settings(std::string const& of_table) {
        sql("CREATE TABLE IF NOT EXISTS recorded (settings text, event text)");
        sql(std::string("CREATE OR REPLACE FUNCTION record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
                        "INSERT INTO recorded SELECT ") +
            settings_of_planner + ", TG_OP; RETURN NEW; END $$");
        sql("CREATE TRIGGER record BEFORE INSERT OR UPDATE ON " + of_table + " FOR EACH ROW EXECUTE FUNCTION record()");
    }

    /// Of the prepared statement that updates stocks as a set.
    std::string of_set(std::string const& column) {
        return ask(
            "SELECT " + column +
            " FROM pg_prepared_statements WHERE name NOT LIKE '%single%' AND statement LIKE '%unnest%UPDATE \"stocks\"%'");
    }
    std::string plan_of_set() {
        auto const  name = of_set("name");  // on the pool's one connection, before it is lent
        auto const  connection = db().lend();
        std::string plan;
        connection->query(
            "EXPLAIN EXECUTE " + name + "(NULL, NULL, NULL, NULL, NULL, NULL)", {},
            std::vector<stint::column_type>{{data_type::text}},
            [&](std::span<value> row) { plan += std::get<std::string>(row.front()) + '\n'; }, no_deadline);
        return plan;
    }
};

bool has(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

}  // namespace

TEST_SUITE("core: plans of flushes on PostgreSQL") {
    TEST_CASE_FIXTURE(planned, "a trigger sees the server's settings in the first flush and in the tenth") {
        auto const of_server = ask(std::string("SELECT ") + settings_of_planner);
        record_settings("stocks");
        record_settings("documents");
        stock_up(30);
        sql("DELETE FROM recorded");
        for (int i = 0; i < 10; ++i) {
            change(30, 3 + i);
            add(30);
        }
        CHECK(ask("SELECT string_agg(DISTINCT settings, '; ') FROM recorded") == of_server);
        CHECK(ask("SELECT count(*) FROM recorded WHERE event = 'UPDATE'") == "300");
        CHECK(ask("SELECT count(*) FROM recorded WHERE event = 'INSERT'") == "600");
    }

    TEST_CASE_FIXTURE(planned, "a set is planned for good when it comes the second time" * of_a_session) {
        stock_up(1000);
        change(30, 3);
        CHECK(of_set("generic_plans || ' ' || custom_plans") == "0 1");
        change(30, 4);
        auto const single = of_set("custom_plans");
        for (int version = 5; version < 15; ++version) change(30, version);
        CHECK(of_set("custom_plans") == single);
        CHECK(of_set("generic_plans") == "11");  // one to keep it
    }

    TEST_CASE_FIXTURE(planned, "planning costs no round trip and leaves no transaction" * of_a_session) {
        stock_up(30);
        change(30, 3);
        for (int version = 4; version < 7; ++version) {
            auto const before = db().counters();
            change(30, version);
            CHECK((db().counters() - before).round_trips == 1);
        }
        CHECK(
            ask("SELECT count(*) FROM pg_stat_activity WHERE state LIKE 'idle in%' AND datname = current_database()") ==
            "0");
    }

    TEST_CASE_FIXTURE(planned, "a planned set looks rows up by their key, however small the table was" * of_a_session) {
        int rows = 8;
        SUBCASE("of a few rows") {}
        SUBCASE("of a page") {
            rows = 60;
        }
        SUBCASE("of some pages") {
            rows = 500;
        }
        stock_up(rows);
        for (int version = 3; version < 6; ++version) change(rows, version);
        auto const plan = plan_of_set();
        CHECK(!has(plan, "Seq Scan"));
        CHECK(has(plan, "Index Cond"));
    }

    TEST_CASE_FIXTURE(planned, "a planned set isn't compiled, however low the server's threshold" * of_a_session) {
        sql("SET jit_above_cost = 0");
        stock_up(100);
        for (int version = 3; version < 5; ++version) change(30, version);
        CHECK(!has(plan_of_set(), "JIT"));
    }

    TEST_CASE_FIXTURE(planned, "what a session has set for itself stays" * of_a_session) {
        auto const own = std::vector<std::string>{"enable_seqscan = off", "plan_cache_mode = force_custom_plan",
                                                  "jit = off", "cpu_operator_cost = 0.5", "lock_timeout = 7000"};
        for (auto const& setting : own) sql("SET " + setting);
        stock_up(30);
        for (int version = 3; version < 7; ++version) change(30, version);
        CHECK(ask(std::string("SELECT ") + settings_of_planner) == "off force_custom_plan off 0.5 7s on");
    }

    TEST_CASE_FIXTURE(planned, "a set whose plan serves it badly is prepared anew" * of_a_session) {
        stock_up(30);
        for (int version = 3; version < 6; ++version) change(30, version);
        auto const planned_before = of_set("name");
        sql("CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_sleep(0.4); RETURN NULL; END'");
        sql("CREATE TRIGGER dawdle AFTER UPDATE ON stocks FOR EACH STATEMENT EXECUTE FUNCTION dawdle()");
        change(30, 6);
        sql("DROP TRIGGER dawdle ON stocks");
        change(30, 7);
        CHECK(of_set("name") != planned_before);
        CHECK(of_set("generic_plans || ' ' || custom_plans") == "0 1");
    }

    TEST_CASE_FIXTURE(planned, "planning that fails is no failure of the flush, which it follows" * of_a_session) {
        stock_up(30);
        change(30, 3);
        auto const schema = ask("SELECT current_schema()");
        // As long as it lasts in the session, nothing that is said afterwards can be understood.
        sql("CREATE FUNCTION confuse() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM set_config(''search_path'', ''pg_catalog'', false); RETURN NULL; END'");
        sql("CREATE TRIGGER confuse AFTER UPDATE ON stocks FOR EACH STATEMENT EXECUTE FUNCTION confuse()");
        auto const  connection = db().lend();
        write_batch batch;
        auto const  update = batch.shape(update_stock());
        for (int i = 1; i <= 30; ++i) batch.add(update, {number(i)}, {number(4)}, {amount("40.80")});
        CHECK(refusals(connection->flush(batch, no_deadline)) == "done");
        connection->execute("SET search_path = " + schema, no_deadline);
        CHECK(queried(*connection, "SELECT min(version), max(version) FROM stocks", {}, {{}, {}}) == "5, 5");
    }
}
