#include <exception>
#include <thread>

#include <doctest/doctest.h>

#include <stint/transaction.hpp>

#include "tables.hpp"

using namespace tables;
using stint::constraint_violation;
using stint::error_kind;
using rule = constraint_violation::rule_type;

namespace {

class with_rules : public books {
public:
    with_rules() {
        sql("CREATE TABLE ruled (id BIGINT PRIMARY KEY, name TEXT NOT NULL, stock BIGINT REFERENCES stocks (id), "
            "late BIGINT REFERENCES stocks (id) DEFERRABLE INITIALLY DEFERRED, "
            "CONSTRAINT short_name CHECK (length(name) < 10), CONSTRAINT one_name UNIQUE (name, stock))");
        sql("INSERT INTO ruled (id, name, stock) VALUES (1, 'first', 1)");
    }

    constraint_violation violation(std::string_view statement) {
        try {
            sql(statement);
        } catch (constraint_violation const& e) {
            CHECK(e.what_next() == stint::advice::ask_a_person);
            CHECK(e.kind() == (e.rule() == rule::unique ? error_kind::taken : error_kind::invalid_value));
            CHECK(std::string(e.what()).find(db().address()) == 0);
            CHECK(e.report().statement == statement);
            return e;
        }
        FAIL("nothing was thrown");
        throw;
    }
};

template <typename Error>
Error caught(auto function) {
    try {
        function();
    } catch (Error const& e) {
        return e;
    }
    FAIL("the expected error was not thrown");
    throw;
}

}  // namespace

TEST_SUITE("core: errors") {
    TEST_CASE_FIXTURE(books, "a missing table is a schema error that says what to do") {
        auto const e = caught<stint::schema_error>(
            [&] { selected(*db().lend(), {.table = "shelves", .columns = {id}}); });
        CHECK(e.code() == (is_postgresql() ? "42P01" : "1"));
        auto const words = is_postgresql() ? "relation \"shelves\" does not exist" : "no such table: shelves";
        auto const expected = db().address() + " does not have its tables and columns as this statement needs them (" +
                              words + "): compare the mapping with the tables, or create them (stint::create_tables)";
        CHECK(std::string(e.what()) == expected);
        CHECK(e.what_next() == stint::advice::fix_the_code);
    }

    TEST_CASE_FIXTURE(books, "a missing column is one, too, and never read as a text") {
        auto const e = caught<stint::schema_error>(
            [&] { selected(*db().lend(), {.table = "stocks", .columns = {{"colour", {data_type::text}}}}); });
        CHECK(e.code() == (is_postgresql() ? "42703" : "1"));
        CHECK(e.report().message.find("colour") != std::string::npos);
        CHECK(e.report().statement == "SELECT \"colour\" FROM \"stocks\"");

        stint::write_batch batch;
        batch.add(batch.shape({.action = row_action::update,
                               .table = "stocks",
                               .key = {id},
                               .assignments = {{{"colour", {data_type::text}}}}}),
                  {number(1)}, {}, {text("white")});
        CHECK_THROWS_AS(flush(batch), stint::schema_error);
    }

    TEST_CASE_FIXTURE(books, "a column of another type is a schema error that names it, never a silent zero") {
        auto const read = [&](stint::column const& column) {
            return caught<stint::schema_error>(
                [&] { selected(*db().lend(), {.table = "stocks", .columns = {id, column}}); });
        };
        CHECK(read({"name", {data_type::integer}}).report().column == "name");
        CHECK(read({"name", {data_type::numeric, 2}}).report().column == "name");
        CHECK(read({"name", {data_type::instant}}).report().column == "name");
        CHECK(read({"name", {data_type::real}}).report().column == "name");
        CHECK(read({"version", {data_type::boolean}}).report().column == "version");
    }

    TEST_CASE_FIXTURE(with_rules, "each kind of violated constraint is told apart, with its place") {
        auto const unique = violation("INSERT INTO ruled (id, name, stock) VALUES (2, 'first', 1)");
        CHECK(unique.rule() == rule::unique);
        CHECK(unique.code() == (is_postgresql() ? "23505" : "2067"));
        CHECK(unique.report().table == "ruled");
        CHECK(unique.report().constraint == (is_postgresql() ? "one_name" : ""));
        CHECK(unique.report().column == (is_postgresql() ? "" : "name, stock"));

        auto const key = violation("INSERT INTO ruled (id, name) VALUES (1, 'second')");
        CHECK(key.rule() == rule::unique);
        CHECK(key.code() == (is_postgresql() ? "23505" : "1555"));

        auto const foreign = violation("INSERT INTO ruled (id, name, stock) VALUES (2, 'second', 99)");
        CHECK(foreign.rule() == rule::foreign_key);
        CHECK(foreign.code() == (is_postgresql() ? "23503" : "787"));

        auto const referred = violation("DELETE FROM stocks WHERE id = 1");
        CHECK(referred.rule() == rule::foreign_key);

        auto const not_null = violation("INSERT INTO ruled (id) VALUES (2)");
        CHECK(not_null.rule() == rule::not_null);
        CHECK(not_null.code() == (is_postgresql() ? "23502" : "1299"));
        CHECK(not_null.report().table == "ruled");
        CHECK(not_null.report().column == "name");

        auto const check = violation("INSERT INTO ruled (id, name) VALUES (2, 'much too long')");
        CHECK(check.rule() == rule::check);
        CHECK(check.code() == (is_postgresql() ? "23514" : "275"));
        CHECK(check.report().constraint == "short_name");
    }

    TEST_CASE_FIXTURE(with_rules, "a constraint that is checked at COMMIT fails there, and nothing is written") {
        stint::write_batch batch;
        batch.add(batch.shape({.action = row_action::update,
                               .table = "ruled",
                               .key = {id},
                               .assignments = {{{"late", {data_type::integer}}}}}),
                  {number(1)}, {}, {number(99)});
        auto const connection = db().lend();
        auto const e = caught<constraint_violation>([&] { connection->flush_portably(batch, no_deadline); });
        CHECK(e.rule() == rule::foreign_key);
        CHECK(connection->is_clean());
        CHECK(queried(*connection, "SELECT count(*) FROM ruled WHERE late IS NULL", {}, {{}}) == "1");

        connection->begin(stint::isolation::read_committed, no_deadline);
        connection->execute("UPDATE ruled SET late = 99", no_deadline);
        CHECK_THROWS_AS(connection->commit(no_deadline), constraint_violation);
        CHECK(connection->is_clean());

        // A statement alone is its own transaction.
        auto const alone = caught<constraint_violation>(
            [&] { connection->execute("UPDATE ruled SET late = 99", no_deadline); });
        CHECK(alone.rule() == rule::foreign_key);
        CHECK(connection->is_clean());
        CHECK(queried(*connection, "SELECT count(*) FROM ruled WHERE late IS NULL", {}, {{}}) == "1");
    }

    TEST_CASE_FIXTURE(books, "the engine's own exception is kept inside") {
        try {
            sql("SELECT 1 FROM shelves");
            FAIL("nothing was thrown");
        } catch (stint::error const& e) {
            CHECK_THROWS_AS(std::rethrow_if_nested(e), std::runtime_error);
        }
    }

    TEST_CASE_FIXTURE(books, "an error can be copied and keeps its facts") {
        auto const                e = caught<stint::schema_error>([&] { sql("SELECT 1 FROM shelves"); });
        stint::schema_error const copy = e;
        CHECK(copy.code() == e.code());
        CHECK(std::string(copy.what()) == e.what());
    }

    TEST_CASE_FIXTURE(books, "a text with a zero byte is kept whole or refused") {
        auto const with_zero = std::string("a\0b", 3);
        auto const write = [&] {
            db().lend()->execute("UPDATE stocks SET name = :1 WHERE id = 1", std::vector{text(with_zero)}, no_deadline);
        };
        if (is_postgresql()) {
            CHECK_THROWS_AS(write(), stint::value_error);
            CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
        } else {
            write();
            CHECK(selected(*db().lend(), {.table = "stocks", .columns = {name}, .where = {{id, {}, {number(1)}}}}) ==
                  "'a\\x00b'");
        }
    }

    TEST_CASE_FIXTURE(books, "two statements in one text are refused, not half done") {
        CHECK_THROWS_AS(sql("DELETE FROM documents; DELETE FROM stocks"), stint::error);
        CHECK_NOTHROW(sql("DELETE FROM documents; "));
        CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
    }

    TEST_CASE_FIXTURE(books, "a reference to a new row means nothing outside a batch") {
        CHECK_THROWS_AS(db().lend()->execute("DELETE FROM stocks WHERE id = :1",
                                             std::vector<value>{stint::key_of_row{0}}, no_deadline),
                        stint::usage_error);
    }

    TEST_CASE("advice and reasons read well") {
        CHECK(to_string(stint::advice::reload_and_retry) == "reload and retry");
        CHECK(to_string(stint::advice::ask_a_person) == "ask a person");
        CHECK(std::string(stint::not_found("stocks", "7").what()) == "no row of stocks has the key 7");
        CHECK(stint::not_found("stocks", "7").key() == "7");
        CHECK(to_string(error_kind::not_found) == "not found");
    }

    TEST_CASE("every error says of which kind it is and what it is about, and a copy knows it, too") {
        stint::error const copy = stint::not_found("stocks", "7");
        CHECK(copy.kind() == error_kind::not_found);
        CHECK(copy.subject() == stint::error_subject{.table = "stocks", .key = "7"});
        CHECK(stint::usage_error("no").kind() == error_kind::usage);
        CHECK(stint::value_error("no", {.table = "stocks", .columns = {"name"}}).subject().columns.front() == "name");
        CHECK(stint::commit_in_doubt("sqlite:books.db", "lost").kind() == error_kind::in_doubt);
        CHECK(stint::schema_error("no", {.table = "stocks", .column = "name"}).subject() ==
              stint::error_subject{.table = "stocks", .columns = {"name"}});
    }

    TEST_CASE_FIXTURE(books, "a table that goes away under a prepared statement is a schema error, and may come back") {
        auto const connection = db().lend();
        auto const read = [&] { return selected(*connection, {.table = "shelves", .columns = {id, name}}); };
        connection->execute("CREATE TABLE shelves (id BIGINT PRIMARY KEY, name TEXT)", no_deadline);
        CHECK(read().empty());
        connection->execute("ALTER TABLE shelves RENAME COLUMN name TO label", no_deadline);
        CHECK_THROWS_AS(read(), stint::schema_error);
        connection->execute("DROP TABLE shelves", no_deadline);
        CHECK_THROWS_AS(read(), stint::schema_error);
        connection->execute("CREATE TABLE shelves (id BIGINT PRIMARY KEY, name TEXT)", no_deadline);
        CHECK(read().empty());
    }
}
