#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <stint/table_difference.hpp>
#include <stint/transaction.hpp>

#include "../support/of_a_session.hpp"
#include "../support/withheld_answers.hpp"
#include "tables.hpp"

using namespace tables;
using stint::column_type;
using stint::table_difference;
using stint::write_batch;
using namespace std::string_literals;

namespace {

stint::column const price{"price", {data_type::numeric, 2}};

/// So many rows of new keys.
write_batch new_items(stint::column const& column, value const& v, int count = 1, int first = 1) {
    write_batch batch;
    auto const  shape = batch.shape(
        {.action = row_action::insert, .table = "items", .key = {id}, .assignments = {{column}}});
    for (int i = 0; i < count; ++i) batch.add(shape, {number(first + i)}, {}, {v});
    return batch;
}

class items : public scratch_database {
public:
    void declare(std::string const& column) {
        sql("DROP TABLE IF EXISTS items");
        sql("CREATE TABLE items (id bigint PRIMARY KEY, " + column + ')');
    }

    /// "done", or how the column doesn't fit: one row, a set and portably.
    std::string written(stint::column const& column, value const& v) {
        auto const answer = told([&] { return flushed(new_items(column, v)); });
        CHECK(told([&] { return flushed(new_items(column, v, 20, 100)); }) == answer);
        CHECK(told([&] { return db().lend()->flush_portably(new_items(column, v, 1, 200), no_deadline); }) == answer);
        return answer;
    }

    stint::flush_outcome flushed(write_batch const& batch) { return db().lend()->flush(batch, no_deadline); }

    std::string told(auto const& flush) {
        try {
            return refusals(flush());
        } catch (stint::table_mismatch const& e) {
            CHECK(ask("SELECT count(*) FROM items") == "0");
            CHECK(e.kind() == stint::error_kind::schema);
            CHECK(e.subject().table == "items");
            switch (e.differences().front().problem) {
            case table_difference::kind::converts: return "converts";
            case table_difference::kind::too_small: return "too small";
            default: return "other type";
            }
        }
    }

    /// "items 1 price": what the error is about.
    std::string subject(write_batch const& batch) {
        try {
            return refusals(flushed(batch));
        } catch (stint::value_error const& e) {
            CHECK(e.kind() == stint::error_kind::invalid_value);
            auto result = e.subject().table + ' ' + e.subject().key;
            for (auto const& column : e.subject().columns) result += ' ' + column;
            return result;
        }
    }

    template <typename Work>
    std::uint64_t trips_of(Work const& work) {
        auto const before = db().counters();
        work();
        return (db().counters() - before).round_trips;
    }
};

struct row_of_types {
    char const* type;
    char const* fits;  ///< of boolean, integer, instant, real, numeric of scale 2 and of 0
};

struct mapped_value {
    column_type type;
    value       content;
};

}  // namespace

TEST_SUITE("core: tables that would lose values, on PostgreSQL") {
    TEST_CASE_FIXTURE(items, "what each type keeps, and what it would round, cut or convert") {
        std::vector<mapped_value> const kinds{{{data_type::boolean}, true},
                                              {{data_type::integer}, number(7)},
                                              {{data_type::instant}, stint::timestamp{}},
                                              {{data_type::real}, 1.5},
                                              {{data_type::numeric, 2}, amount("1.00")},
                                              {{data_type::numeric, 0}, amount("3")}};
        std::vector<row_of_types> const types{{"boolean", "y-----"},
                                              {"smallint", "-y---y"},
                                              {"integer", "-y---y"},
                                              {"bigint", "-y---y"},
                                              {"numeric", "-y-yyy"},
                                              {"numeric(10,1)", "-y---y"},
                                              {"numeric(10,2)", "-y--yy"},
                                              {"numeric(10,4)", "-y--yy"},
                                              {"numeric(10,-2)", "------"},
                                              {"real", "------"},
                                              {"double precision", "---y--"},
                                              {"timestamptz", "--y---"},
                                              {"timestamptz(6)", "--y---"},
                                              {"timestamptz(0)", "------"},
                                              {"timestamp(3)", "------"},
                                              {"date", "------"},
                                              {"text", "------"},
                                              {"money", "------"},
                                              {"jsonb", "------"}};
        for (auto const& row : types) {
            declare("it "s + row.type);
            std::string found;
            for (auto const& kind : kinds) {
                sql("DELETE FROM items");
                found += written({"it", kind.type}, kind.content) == "done" ? 'y' : '-';
            }
            CAPTURE(row.type);
            CHECK(found == row.fits);
        }
    }

    TEST_CASE_FIXTURE(items, "what a text may be kept in") {
        sql("CREATE TYPE colour AS ENUM ('red')");
        for (auto const* type : {"text", "varchar", "varchar(5)", "char(5)", "colour"}) {
            declare("it "s + type);
            CAPTURE(type);
            CHECK(written({"it", {data_type::text}}, text("red")) == "done");
            CHECK(selected(*db().lend(), {.table = "items", .columns = {{"it", {data_type::text}}}, .limit = 1})
                      .starts_with("'red"));
        }
        for (auto const* type : {"name", "\"char\"", "bigint", "boolean", "bytea", "date", "numeric", "timestamptz"}) {
            declare("it "s + type);
            CAPTURE(type);
            CHECK(written({"it", {data_type::text}}, text("1")) != "done");
        }
        sql("DROP TABLE items");
    }

    TEST_CASE_FIXTURE(items, "a domain counts as what it is made of, in any depth") {
        sql("CREATE DOMAIN amount AS numeric(10,1)");
        sql("CREATE DOMAIN sum AS amount");
        declare("price sum");
        CHECK(written(price, amount("1.25")) == "converts");
        sql("DROP TABLE items");
    }

    TEST_CASE_FIXTURE(items, "a version column that can't hold the clock is told before a row is given its key") {
        declare("version integer");
        write_batch batch;
        batch.add(batch.shape({.action = row_action::insert,
                               .table = "items",
                               .key = {id},
                               .assignments = {{version, stint::assignment::source::clock}},
                               .returning = {version}}),
                  {number(1)});
        CHECK(told([&] { return flushed(batch); }) == "too small");
        CHECK(written(version, number(1)) == "done");
        declare("version numeric(12)");
        CHECK(told([&] { return flushed(batch); }) == "too small");
    }

    TEST_CASE_FIXTURE(items, "a value that is too long or too large names its row and columns") {
        declare("name varchar(5), small smallint, price numeric(5,2), free numeric");
        CHECK(subject(new_items(name, text("short"))) == "done");
        CHECK(subject(new_items(name, text("Grüße"), 1, 2)) == "done");
        CHECK(subject(new_items(name, text("long name"), 1, 3)) == "items 3 name");
        CHECK(subject(new_items({"small", {data_type::integer}}, number(40'000), 1, 4)) == "items 4 small");
        CHECK(subject(new_items(price, amount("999.99"), 1, 5)) == "done");
        CHECK(subject(new_items(price, amount("1000.00"), 1, 6)) == "items 6 price");
        auto batch = new_items(price, amount("1"), 30, 100);
        batch.add(0, {number(77)}, {}, {amount("-1000")});
        CHECK(subject(batch) == "items 77 price");
        CHECK(ask("SELECT count(*) FROM items WHERE id >= 3") == "1");
    }

    TEST_CASE_FIXTURE(items, "what a trigger can't compute is not taken for a value of the row") {
        declare("small smallint");
        sql("CREATE FUNCTION spoil() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.small = 100000; RETURN NEW; END'");
        sql("CREATE TRIGGER spoil BEFORE INSERT ON items FOR EACH ROW EXECUTE FUNCTION spoil()");
        CHECK_THROWS_AS(flushed(new_items({"small", {data_type::integer}}, number(1))), stint::database_error);
    }

    TEST_CASE_FIXTURE(items, "tables are asked about once a database, whatever connection writes" * of_a_session) {
        declare("price numeric(10,2)");
        auto const first = db().lend(), second = db().lend();
        CHECK(trips_of([&] { first->flush(new_items(price, amount("1"), 1, 1), no_deadline); }) == 2);
        CHECK(trips_of([&] { first->flush(new_items(price, amount("1"), 1, 2), no_deadline); }) == 1);
        CHECK(trips_of([&] { second->flush(new_items(price, amount("1"), 1, 3), no_deadline); }) == 1);
        CHECK(trips_of([&] { second->flush(new_items(price, amount("1"), 20, 10), no_deadline); }) == 1);
    }

    TEST_CASE_FIXTURE(items, "tables that are changed by way of the library are looked at again" * of_a_session) {
        declare("price numeric(10,2)");
        auto const first = db().lend(), second = db().lend();
        CHECK(refusals(first->flush(new_items(price, amount("1"), 1, 1), no_deadline)) == "done");
        CHECK(refusals(second->flush(new_items(price, amount("1"), 1, 2), no_deadline)) == "done");
        second->execute("ALTER TABLE items ALTER price TYPE numeric(10,1)", no_deadline);
        CHECK_THROWS_AS(first->flush(new_items(price, amount("1.25"), 1, 3), no_deadline), stint::table_mismatch);
        second->execute("ALTER TABLE items ALTER price TYPE numeric(10,3)", no_deadline);
        CHECK(refusals(first->flush(new_items(price, amount("1.25"), 1, 3), no_deadline)) == "done");
    }

    TEST_CASE_FIXTURE(items, "a table that others have mended is refused no longer" * of_a_session) {
        stint::database elsewhere{url()};
        auto const      mend = [&](std::string const& type) {
            elsewhere.lend()->execute("ALTER TABLE items ALTER price TYPE " + type, no_deadline);
        };
        declare("price numeric(10,1)");
        CHECK(written(price, amount("1.25")) == "converts");
        mend("numeric(10,2)");
        CHECK(written(price, amount("1.25")) == "done");
        sql("DELETE FROM items");
        mend("numeric(10,1)");
        db().lend()->compare({}, no_deadline);  // forgets what was known
        CHECK(told([&] { return db().lend()->flush_portably(new_items(price, amount("1.25")), no_deadline); }) ==
              "converts");
        mend("numeric(10,2)");
        CHECK(told([&] { return db().lend()->flush_portably(new_items(price, amount("1.25")), no_deadline); }) ==
              "done");
    }

    TEST_CASE_FIXTURE(items, "reads recover when a column's type was changed, once" * of_a_session) {
        auto const connection = db().lend();
        auto const find = [&](stint::column const& column, value const& v) {
            return selected(*connection, {.table = "items", .columns = {column}, .where = {{column, {}, {v}}}});
        };
        stint::column const small{"small", {data_type::integer}}, word{"word", {data_type::text}};
        declare("small smallint, number integer, word text");
        sql("INSERT INTO items VALUES (1, 1, 1, 'red')");
        stint::column const medium{"number", {data_type::integer}};
        find(small, number(1)), find(medium, number(1)), find(word, text("red"));

        stint::database elsewhere{url()};
        auto const change = [&](std::string const& statement) { elsewhere.lend()->execute(statement, no_deadline); };
        change("CREATE TYPE colour AS ENUM ('red')");
        change("ALTER TABLE items ALTER small TYPE integer, ALTER number TYPE bigint, "
               "ALTER word TYPE colour USING word::colour");
        CHECK(find(small, number(70'000)) == "");
        CHECK(find(small, number(1)) == "1");
        CHECK(find(medium, number(5'000'000'000)) == "");
        CHECK(find(medium, number(1)) == "1");
        CHECK(find(word, text("red")) == "'red'");
        CHECK_THROWS_AS(find(small, number(5'000'000'000)), stint::database_error);  // it doesn't fit now either
    }

    TEST_CASE_FIXTURE(items, "in a transaction the error says that the same may succeed" * of_a_session) {
        auto const connection = db().lend();
        declare("word text");
        sql("INSERT INTO items VALUES (1, 'red')");
        stint::column const word{"word", {data_type::text}};
        auto const          find = [&] {
            return selected(*connection, {.table = "items", .columns = {word}, .where = {{word, {}, {text("red")}}}});
        };
        find();
        sql("CREATE TYPE colour AS ENUM ('red')");
        sql("ALTER TABLE items ALTER word TYPE colour USING word::colour");
        {
            auto work = stint::transaction(*connection, stint::isolation::read_committed, no_deadline);
            CHECK_THROWS_AS(find(), stint::transient_error);
        }
        auto work = stint::transaction(*connection, stint::isolation::read_committed, no_deadline);
        CHECK(find() == "'red'");
    }

    TEST_CASE_FIXTURE(books,
                      "of three classes the first flush takes two round trips, the next one, counted on the wire" *
                          of_a_session) {
        sql("CREATE TABLE labels (id bigint PRIMARY KEY, name text)");
        sql("ALTER SEQUENCE stocks_id_seq RESTART WITH 100");
        withheld_answers between{url()};
        stint::database  through{between.url()};
        auto const       connection = through.lend();
        auto const       trips = [&](int key) {
            write_batch batch;
            batch.add(batch.shape(insert_new_stock()), {}, {}, {number(1), text("rye"), amount("1")});
            batch.add(
                batch.shape({.action = row_action::insert, .table = "labels", .key = {id}, .assignments = {{name}}}),
                {number(key)}, {}, {text("x")});
            batch.add(batch.shape(insert_document()), {}, {}, {number(1), amount("1"), value{false}, number(1)});
            auto const before = through.counters().round_trips;
            auto const seen = between.exchanges();
            REQUIRE(refusals(connection->flush(batch, no_deadline)) == "done");
            CHECK(between.exchanges() - seen == through.counters().round_trips - before);
            return between.exchanges() - seen;
        };
        CHECK(trips(1) == 2);
        CHECK(trips(2) == 1);
    }
}
