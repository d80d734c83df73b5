#include <doctest/doctest.h>

#include "../support/of_a_session.hpp"
#include "tables.hpp"

using namespace tables;
using stint::assignment;
using stint::condition;
using stint::key_of_row;
using stint::row_lock;
using stint::write_batch;

namespace {

// A database trigger that swallows changes of stock 2.
void swallow(books& in, std::string const& event) {
    if (scratch_database::is_postgresql()) {
        in.sql("CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
        in.sql("CREATE TRIGGER swallow BEFORE " + event + " ON stocks FOR EACH ROW WHEN (" +
               (event == "INSERT" ? "NEW" : "OLD") + ".id = 2) EXECUTE FUNCTION swallow()");
    } else {
        in.sql("CREATE TRIGGER swallow BEFORE " + event + " ON stocks WHEN " + (event == "INSERT" ? "NEW" : "OLD") +
               ".id = 2 BEGIN SELECT RAISE(IGNORE); END");
    }
}

constexpr auto untouched = "1 flour 56.40 v3, 2 sugar 26.80 v3";

}  // namespace

TEST_SUITE("core: flush") {
    TEST_CASE_FIXTURE(books_in_both_ways, "an empty batch sends nothing") {
        auto const before = db().counters();
        CHECK(returned(flush({})).empty());
        CHECK(db().counters().statements == before.statements);
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "updates write what they say and hand back what was asked for") {
        write_batch batch;
        auto const  update = batch.shape(update_stock());
        batch.add(update, {number(2)}, {number(3)}, {amount("1.00")});
        batch.add(update, {number(1)}, {number(3)}, {amount("40.80")});
        CHECK(returned(flush(batch)) == "4; 4");
        CHECK(stocks() == "1 flour 40.80 v4, 2 sugar 1.00 v4");
    }

    TEST_CASE_FIXTURE(books_in_both_ways,
                      "a version that is NULL after it was written is told, and nothing is written") {
        sql("DROP TABLE documents");
        sql("DROP TABLE stocks");
        sql("CREATE TABLE stocks (id bigint NOT NULL PRIMARY KEY, version bigint, name text, quantity " +
            std::string(is_postgresql() ? "numeric(12,2)" : "integer") + ")");
        sql("INSERT INTO stocks SELECT 1, NULL, 'flour', 3");
        auto update = update_stock();
        update.conditions.clear();
        for (int const others : {0, 20}) {
            CAPTURE(others);
            for (int i = 0; i < others; ++i)
                sql("INSERT INTO stocks VALUES (" + std::to_string(100 + i) + ", 3, 'sugar', 3)");
            write_batch batch;
            auto const  shape = batch.shape(update);
            for (int i = 0; i < others; ++i) batch.add(shape, {number(100 + i)}, {}, {amount("1.00")});
            batch.add(shape, {number(1)}, {}, {amount("1.00")});
            try {
                flush(batch);
                FAIL("it was written");
            } catch (stint::schema_error const& e) {
                CHECK(e.subject() == stint::error_subject{.table = "stocks", .key = "1", .columns = {"version"}});
            }
            CHECK(ask("SELECT count(*) FROM stocks WHERE quantity = 1 OR version = 4") == "0");
        }
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "all kinds of rows work together in one batch") {
        write_batch batch;
        auto const  hold = batch.shape(
            {.action = row_action::lock, .table = "stocks", .key = {id}, .lock = row_lock::key_share});
        auto const require = batch.shape(require_stock());
        auto const forbid = batch.shape(
            {.action = row_action::forbid, .table = "stocks", .key = {id}, .conditions = {is(version)}});
        auto const remove = batch.shape(remove_stock());
        auto const insert_given = batch.shape(insert_stock());
        auto const insert_new = batch.shape(insert_new_stock());
        auto const document = batch.shape(insert_document());
        auto const update = batch.shape(update_stock());

        batch.add(hold, {number(1)});
        batch.add(hold, {number(99)});
        batch.add(require, {number(1)}, {number(3)});
        batch.add(forbid, {number(1)}, {number(4)});
        batch.add(forbid, {number(98)}, {number(4)});
        batch.add(remove, {number(2)}, {number(3)});
        batch.add(insert_given, {number(10)}, {}, {number(1), text("rice"), amount("5.00")});
        batch.add(insert_new, {}, {}, {number(1), text("salt"), amount("7.00")});
        batch.add(document, {}, {}, {number(1), amount("15.60"), false, key_of_row{7}});
        batch.add(document, {}, {}, {number(1), amount("15.60"), false, key_of_row{6}});
        batch.add(update, {number(1)}, {number(3)}, {amount("40.80")});

        auto const salt = std::string(is_postgresql() ? "2" : "11");  // the lowest free one, or one past the highest
        CHECK(returned(flush(batch)) == "; ; ; ; ; ; ; " + salt + ", 1; 1; 2; 4");
        CHECK(stocks() == (is_postgresql() ? "1 flour 40.80 v4, 2 salt 7.00 v1, 10 rice 5.00 v1"
                                           : "1 flour 40.80 v4, 10 rice 5.00 v1, 11 salt 7.00 v1"));
        CHECK(ask("SELECT stock FROM documents WHERE id = 1") == salt);
        CHECK(ask("SELECT stock FROM documents WHERE id = 2") == "10");
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "values are raised in place, versions start and go on as told") {
        write_batch batch;
        auto const  raise = batch.shape(
            {.action = row_action::update,
              .table = "stocks",
              .key = {id},
              .assignments = {{quantity, assignment::source::raise}, {version, assignment::source::next_version}},
              .returning = {quantity, version}});
        auto const insert = batch.shape({.action = row_action::insert,
                                         .table = "stocks",
                                         .key = {id},
                                         .assignments = {{name},
                                                         {quantity, assignment::source::raise},
                                                         {version, assignment::source::next_version}},
                                         .returning = {quantity, version}});
        batch.add(raise, {number(1)}, {}, {amount("-15.60")});
        batch.add(insert, {number(7)}, {}, {text("rye"), number(2)});
        CHECK(returned(flush(batch)) == "40.80, 4; 2.00, 1");
    }

    TEST_CASE_FIXTURE(books_in_both_ways,
                      "the database's clock is written in the form of its column, and compared with it") {
        using namespace std::chrono;
        write_batch batch;
        auto const  insert = batch.shape({.action = row_action::insert,
                                          .table = "documents",
                                          .key = {id},
                                          .assignments = {{version, assignment::source::clock},
                                                          {quantity},
                                                          {processed},
                                                          {seen, assignment::source::clock}},
                                          .returning = {version, seen}});
        auto const  open = batch.shape({.action = row_action::forbid,
                                        .table = "documents",
                                        .key = {id},
                                        .conditions = {{seen, condition::test::later_than_clock}}});
        batch.add(insert, {number(1)}, {}, {amount("1"), false});
        batch.add(open, {number(1)});
        auto const start = floor<microseconds>(system_clock::now());
        auto const outcome = flush(batch);
        REQUIRE(std::holds_alternative<stint::flush_done>(outcome));
        auto const& row = std::get<stint::flush_done>(outcome).returned[0];
        auto const  version_as_time = stint::timestamp{microseconds{std::get<std::int64_t>(row[0])}};
        CHECK(abs(version_as_time - start) < 5s);
        CHECK(abs(std::get<stint::timestamp>(row[1]) - start) < 5s);

        write_batch guarded;
        auto const  still = guarded.shape(
            {.action = row_action::require,
              .table = "documents",
              .key = {id},
              .conditions = {{seen, condition::test::later_than_clock}, {version, condition::test::later_than_clock}}});
        guarded.add(still, {number(1)});
        CHECK(refusals(flush(guarded)) == "changed 0 []");
        auto const far = stint::timestamp{sys_days{year{2200} / 1 / 1}};
        db().lend()->execute("UPDATE documents SET seen = :1, version = :2",
                             std::vector<value>{far, far.time_since_epoch().count()}, no_deadline);
        CHECK(refusals(flush(guarded)) == "done");
        CHECK(refusals(flush([] {
                  write_batch b;
                  b.add(b.shape({.action = row_action::forbid,
                                 .table = "documents",
                                 .key = {id},
                                 .conditions = {{seen, condition::test::later_than_clock}},
                                 .if_different = stint::reason{"bound"}}),
                        {number(1)});
                  return b;
              }())) == "bound 0 []");
    }

    TEST_CASE_FIXTURE(books_in_both_ways,
                      "a condition treats null as a value, and a null time is never later than the clock") {
        sql("INSERT INTO documents (id, version, quantity, processed) VALUES (1, 1, 100, " +
            std::string(is_postgresql() ? "false" : "0") + ")");
        auto const guard = [&](stint::condition condition, std::vector<value> operands) {
            write_batch batch;
            batch.add(
                batch.shape(
                    {.action = row_action::require, .table = "documents", .key = {id}, .conditions = {condition}}),
                {number(1)}, std::move(operands));
            return refusals(flush(batch));
        };
        CHECK(guard(is(stock), {stint::null}) == "done");
        CHECK(guard(is(stock), {number(1)}) == "changed 0 []");
        CHECK(guard({stock, condition::test::differs}, {number(1)}) == "done");
        CHECK(guard({stock, condition::test::differs}, {stint::null}) == "changed 0 []");
        CHECK(guard({seen, condition::test::later_than_clock}, {}) == "changed 0 []");
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "every refused row is reported, and nothing is written") {
        write_batch batch;
        auto const  update = batch.shape(update_stock());
        auto const  require = batch.shape(require_stock());
        auto const  remove = batch.shape(remove_stock());
        auto const  insert = batch.shape(insert_stock());
        auto const  insert_new = batch.shape(insert_new_stock());
        auto const  document = batch.shape(insert_document());
        batch.add(insert_new, {}, {}, {number(1), text("salt"), amount("7.00")});
        batch.add(document, {}, {}, {number(1), amount("15.60"), false, key_of_row{0}});
        batch.add(update, {number(1)}, {number(3)}, {amount("40.80")});
        batch.add(update, {number(2)}, {number(2)}, {amount("1.00")});
        batch.add(update, {number(7)}, {number(1)}, {amount("1.00")});
        batch.add(require, {number(1)}, {number(9)});
        batch.add(remove, {number(2)}, {number(8)});
        batch.add(insert, {number(1)}, {}, {number(1), text("oats"), amount("5.00")});
        CHECK(refusals(flush(batch)) ==
              "changed 3 [26.80, 3]; deleted 4 []; changed 5 [3]; changed 6 [3]; exists 7 ['flour', 3]");
        CHECK(stocks() == untouched);
        CHECK(ask("SELECT count(*) FROM documents") == "0");
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "a single set of updates reports every stale row, too") {
        write_batch batch;
        auto const  update = batch.shape(update_stock());
        batch.add(update, {number(2)}, {number(2)}, {amount("1.00")});
        batch.add(update, {number(1)}, {number(3)}, {amount("40.80")});
        batch.add(update, {number(0)}, {number(3)}, {amount("40.80")});
        CHECK(refusals(flush(batch)) == "changed 0 [26.80, 3]; deleted 2 []");
        CHECK(stocks() == untouched);
    }

    TEST_CASE_FIXTURE(books_in_both_ways,
                      "a refused row is not hidden by a constraint that its writing would have kept") {
        sql("CREATE UNIQUE INDEX one_name ON stocks (name)");
        write_batch batch;
        auto const  remove = batch.shape(remove_stock());
        auto const  insert = batch.shape(insert_stock());
        batch.add(remove, {number(1)}, {number(2)});
        batch.add(insert, {number(5)}, {}, {number(1), text("flour"), amount("5.00")});
        CHECK(refusals(flush(batch)) == "changed 0 [3]");
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "reasons are those of the shape") {
        write_batch batch;
        auto        shape = require_stock();
        shape.if_absent = stint::reason{"no such lock"};
        shape.if_different = stint::reason{"lock lost"};
        auto const require = batch.shape(shape);
        batch.add(require, {number(1)}, {number(1)});
        batch.add(require, {number(5)}, {number(1)});
        CHECK(refusals(flush(batch)) == "lock lost 0 [3]; no such lock 1 []");
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "two rows may speak of the same record") {
        write_batch batch;
        auto const  require = batch.shape(require_stock());
        auto const  update = batch.shape(update_stock());
        auto const  remove = batch.shape(remove_stock());
        auto const  insert = batch.shape(insert_stock());
        batch.add(require, {number(1)}, {number(3)});
        batch.add(update, {number(1)}, {number(3)}, {amount("40.80")});
        batch.add(remove, {number(2)}, {number(3)});
        batch.add(insert, {number(2)}, {}, {number(1), text("honey"), amount("9.00")});
        CHECK(refusals(flush(batch)) == "done");
        CHECK(stocks() == "1 flour 40.80 v4, 2 honey 9.00 v1");
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "a change that a trigger swallows is reported as that") {
        write_batch batch;
        SUBCASE("update") {
            swallow(*this, "UPDATE");
            auto const update = batch.shape(update_stock());
            batch.add(update, {number(1)}, {number(3)}, {amount("40.80")});
            batch.add(update, {number(2)}, {number(3)}, {amount("40.80")});
            CHECK(refusals(flush(batch)) == "suppressed 1 [26.80, 3]");
        }
        SUBCASE("delete") {
            swallow(*this, "DELETE");
            batch.add(batch.shape(remove_stock()), {number(2)}, {number(3)});
            CHECK(refusals(flush(batch)) == "suppressed 0 [3]");
        }
        SUBCASE("insert") {
            sql("DELETE FROM stocks WHERE id = 2");
            swallow(*this, "INSERT");
            batch.add(batch.shape(insert_stock()), {number(2)}, {}, {number(1), text("salt"), amount("1")});
            CHECK(refusals(flush(batch)) == "suppressed 0 []");
            CHECK(stocks() == "1 flour 56.40 v3");
            return;
        }
        CHECK(stocks() == untouched);
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "keys of applications and of the database live in one table") {
        write_batch batch;
        auto const  given = batch.shape(insert_stock());
        auto const  left = batch.shape(insert_new_stock());
        batch.add(left, {}, {}, {number(1), text("a"), amount("1")});
        batch.add(given, {number(6)}, {}, {number(1), text("b"), amount("1")});
        batch.add(left, {}, {}, {number(1), text("c"), amount("1")});
        auto const outcome = flush(batch);
        CHECK(returned(outcome) == std::string(is_postgresql() ? "3, 1; ; 4, 1" : "3, 1; ; 7, 1"));
        write_batch more;
        auto const  again = more.shape(insert_new_stock());
        for (int i = 0; i < 4; ++i) more.add(again, {}, {}, {number(1), text("d"), amount("1")});
        // A first try that met a taken key has used up some numbers.
        auto const numbers = !is_postgresql() ? "8, 1; 9, 1; 10, 1; 11, 1"
                             : is_portable()  ? "5, 1; 7, 1; 8, 1; 9, 1"
                                              : "7, 1; 8, 1; 9, 1; 10, 1";
        CHECK(returned(flush(more)) == std::string(numbers));
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "the database never gives a key twice, not even after a delete") {
        auto const insert = [&] {
            write_batch batch;
            batch.add(batch.shape(insert_new_stock()), {}, {}, {number(1), text("salt"), amount("7.00")});
            return returned(flush(batch));
        };
        CHECK(insert() == "3, 1");
        sql("DELETE FROM stocks WHERE id = 3");
        CHECK(insert() == "4, 1");
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "a key may have several columns") {
        sql(std::string(
            "CREATE TABLE places (shelf TEXT NOT NULL, slot BIGINT NOT NULL, id BIGINT, PRIMARY KEY (shelf, slot))"));
        stint::column const    shelf{"shelf", {data_type::text}}, slot{"slot", {data_type::integer}};
        stint::row_shape const insert{.action = row_action::insert,
                                      .table = "places",
                                      .key = {shelf, slot},
                                      .assignments = {{id}},
                                      .report = {id}};
        stint::row_shape const update{.action = row_action::update,
                                      .table = "places",
                                      .key = {shelf, slot},
                                      .conditions = {is(id)},
                                      .assignments = {{id}}};
        write_batch            made;
        made.add(made.shape(insert), {text("b"), number(1)}, {}, {stint::null});
        made.add(made.shape(insert), {text("a"), number(2)}, {}, {number(5)});
        CHECK(refusals(flush(made)) == "done");
        CHECK(refusals(flush(made)) == "exists 0 [null]; exists 1 [5]");

        write_batch changed;
        changed.add(changed.shape(update), {text("b"), number(1)}, {stint::null}, {number(6)});
        changed.add(changed.shape(update), {text("b"), number(2)}, {stint::null}, {number(6)});
        changed.add(changed.shape(update), {text("a"), number(2)}, {stint::null}, {number(6)});
        CHECK(refusals(flush(changed)) == "deleted 1 []; changed 2 []");
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "a row can be inserted and completed later in the same batch") {
        write_batch batch;
        batch.add(batch.shape(insert_stock()), {number(7)}, {}, {number(1), text("rye"), amount("1")});
        batch.add(batch.shape(update_stock()), {number(7)}, {number(1)}, {amount("2")});
        CHECK(returned(flush(batch)) == "; 2");
        write_batch replaced;
        replaced.add(replaced.shape(remove_stock()), {number(7)}, {number(2)});
        replaced.add(replaced.shape(insert_stock()), {number(7)}, {}, {number(5), text("rye"), amount("1")});
        replaced.add(replaced.shape(update_stock()), {number(7)}, {number(5)}, {amount("3")});
        CHECK(returned(flush(replaced)) == "; ; 6");
    }

    TEST_CASE_FIXTURE(books_in_both_ways,
                      "an error in the middle rolls everything back and leaves the connection in order") {
        write_batch batch;
        auto const  update = batch.shape(update_stock());
        auto const  document = batch.shape(insert_document());
        batch.add(update, {number(1)}, {number(3)}, {amount("40.80")});
        batch.add(document, {}, {}, {number(1), amount("15.60"), false, number(99)});
        auto const connection = db().lend();
        CHECK_THROWS_AS(connection->flush_portably(batch, no_deadline), stint::constraint_violation);
        CHECK(connection->is_clean());
        CHECK(selected(*connection, {.table = "stocks", .columns = {quantity}, .where = {{id, {}, {number(1)}}}}) ==
              "56.40");
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "a value that does not fit its column is refused before it is written") {
        write_batch batch;
        batch.add(batch.shape(update_stock()), {number(1)}, {number(3)}, {amount("40.805")});
        CHECK_THROWS_WITH_AS(
            flush(batch), "stocks.quantity of 1 has more than 2 decimals: nothing was written; give it another value",
            stint::value_error);
        write_batch mistyped;
        mistyped.add(mistyped.shape(update_stock()), {number(1)}, {number(3)}, {text("many")});
        CHECK_THROWS_AS(flush(mistyped), stint::usage_error);
        CHECK(stocks() == untouched);
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "a flush whose deadline has passed does nothing") {
        write_batch batch;
        batch.add(batch.shape(update_stock()), {number(1)}, {number(3)}, {amount("40.80")});
        auto const connection = db().lend();
        CHECK_THROWS_AS(connection->flush(batch, stint::deadline::after({})), stint::deadline_exceeded);
        CHECK(connection->is_clean());
        CHECK(refusals(connection->flush(batch, stint::deadline::after(std::chrono::seconds{20}))) == "done");
    }

    TEST_CASE_FIXTURE(books_in_both_ways,
                      "what a flush costs is known: the trips of updates and guards" * of_a_session) {
        write_batch first;  // learns of the table
        first.add(first.shape(insert_stock()), {number(9)}, {}, {number(3), text("rye"), amount("1")});
        REQUIRE(refusals(flush(first)) == "done");

        write_batch updates;
        auto const  update = updates.shape(update_stock());
        updates.add(update, {number(1)}, {number(3)}, {amount("1.00")});
        updates.add(update, {number(2)}, {number(3)}, {amount("1.00")});

        auto const before = db().counters();
        REQUIRE(refusals(flush(updates)) == "done");
        auto const cost = db().counters() - before;
        CHECK(cost.statements == 4);
        CHECK(cost.rows_written == 2);
        CHECK(cost.rows_read == 2);
        bool const one_by_one = is_portable() && is_postgresql();
        CHECK(cost.prepared == 1);
        CHECK(cost.round_trips == (one_by_one ? 4 : is_postgresql() ? 1 : 0));
        CHECK(cost.connections == 0);

        write_batch guarded;
        guarded.add(guarded.shape(require_stock()), {number(2)}, {number(4)});
        guarded.add(guarded.shape(update_stock()), {number(1)}, {number(4)}, {amount("2.00")});
        auto const second = db().counters();
        REQUIRE(refusals(flush(guarded)) == "done");
        auto const guarding = db().counters() - second;
        CHECK(guarding.statements == (one_by_one ? 5 : is_postgresql() ? 6 : 4));
        if (!one_by_one) CHECK(guarding.round_trips == (is_postgresql() ? 1 : 0));
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "tables are dropped whatever refers to what") {
        auto const connection = db().lend();
        sql("INSERT INTO documents (id, version, quantity, processed, stock) VALUES (1, 1, 1, " +
            std::string(is_postgresql() ? "true" : "1") + ", 1)");
        for (int i = 0; i < 2; ++i) {
            std::vector<stint::table_definition> const parents_first{definitions[1], definitions[0]};
            for (auto const& statement : db().kind().drop_tables(parents_first))
                connection->execute(statement, no_deadline);
        }
        CHECK_THROWS_AS(selected(*connection, {.table = "stocks", .columns = {id}}), stint::schema_error);
    }
}
