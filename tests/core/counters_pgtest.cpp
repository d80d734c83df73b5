#include <doctest/doctest.h>

#include <chrono>
#include <string>
#include <thread>
#include <vector>

#include "../support/of_a_session.hpp"
#include "tables.hpp"

using namespace tables;
using namespace std::chrono_literals;
using stint::counters;
using stint::write_batch;

namespace {

constexpr std::uint64_t much = 100'000;  // bytes
constexpr std::uint64_t little = 300;    // BEGIN, names of statements, keys, versions

class counted_books : public books {
public:
    template <class Work>
    counters cost_of(Work const& work) {
        auto const before = db().counters();
        work();
        return db().counters() - before;
    }

    counters cost_of_naming(int stock, stint::value const& new_name) {
        write_batch batch;
        auto const  rename = batch.shape(
            {.action = row_action::update, .table = "stocks", .key = {id}, .assignments = {{name}}});
        batch.add(rename, {number(stock)}, {}, {new_name});
        return cost_of([&] { flushed(batch); });
    }

    void flushed(write_batch const& batch) { db().lend()->flush(batch, no_deadline); }
};

bool is_about(std::uint64_t bytes, std::uint64_t expected) {
    return bytes >= expected && bytes <= expected + little;
}

}  // namespace

TEST_SUITE("core: counters on PostgreSQL") {
    TEST_CASE_FIXTURE(counted_books,
                      "what a flush sends is its values, and the texts of statements the first time" * of_a_session) {
        auto const first = cost_of_naming(1, text("x"));
        auto const again = cost_of_naming(1, text("x"));
        CHECK(again.prepared == 0);
        CHECK(first.bytes_sent > again.bytes_sent + 50);  // the SQL of an update
        CHECK(is_about(again.bytes_sent, 1));
        CHECK(is_about(cost_of_naming(1, text(std::string(much, 'x'))).bytes_sent, much));
        CHECK(cost_of_naming(1, text(std::string(much, 'x'))).bytes_received <= little);
    }

    TEST_CASE_FIXTURE(counted_books, "what a read receives is the values of its rows") {
        sql("ALTER TABLE stocks ADD remark text");  // null in stock 1
        sql("UPDATE stocks SET remark = repeat('x', " + std::to_string(much) + ") WHERE id = 2");
        auto const connection = db().lend();
        auto const of_key = [&](int key) {
            return cost_of([&] {
                selected(*connection, {.table = "stocks",
                                       .columns = {id, {"remark", {data_type::text}}},
                                       .where = {{id, {}, {number(key)}}}});
            });
        };
        CHECK(of_key(1).bytes_received == 1);
        CHECK(of_key(2).bytes_received == 1 + much);
        CHECK(of_key(2).bytes_sent <= little);
    }

    TEST_CASE_FIXTURE(counted_books, "a statement's text is sent once, its parameters each time" * of_a_session) {
        auto const connection = db().lend();
        auto const sql_text = "SELECT length(:1::text) /* " + std::string(10'000, '-') + " */";
        auto const ask = [&] { queried(*connection, sql_text, {text(std::string(much, 'x'))}, {{}}); };
        CHECK(is_about(cost_of(ask).bytes_sent, much + sql_text.size()));
        CHECK(is_about(cost_of(ask).bytes_sent, much));
        CHECK(cost_of(ask).bytes_received == std::to_string(much).size());
    }

    TEST_CASE_FIXTURE(counted_books, "rows are taken for locked while the server is at work on a flush") {
        sql("CREATE FUNCTION dawdle() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_sleep(0.03); RETURN NEW; END'");
        sql("CREATE TRIGGER dawdle BEFORE UPDATE ON stocks FOR EACH ROW EXECUTE FUNCTION dawdle()");
        auto const began = std::chrono::steady_clock::now();
        auto const cost = cost_of_naming(1, text("rye"));
        CHECK(cost.locked_for >= 30ms);
        CHECK(cost.locked_for <= std::chrono::steady_clock::now() - began);
    }

    TEST_CASE_FIXTURE(counted_books, "a flush that fails is timed until it is rolled back") {
        sql("CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN PERFORM pg_sleep(0.03); RAISE EXCEPTION ''no''; END'");
        sql("CREATE TRIGGER fail BEFORE UPDATE ON stocks FOR EACH ROW EXECUTE FUNCTION fail()");
        auto const cost = cost_of([&] {
            write_batch batch;
            batch.add(batch.shape(update_stock()), {number(1)}, {number(3)}, {amount("1.00")});
            CHECK_THROWS_AS(flushed(batch), stint::database_error);
        });
        CHECK(cost.locked_for >= 30ms);
        std::this_thread::sleep_for(30ms);
        auto const calm = cost_of([&] { flushed({}); });
        CHECK(calm.locked_for == 0ns);
    }
}
