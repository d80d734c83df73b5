#include <doctest/doctest.h>

#include <stint/transaction.hpp>

#include "tables.hpp"

using namespace tables;
using stint::constraint_violation;
using stint::error_kind;
using stint::error_subject;
using rule = constraint_violation::rule_type;

namespace {

stint::column const late{"late", {data_type::integer}};
stint::column const code{"code", {data_type::integer}};

class with_rules : public books_in_both_ways {
public:
    with_rules() {
        sql("CREATE TABLE ruled (id BIGINT PRIMARY KEY, name TEXT NOT NULL, code BIGINT UNIQUE, "
            "stock BIGINT REFERENCES stocks (id), late BIGINT REFERENCES stocks (id) DEFERRABLE INITIALLY DEFERRED, "
            "CONSTRAINT short_name CHECK (length(name) < 10), CONSTRAINT one_name UNIQUE (name, stock))");
        sql("INSERT INTO ruled (id, name, code, stock) VALUES (1, 'first', 1, 1)");
        sql("INSERT INTO ruled (id, name, code, stock) VALUES (2, 'second', 2, 1)");
    }

    static stint::row_shape update(stint::column const& column) {
        return {.action = row_action::update, .table = "ruled", .key = {id}, .assignments = {{column}}};
    }

    constraint_violation violation(stint::write_batch const& batch) {
        try {
            flush(batch);
        } catch (constraint_violation const& e) {
            CHECK(e.what_next() == stint::advice::ask_a_person);
            CHECK(e.kind() == (e.rule() == rule::unique ? error_kind::taken : error_kind::invalid_value));
            CHECK(std::string(e.what()).find('[' + to_string(e.subject()) + ']') != std::string::npos);
            CHECK(db().lend()->is_clean());
            return e;
        }
        FAIL("nothing was thrown");
        throw;
    }

    /// Of a row that is written behind another, which is fine.
    constraint_violation violation(stint::row_shape const& shape, std::int64_t key, std::vector<value> assigned) {
        stint::write_batch batch;
        batch.add(batch.shape(update_name_of_stock()), {number(2)}, {}, {text("brown")});
        batch.add(batch.shape(shape), {number(key)}, {}, std::move(assigned));
        return violation(batch);
    }

    static stint::row_shape update_name_of_stock() {
        return {.action = row_action::update, .table = "stocks", .key = {id}, .assignments = {{name}}};
    }

    void raise_on_update_of_ruled(std::string const& words, std::string const& state = "P0001") {
        if (is_postgresql()) {
            sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RAISE EXCEPTION '" + words +
                "' USING ERRCODE = '" + state + "'; END $$");
            sql("CREATE TRIGGER refuse BEFORE UPDATE ON ruled FOR EACH ROW EXECUTE FUNCTION refuse()");
        } else {
            sql("CREATE TRIGGER refuse BEFORE UPDATE ON ruled BEGIN SELECT RAISE(ABORT, '" + words + "'); END");
        }
    }
};

}  // namespace

TEST_SUITE("core: violations") {
    TEST_CASE_FIXTURE(with_rules, "a value that is taken is told with its row, its columns and the rule") {
        auto const single = violation(update(code), 2, {number(1)});
        CHECK(single.rule() == rule::unique);
        CHECK(single.subject().table == "ruled");
        CHECK(single.subject().key == "2");
        CHECK(single.subject().columns == std::vector<std::string>{"code"});
        CHECK(single.subject().rule == (is_postgresql() ? "ruled_code_key" : "sqlite_autoindex_ruled_2"));

        auto const together = violation(update(name), 2, {text("first")});
        CHECK(together.rule() == rule::unique);
        CHECK(together.subject().key == "2");
        CHECK(together.subject().columns == std::vector<std::string>{"name", "stock"});
    }

    TEST_CASE_FIXTURE(with_rules, "a new row that takes another's value is named by its key, if it has one") {
        stint::row_shape insert{
            .action = row_action::insert, .table = "ruled", .key = {id}, .assignments = {{name}, {code}}};
        auto const given = violation(insert, 3, {text("third"), number(2)});
        CHECK(given.subject().key == "3");
        CHECK(given.subject().columns == std::vector<std::string>{"code"});
    }

    TEST_CASE_FIXTURE(with_rules, "a null is told with its column") {
        auto const e = violation(update(name), 2, {stint::null});
        CHECK(e.rule() == rule::not_null);
        CHECK(e.subject() == error_subject{.table = "ruled", .key = "2", .columns = {"name"}});

        stint::row_shape const insert{
            .action = row_action::insert, .table = "ruled", .key = {id}, .assignments = {{code}}};
        CHECK(violation(insert, 3, {number(3)}).subject() ==
              error_subject{.table = "ruled", .key = "3", .columns = {"name"}});
    }

    TEST_CASE_FIXTURE(with_rules, "a reference to nothing is told with its row and its column") {
        auto const e = violation(update(stock), 2, {number(99)});
        CHECK(e.rule() == rule::foreign_key);
        CHECK(e.subject().table == "ruled");
        CHECK(e.subject().key == "2");
        CHECK(e.subject().columns == std::vector<std::string>{"stock"});
    }

    TEST_CASE_FIXTURE(with_rules, "a row that is still referred to is named when it is removed") {
        stint::write_batch batch;
        batch.add(batch.shape({.action = row_action::remove, .table = "stocks", .key = {id}}), {number(1)});
        auto const e = violation(batch);
        CHECK(e.rule() == rule::foreign_key);
        CHECK(e.subject().table == "stocks");
        CHECK(e.subject().key == "1");
        CHECK(e.subject().columns.empty());
    }

    TEST_CASE_FIXTURE(with_rules, "a check is told with its row") {
        auto const e = violation(update(name), 2, {text("much too long")});
        CHECK(e.rule() == rule::check);
        CHECK(e.subject().table == "ruled");
        CHECK(e.subject().key == "2");
        if (is_postgresql()) {
            CHECK(e.subject().columns == std::vector<std::string>{"name"});
            CHECK(e.subject().rule == "short_name");
        } else {
            CHECK(e.words() == "CHECK constraint failed: short_name");
        }
    }

    TEST_CASE_FIXTURE(with_rules, "what a trigger raises is a violation, in the words of its author") {
        raise_on_update_of_ruled("closed on Sundays");
        auto const e = violation(update(name), 2, {text("third")});
        CHECK(e.rule() == rule::trigger);
        CHECK(e.kind() == error_kind::invalid_value);
        CHECK(e.words() == "closed on Sundays");
        CHECK(e.code() == (is_postgresql() ? "P0001" : "1811"));
        CHECK(e.subject() == error_subject{.table = "ruled", .key = "2"});
        CHECK_THROWS_AS(sql("UPDATE ruled SET code = 7 WHERE id = 1"), constraint_violation);
    }

    TEST_CASE_FIXTURE(with_rules, "so is what it raises with a code of its own") {
        raise_on_update_of_ruled("closed on Sundays", "SUN01");
        auto const e = violation(update(name), 2, {text("third")});
        CHECK(e.rule() == rule::trigger);
        CHECK(e.words() == "closed on Sundays");
    }

    TEST_CASE_FIXTURE(with_rules, "a rule that a trigger's own statement breaks is not blamed on the row's columns") {
        auto const insert = "INSERT INTO documents (id, version, quantity, processed, stock) VALUES (1, 1, 1, " +
                            std::string(is_postgresql() ? "true" : "1") + ", 99)";
        if (is_postgresql()) {
            sql("CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN " + insert +
                "; RETURN NEW; END $$");
            sql("CREATE TRIGGER note BEFORE UPDATE ON ruled FOR EACH ROW EXECUTE FUNCTION note()");
        } else {
            sql("CREATE TRIGGER note BEFORE UPDATE ON ruled BEGIN " + insert + "; END");
        }
        auto const e = violation(update(name), 2, {text("third")});
        CHECK(e.rule() == rule::foreign_key);
        CHECK(e.subject().table == "ruled");
        CHECK(e.subject().key == "2");
        CHECK(e.subject().columns.empty());
    }

    TEST_CASE_FIXTURE(with_rules, "of a reference that is checked at COMMIT, the table is known") {
        if (is_portable() && !is_postgresql()) return;  // the portable flush of SQLite is the tests' alone
        auto const e = violation(update(late), 2, {number(99)});
        CHECK(e.rule() == rule::foreign_key);
        CHECK(e.subject().table == "ruled");
        CHECK(e.subject().key == (is_postgresql() ? "" : "2"));
    }

    TEST_CASE_FIXTURE(with_rules, "and the row that is referred to, when it is removed before such a COMMIT") {
        if (is_portable() && !is_postgresql()) return;
        sql("UPDATE ruled SET late = 2 WHERE id = 1");
        stint::write_batch batch;
        batch.add(batch.shape({.action = row_action::remove, .table = "stocks", .key = {id}}), {number(2)});
        auto const e = violation(batch);
        CHECK(e.rule() == rule::foreign_key);
        CHECK(e.subject().table == (is_postgresql() ? "ruled" : "stocks"));
    }

    TEST_CASE_FIXTURE(with_rules, "a rule over expressions or a part of the rows is left to the database's words") {
        sql("CREATE UNIQUE INDEX one_small_name ON stocks (lower(name))");
        stint::write_batch batch;
        batch.add(batch.shape(update_name_of_stock()), {number(2)}, {}, {text("FLOUR")});
        auto const e = violation(batch);
        CHECK(e.rule() == rule::unique);
        CHECK(e.subject().table == "stocks");
        CHECK(e.subject().key == "2");
        CHECK(e.words().find("one_small_name") != std::string::npos);
    }
}
