#include <cstdint>
#include <limits>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../support/numbered.hpp"
#include "tables.hpp"

// New rows whose keys SQLite gives, many by one statement: which row has which key, and where one statement can't tell.

using namespace tables;
using stint::key_of_row;
using stint::write_batch;

namespace {

stint::row_shape shape_of_new_stocks() {
    return {.action = row_action::insert,
            .table = "stocks",
            .key = {id},
            .key_given = false,
            .assignments = {{version}, {name}, {quantity}},
            .returning = {id}};
}

/// "new 0", "new 1", ...
write_batch new_stocks(int count) {
    write_batch batch;
    auto const  shape = batch.shape(shape_of_new_stocks());
    for (int i = 0; i < count; ++i) batch.add(shape, {}, {}, {number(1), numbered("new ", i), amount("1.50")});
    return batch;
}

class new_keys : public books {
public:
    stint::flush_outcome flush(write_batch const& batch) { return db().lend()->flush(batch, no_deadline); }

    /// How it ended: "done", the refusals, or "2067 one_name stocks name".
    template <typename Flush>
    std::string told(Flush const& flush) {
        try {
            return refusals(flush());
        } catch (stint::database_error const& e) {
            CHECK(db().lend()->is_clean());
            auto const& about = e.subject();
            return e.code() + ' ' + about.rule + ' ' + about.table + ' ' +
                   (about.columns.empty() ? "" : about.columns.front());
        }
    }
    std::string told(write_batch const& batch) {
        auto const portably = told([&] { return db().lend()->flush_portably(batch, no_deadline); });
        auto const answer = told([&] { return flush(batch); });
        if (portably != "done") CHECK(answer == portably);
        return answer;
    }

    std::uint64_t statements_of(write_batch const& batch) {
        auto const before = db().counters();
        flush(batch);
        return (db().counters() - before).statements;
    }

    /// Every row of the batch has the key that was answered for it.
    void check_keys(write_batch const& batch) { check_keys(batch, flush(batch)); }
    void check_keys(write_batch const& batch, stint::flush_outcome const& outcome) {
        auto const& rows = std::get<stint::flush_done>(outcome).returned;
        for (std::size_t i = 0; i < batch.size(); ++i) {
            REQUIRE(rows[i].size() == 1);
            CHECK(ask("SELECT name FROM stocks WHERE id = " + to_string(rows[i].front())) ==
                  std::get<std::string>(batch[i].assignments[1]));
        }
    }

    /// Another table of stocks, in place of the books' own.
    void remake_stocks(std::string const& key) {
        sql("DROP TABLE IF EXISTS documents");
        sql("DROP TABLE stocks");
        sql("CREATE TABLE stocks (" + key +
            ", version INTEGER NOT NULL, name TEXT, quantity INTEGER CHECK (quantity > 0))");
    }
};

}  // namespace

TEST_SUITE("core: new keys on SQLite") {
    TEST_CASE_FIXTURE(new_keys, "rows of one shape are inserted by one statement, and each has its key") {
        check_keys(new_stocks(1));
        check_keys(new_stocks(1000));
        CHECK(ask("SELECT count(*) FROM stocks WHERE name LIKE 'new %'") == "1001");
        CHECK(statements_of(new_stocks(1000)) == 3);  // with BEGIN and COMMIT
    }

    TEST_CASE_FIXTURE(new_keys, "a key isn't given again after its row was deleted") {
        check_keys(new_stocks(3));
        auto const last = ask("SELECT max(id) FROM stocks");
        sql("DELETE FROM stocks WHERE id = " + last);
        check_keys(new_stocks(2));
        CHECK(ask("SELECT count(*) FROM stocks WHERE id = " + last) == "0");
    }

    TEST_CASE_FIXTURE(new_keys, "rows that refer to new rows get their keys") {
        sql("CREATE TABLE nodes (id INTEGER PRIMARY KEY AUTOINCREMENT, parent INTEGER REFERENCES nodes (id)) STRICT");
        stint::column const parent{"parent", {data_type::integer}};
        write_batch         batch;
        auto const          shape = batch.shape({.action = row_action::insert,
                                                 .table = "nodes",
                                                 .key = {id},
                                                 .key_given = false,
                                                 .assignments = {{parent}},
                                                 .returning = {id}});
        auto const          root = batch.add(shape, {}, {}, {stint::null});
        auto const          other_root = batch.add(shape, {}, {}, {stint::null});
        auto const          child = batch.add(shape, {}, {}, {key_of_row{other_root}});
        batch.add(shape, {}, {}, {key_of_row{root}});
        batch.add(shape, {}, {}, {key_of_row{child}});
        CHECK(told([&] { return flush(batch); }) == "done");
        CHECK(ask("SELECT group_concat(coalesce(parent, '-'), ' ') FROM nodes") == "- - 2 1 3");
    }

    TEST_CASE_FIXTURE(new_keys, "a row that breaks a rule is found among many") {
        sql("CREATE UNIQUE INDEX one_name ON stocks (name)");
        auto batch = new_stocks(10);
        batch.add(0, {}, {}, {number(1), text("flour"), amount("1")});
        auto const more = new_stocks(10);
        for (std::size_t i = 0; i < more.size(); ++i)
            batch.add(0, {}, {}, {number(1), numbered("more ", static_cast<int>(i)), amount("1")});
        CHECK(told(batch) == "2067 one_name stocks name");
        CHECK(ask("SELECT count(*) FROM stocks") == "2");
    }

    TEST_CASE_FIXTURE(new_keys, "a value that fits nowhere is refused as it is row by row") {
        auto batch = new_stocks(3);
        batch.add(0, {}, {}, {number(1), text("salt"), amount("1.005")});
        CHECK_THROWS_AS(flush(batch), stint::value_error);
        CHECK(db().lend()->is_clean());
        CHECK(ask("SELECT count(*) FROM stocks") == "2");
        CHECK(told(new_stocks(3)) == "done");
    }

    TEST_CASE_FIXTURE(new_keys, "keys are right where a trigger writes into another table") {
        sql("CREATE TABLE notes (id INTEGER PRIMARY KEY, what TEXT)");
        sql("INSERT INTO notes VALUES (500, 'earlier')");
        sql("CREATE TRIGGER note_it AFTER INSERT ON stocks BEGIN INSERT INTO notes (what) VALUES (NEW.name); END");
        check_keys(new_stocks(20));
        check_keys(new_stocks(20));
        CHECK(ask("SELECT count(*) FROM notes") == "41");
    }

    TEST_CASE_FIXTURE(new_keys, "keys are right where a trigger inserts into the same table") {
        sql("CREATE TRIGGER twice AFTER INSERT ON stocks WHEN NEW.name LIKE 'new %' BEGIN "
            "INSERT INTO stocks (version, name, quantity) VALUES (1, 'copy', 1); END");
        check_keys(new_stocks(20));
        CHECK(ask("SELECT count(*) FROM stocks WHERE name = 'copy'") == "20");
    }

    TEST_CASE_FIXTURE(new_keys, "a trigger that comes later, also a temporary one, is noticed") {
        check_keys(new_stocks(5));
        db().lend()->execute("CREATE TEMP TRIGGER twice BEFORE INSERT ON stocks WHEN NEW.name LIKE 'new %' BEGIN "
                             "INSERT INTO stocks (version, name, quantity) VALUES (1, 'copy', 1); END",
                             no_deadline);
        check_keys(new_stocks(5));
    }

    TEST_CASE_FIXTURE(new_keys, "a row that a trigger ignores is told to be suppressed") {
        sql("CREATE TRIGGER not_three BEFORE INSERT ON stocks WHEN NEW.name = 'new 3' BEGIN SELECT RAISE(IGNORE); END");
        CHECK(told(new_stocks(6)) == "suppressed 3 []");
        CHECK(ask("SELECT count(*) FROM stocks") == "2");
    }

    TEST_CASE_FIXTURE(new_keys, "a table without AUTOINCREMENT gives the next keys, too") {
        remake_stocks("id INTEGER PRIMARY KEY");
        check_keys(new_stocks(5));
        sql("INSERT INTO stocks VALUES (-7, 1, 'below', 1)");
        check_keys(new_stocks(5));
        CHECK(statements_of(new_stocks(100)) == 3);
    }

    TEST_CASE_FIXTURE(new_keys, "at the end of all keys SQLite gives others by chance, which are told") {
        remake_stocks("id INTEGER PRIMARY KEY");
        sql("INSERT INTO stocks VALUES (" + std::to_string(std::numeric_limits<std::int64_t>::max() - 2) +
            ", 1, 'last', 1)");
        check_keys(new_stocks(6));
        check_keys(new_stocks(6));
    }

    TEST_CASE_FIXTURE(new_keys, "at the end of all keys AUTOINCREMENT gives none") {
        sql("UPDATE sqlite_sequence SET seq = 9223372036854775807 - 2 WHERE name = 'stocks'");
        CHECK(told(new_stocks(6)) == "13   ");
        CHECK(ask("SELECT count(*) FROM stocks") == "2");
    }

    TEST_CASE_FIXTURE(new_keys, "a key that is no alias of the rowid is asked for") {
        remake_stocks("id INTEGER PRIMARY KEY DESC DEFAULT 77");
        check_keys(new_stocks(1));
        CHECK(ask("SELECT id FROM stocks") == "77");
        remake_stocks("id INTEGER UNIQUE DEFAULT (abs(random()))");
        check_keys(new_stocks(5));
    }

    TEST_CASE_FIXTURE(new_keys, "a table made anew by another connection is noticed") {
        check_keys(new_stocks(5));
        stint::database other{url()};
        for (auto const* const statement :
             {"DROP TABLE documents", "DROP TABLE stocks",
              "CREATE TABLE stocks (version INTEGER NOT NULL, name TEXT, quantity INTEGER, "
              "id INTEGER UNIQUE DEFAULT (abs(random())))"})
            other.lend()->execute(statement, no_deadline);
        check_keys(new_stocks(5));
        check_keys(new_stocks(5));
    }

    TEST_CASE_FIXTURE(new_keys, "each row reads the clock anew where its columns hold times") {
        write_batch batch;
        auto const  shape = batch.shape(
            {.action = row_action::insert,
              .table = "documents",
              .key = {id},
              .key_given = false,
              .assignments = {{version}, {quantity}, {processed}, {seen, stint::assignment::source::clock}},
              .returning = {id, seen}});
        for (int i = 0; i < 500; ++i) batch.add(shape, {}, {}, {number(1), amount("1"), false});
        auto const rows = std::get<stint::flush_done>(flush(batch)).returned;
        CHECK(std::get<stint::timestamp>(rows.front()[1]) < std::get<stint::timestamp>(rows.back()[1]));
    }
}
