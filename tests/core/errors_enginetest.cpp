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
                              words +
                              "): compare the mapping with the tables, or create them (stint::create_tables, for locks "
                              "stint::create_lock_tables)";
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

    TEST_CASE_FIXTURE(with_rules,
                      "each kind of violated constraint is told apart in raw SQL, too, in the database's words") {
        auto const unique = violation("INSERT INTO ruled (id, name, stock) VALUES (2, 'first', 1)");
        CHECK(unique.rule() == rule::unique);
        CHECK(unique.code() == (is_postgresql() ? "23505" : "2067"));
        CHECK(unique.subject().table == (is_postgresql() ? "ruled" : ""));
        CHECK(unique.subject().rule == (is_postgresql() ? "one_name" : ""));

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
        CHECK(not_null.words().find("name") != std::string::npos);

        auto const check = violation("INSERT INTO ruled (id, name) VALUES (2, 'much too long')");
        CHECK(check.rule() == rule::check);
        CHECK(check.code() == (is_postgresql() ? "23514" : "275"));
        CHECK(check.words().find("short_name") != std::string::npos);
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

    TEST_CASE_FIXTURE(books, "what is there already, and SQL that is wrong, aren't called missing tables") {
        auto const said = [&](std::string const& statement) -> std::string {
            try {
                sql(statement);
            } catch (stint::schema_error const& e) {
                CHECK(e.kind() == error_kind::schema);
                auto const words = std::string(e.what()).substr(db().address().size());
                return words.substr(0, words.find(" ("));
            }
            return {};
        };
        auto const there = " has that already";
        sql("CREATE INDEX by_name ON stocks (name)");
        CHECK(said("CREATE TABLE stocks (id BIGINT)") == there);
        CHECK(said("create table \"stocks\" (id BIGINT)") == there);
        CHECK(said("CREATE INDEX by_name ON stocks (name)") == there);
        CHECK(said("CREATE VIEW stocks AS SELECT 1") == there);
        CHECK(said("ALTER TABLE stocks ADD COLUMN name TEXT") == there);
        CHECK(said("ALTER TABLE stocks ADD name TEXT") == there);
        CHECK(said("ALTER TABLE stocks RENAME TO documents") == there);

        auto const wrong = " does not understand a statement";
        for (auto const* const statement :
             {"SELEC 1", "SELECT 1 FROM", "SELECT * FROM stocks WHERE", "SELECT * FROM shelves WHERE",
              "INSERT INTO stocks VALUES (1,", "UPDATE stocks SET"}) {
            CAPTURE(statement);
            CHECK(said(statement) == wrong);
        }
        auto const missing = " does not have its tables and columns as this statement needs them";
        for (auto const* const statement :
             {"SELECT * FROM shelves -- remark", "SELECT colour FROM stocks", "INSERT INTO shelves VALUES (1)",
              "CREATE INDEX by_shelf ON shelves (id)", "DROP TABLE shelves", "UPDATE stocks SET colour = 1"}) {
            CAPTURE(statement);
            CHECK(said(statement) == missing);
        }
    }

    TEST_CASE_FIXTURE(books, "tables that are made twice are there already") {
        auto const again = db().kind().create_tables(definitions);
        CHECK_THROWS_WITH_AS(sql(again.front()), doctest::Contains(" has that already "), stint::schema_error);
    }

    TEST_CASE_FIXTURE(books, "a parameter may be written twice, and before another") {
        auto const connection = db().lend();
        auto const found = [&](std::string const& condition, std::vector<value> const& parameters) {
            return queried(*connection, "SELECT name FROM stocks WHERE " + condition + " ORDER BY id", parameters,
                           {{data_type::text}});
        };
        CHECK(found("id = :1 OR id = :1 + 1", {number(1)}) == "'flour'; 'sugar'");
        CHECK(found("name = :2 AND id = :1", {number(2), text("sugar")}) == "'sugar'");
        CHECK(found("name = ':1' OR id = :1 /* :2 */ -- :3", {number(2)}).empty() == false);
        CHECK_THROWS_AS(found("id = :2", {number(1), number(2)}), stint::usage_error);
        CHECK_THROWS_AS(found("id = :1 AND id = :3", {number(1), number(2), number(3)}), stint::usage_error);
        CHECK_THROWS_AS(found("id = :1", {number(1), number(2)}), stint::usage_error);
    }

    TEST_CASE_FIXTURE(books, "a query answers as many columns as types are given, or is refused") {
        auto const connection = db().lend();
        auto const read = [&](std::vector<stint::column_type> const& types) {
            return queried(*connection, "SELECT id, name FROM stocks ORDER BY id", {}, types);
        };
        CHECK(read({{}, {data_type::text}}) == "1, 'flour'; 2, 'sugar'");
        CHECK_THROWS_AS(read({{}}), stint::usage_error);
        CHECK_THROWS_AS(read({{}, {data_type::text}, {}}), stint::usage_error);
        CHECK_THROWS_AS(queried(*connection, "DELETE FROM documents", {}, {{}}), stint::usage_error);
        CHECK(read({{}, {data_type::text}}) == "1, 'flour'; 2, 'sugar'");
    }

    TEST_CASE_FIXTURE(books, "an error can be copied and keeps its facts") {
        auto const                e = caught<stint::schema_error>([&] { sql("SELECT 1 FROM shelves"); });
        stint::schema_error const copy = e;
        CHECK(copy.code() == e.code());
        CHECK(std::string(copy.what()) == e.what());
    }

    TEST_CASE_FIXTURE(books, "a text with a zero byte is refused") {
        auto const with_zero = std::string("a\0b", 3);
        auto const write = [&] {
            db().lend()->execute("UPDATE stocks SET name = :1 WHERE id = 1", std::vector{text(with_zero)}, no_deadline);
        };
        CHECK_THROWS_AS(write(), stint::value_error);
        CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
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
