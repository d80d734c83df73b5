#include <chrono>
#include <cstdint>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <stint/transaction.hpp>

#include "../support/numbered.hpp"
#include "../support/of_a_session.hpp"
#include "tables.hpp"

// New rows whose keys the database gives, in one pipeline: which row has which key, and what becomes of a key that is
// taken.

using namespace tables;
using namespace std::chrono_literals;
using stint::key_of_row;
using stint::write_batch;

namespace {

class new_keys : public books {
public:
    stint::flush_outcome flush(write_batch const& batch) { return db().lend()->flush(batch, no_deadline); }

    /// How it ended: "done", the refusals, or "23505 stocks one_name".
    std::string told(write_batch const& batch) {
        try {
            return refusals(flush(batch));
        } catch (stint::constraint_violation const& e) {
            CHECK(db().lend()->is_clean());
            return e.code() + ' ' + e.report().table + ' ' + e.report().constraint;
        }
    }

    template <typename Work>
    std::uint64_t trips_of(Work const& work) {
        auto const before = db().counters();
        work();
        return (db().counters() - before).round_trips;
    }

    /// Stock 3, which the sequence is going to give.
    void take_next_key() { sql("INSERT INTO stocks (id, version, name, quantity) VALUES (3, 1, 'taken', 1)"); }

    void wait_for_a_lock() {
        while (ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = "
                   "current_database()") == "0")
            std::this_thread::sleep_for(1ms);
    }

    void number_by_trigger(std::string const& number) {
        sql("CREATE FUNCTION number_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.id = " + number +
            "; RETURN NEW; END'");
        sql("CREATE TRIGGER number_it BEFORE INSERT ON stocks FOR EACH ROW EXECUTE FUNCTION number_it()");
    }

    /// How many of these new stocks have the key that was answered for them.
    int matched(write_batch const& batch, stint::flush_outcome const& outcome) {
        auto const& rows = std::get<stint::flush_done>(outcome).returned;
        int         count = 0;
        for (std::size_t i = 0; i < batch.size(); ++i)
            count += ask("SELECT name FROM stocks WHERE id = " + to_string(rows[i].front())) ==
                     std::get<std::string>(batch[i].assignments[1]);
        return count;
    }
};

/// Named "new 0", "new 1", ...; of their keys alone, or of keys and versions they are told.
write_batch add_stocks(int count, std::vector<stint::column> const& returning = {id}) {
    write_batch batch;
    auto        shape = insert_new_stock();
    shape.returning = returning;
    auto const insert = batch.shape(shape);
    for (int i = 0; i < count; ++i) batch.add(insert, {}, {}, {number(1), text(numbered("new ", i)), amount("1")});
    return batch;
}

write_batch with_documents(write_batch batch) {
    auto const count = batch.size();
    auto const document = batch.shape(insert_document());
    for (std::size_t i = 0; i < count; ++i)
        batch.add(document, {}, {}, {number(1), amount("1"), value{false}, key_of_row{i}});
    return batch;
}

}  // namespace

TEST_SUITE("core: keys that the database gives") {
    TEST_CASE_FIXTURE(new_keys, "a set takes its keys from where a single row takes them") {
        sql("CREATE TABLE boxes (id bigserial PRIMARY KEY, version bigint, name text, quantity numeric(12, 2))");
        sql("CREATE SEQUENCE numbers START 1000");
        sql("ALTER TABLE boxes ALTER id SET DEFAULT nextval('numbers')");
        for (int const count : {1, 20}) {
            write_batch batch;
            auto        shape = insert_new_stock();
            shape.table = "boxes";
            auto const insert = batch.shape(shape);
            for (int i = 0; i < count; ++i) batch.add(insert, {}, {}, {number(1), text("box"), amount("1")});
            CHECK(told(batch) == "done");
        }
        CHECK(ask("SELECT min(id) || ' ' || max(id) FROM boxes") == "1000 1020");
    }

    TEST_CASE_FIXTURE(new_keys, "who may not give keys inserts sets as well as single rows" * of_a_session) {
        if (ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") != "true") {
            MESSAGE("skipped: making a role needs a superuser");
            return;
        }
        auto const connection = db().lend();
        sql("DROP ROLE IF EXISTS stint_no_keys");
        sql("CREATE ROLE stint_no_keys");
        sql("GRANT USAGE ON SCHEMA " + ask("SELECT current_schema()") + " TO stint_no_keys");
        sql("SELECT setval(pg_get_serial_sequence('stocks', 'id'), 2)");  // stepping over taken keys takes more rights
        sql("GRANT SELECT, INSERT (version, name, quantity) ON stocks TO stint_no_keys");
        connection->execute("SET SESSION ROLE stint_no_keys", no_deadline);
        CHECK(refusals(connection->flush(add_stocks(1), no_deadline)) == "done");
        CHECK(refusals(connection->flush(add_stocks(20), no_deadline)) == "done");
        connection->execute("RESET ROLE", no_deadline);
        CHECK(ask("SELECT count(*) FROM stocks WHERE name LIKE 'new %'") == "21");
        sql("DROP OWNED BY stint_no_keys");
        sql("DROP ROLE stint_no_keys");
    }

    TEST_CASE_FIXTURE(new_keys, "every new row is told its own key, whichever way the keys are counted") {
        for (std::string const step : {"1", "-1", "7"}) {
            sql("ALTER TABLE stocks ALTER id SET INCREMENT " + step + " SET MINVALUE -100000");
            for (int const count : {1, 7, 8, 300}) {
                for (auto const& returning : {std::vector{id}, std::vector{id, version, name}}) {
                    CAPTURE(step);
                    CAPTURE(count);
                    sql("DELETE FROM stocks WHERE id > 2 OR id < 0");
                    sql("SELECT setval(pg_get_serial_sequence('stocks', 'id'), " +
                        std::string(step == "-1" ? "-2" : "20") + ")");
                    auto const batch = add_stocks(count, returning);
                    CHECK(matched(batch, flush(batch)) == count);
                }
            }
        }
    }

    TEST_CASE_FIXTURE(new_keys, "keys that a trigger deals out among the rows of a set are told as they came to be") {
        number_by_trigger("29 - NEW.id");
        for (auto const& returning : {std::vector{id}, std::vector{id, version}}) {
            sql("DELETE FROM stocks");
            sql("ALTER SEQUENCE stocks_id_seq RESTART WITH 5");  // 5 to 24 become 24 to 5
            auto const batch = add_stocks(20, returning);
            CHECK(matched(batch, flush(batch)) == 20);
        }
    }

    TEST_CASE_FIXTURE(new_keys, "rows of which nothing is given are as many as were asked for") {
        sql("CREATE TABLE ticks (id bigint GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY, version bigint DEFAULT 0)");
        stint::row_shape shape{
            .action = row_action::insert, .table = "ticks", .key = {id}, .key_given = false, .returning = {id}};
        auto const add = [&](int count) {
            write_batch batch;
            for (int i = 0; i < count; ++i) batch.add(batch.shape(shape), {});
            return refusals(flush(batch));
        };
        CHECK(add(7) == "done");
        CHECK(add(20) == "done");
        shape.assignments = {{version, stint::assignment::source::next_version}};
        shape.returning = {id, version};
        CHECK(add(7) == "done");
        CHECK(add(20) == "done");
        CHECK(ask("SELECT count(*) || ' ' || sum(version) FROM ticks") == "54 27");
    }

    TEST_CASE_FIXTURE(new_keys, "references reach over statements, sets and single rows alike") {
        sql("ALTER TABLE stocks ADD COLUMN parent bigint REFERENCES stocks");
        stint::column const parent{"parent", {data_type::integer}};
        auto                linked = insert_new_stock();
        linked.assignments.push_back({parent});
        for (int const count : {3, 20, 4500}) {
            CAPTURE(count);
            sql("TRUNCATE documents, stocks RESTART IDENTITY");
            auto       batch = add_stocks(3);
            auto const link = batch.shape(linked);
            value      before = key_of_row{1};
            for (int i = 0; i < count; ++i)
                before = key_of_row{batch.add(link, {}, {}, {number(1), text("link"), amount("1"), before})};
            batch = with_documents(std::move(batch));
            flush(with_documents(add_stocks(20)));  // learns of the tables
            CHECK(trips_of([&] { CHECK(told(batch) == "done"); }) == 1);
            CHECK(
                ask("WITH RECURSIVE chain AS (SELECT id, 0 AS depth FROM stocks WHERE name = 'new 1' AND id > 20 UNION "
                    "ALL SELECT s.id, depth + 1 FROM stocks s JOIN chain ON parent = chain.id) SELECT max(depth) FROM "
                    "chain") == std::to_string(count));
            CHECK(ask("SELECT count(DISTINCT stock) FROM documents WHERE stock > 20") == std::to_string(count + 3));
            CHECK(ask("SELECT count(*) FROM documents d JOIN stocks s ON stock = s.id WHERE stock > 20 AND "
                      "d.id - s.id <> (SELECT min(id) FROM documents WHERE stock > 20) - 21") == "0");
        }
    }

    TEST_CASE_FIXTURE(new_keys, "a key that a sequence gives although it is taken is stepped over") {
        for (int const count : {1, 7, 8, 50}) {
            CAPTURE(count);
            sql("TRUNCATE documents, stocks RESTART IDENTITY");
            sql("INSERT INTO stocks (id, version, name, quantity) VALUES (1, 1, 'taken', 1), (4, 1, 'taken', 1)");
            auto const outcome = flush(with_documents(add_stocks(count)));
            REQUIRE(refusals(outcome) == "done");
            CHECK(matched(add_stocks(count), outcome) == count);
            CHECK(ask("SELECT count(*) FROM documents JOIN stocks ON stock = stocks.id WHERE name LIKE 'new%'") ==
                  std::to_string(count));
        }
    }

    TEST_CASE_FIXTURE(new_keys, "where a sequence is behind, rows that are refused are told all the same") {
        take_next_key();
        for (int const count : {1, 20}) {
            auto       batch = with_documents(add_stocks(count));
            auto const first = batch.size();
            auto const given = batch.shape(insert_stock());
            for (int const key : {1, 99, 2}) batch.add(given, {number(key)}, {}, {number(1), text("x"), amount("1")});
            CHECK(told(batch) == "exists " + std::to_string(first) + " ['flour', 3]; exists " +
                                     std::to_string(first + 2) + " ['sugar', 3]");
            CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3, 3 taken 1.00 v1");
            sql("ALTER SEQUENCE stocks_id_seq RESTART WITH 3");
        }
    }

    TEST_CASE_FIXTURE(new_keys, "a rule of another column is told as that, without a second try") {
        sql("CREATE UNIQUE INDEX one_name ON stocks (name)");
        sql("INSERT INTO stocks (id, version, name, quantity) VALUES (1000, 1, 'new 0', 1)");
        for (int const count : {1, 7, 8, 50}) {
            CAPTURE(count);
            auto const batch = with_documents(add_stocks(count));
            told(batch);  // learns of the tables
            // What was sent, the ROLLBACK, and the questions what the index is of and which columns the rule names.
            CHECK(trips_of([&] { CHECK(told(batch) == "23505 stocks one_name"); }) == 4);
        }
        CHECK(ask("SELECT count(*) FROM stocks") == "3");
    }

    TEST_CASE_FIXTURE(new_keys, "a rule that is checked at COMMIT is told as that") {
        sql("ALTER TABLE stocks ADD CONSTRAINT one_name UNIQUE (name) DEFERRABLE INITIALLY DEFERRED");
        sql("INSERT INTO stocks (id, version, name, quantity) VALUES (1000, 1, 'new 0', 1)");
        for (int const count : {1, 50}) CHECK(told(add_stocks(count)) == "23505 stocks one_name");
        CHECK(ask("SELECT count(*) FROM stocks") == "3");
    }

    TEST_CASE_FIXTURE(new_keys, "a taken key of another table, into which a trigger writes, is told with that table") {
        sql("CREATE TABLE journal (id bigint PRIMARY KEY)");
        sql("INSERT INTO journal VALUES (7)");
        sql("CREATE FUNCTION note_it() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN INSERT INTO journal VALUES (7); RETURN NEW; END'");
        sql("CREATE TRIGGER note_it AFTER INSERT ON stocks FOR EACH ROW EXECUTE FUNCTION note_it()");
        for (int const count : {1, 20}) CHECK(told(add_stocks(count)) == "23505 journal journal_pkey");
    }

    TEST_CASE_FIXTURE(new_keys, "a violation that a trigger makes up is told as it says") {
        sql("CREATE FUNCTION complain() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN RAISE unique_violation USING CONSTRAINT = ''one of a kind''; END'");
        sql("CREATE TRIGGER complain BEFORE INSERT ON stocks FOR EACH ROW EXECUTE FUNCTION complain()");
        for (int const count : {1, 20}) CHECK(told(add_stocks(count)) == "23505 stocks one of a kind");
    }

    TEST_CASE_FIXTURE(new_keys, "a trigger that swallows new rows is reported as that") {
        sql("CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
        sql("CREATE TRIGGER swallow BEFORE INSERT ON stocks FOR EACH ROW WHEN (NEW.name = 'new 0') "
            "EXECUTE FUNCTION swallow()");
        for (int const count : {1, 20}) {
            CHECK(told(add_stocks(count)) == "suppressed 0 []");
            CHECK(told(with_documents(add_stocks(count))) == "suppressed 0 []");
        }
    }

    TEST_CASE_FIXTURE(new_keys, "a key that another one takes at the same time is waited for") {
        stint::database elsewhere{url()};
        auto const      other = elsewhere.lend();
        for (int const count : {1, 20}) {
            for (bool const commits : {false, true}) {
                CAPTURE(count);
                CAPTURE(commits);
                sql("TRUNCATE documents, stocks RESTART IDENTITY");
                stint::transaction held{*other};
                other->execute("INSERT INTO stocks (id, version, name, quantity) VALUES (1, 1, 'theirs', 1)",
                               no_deadline);
                auto const batch = add_stocks(count);
                auto       mine = std::async(std::launch::async, [&] { return flush(batch); });
                wait_for_a_lock();
                commits ? held.commit() : held.rollback();
                auto const outcome = mine.get();
                CHECK(refusals(outcome) == "done");
                CHECK(matched(batch, outcome) == count);
                CHECK(ask("SELECT count(*) FROM stocks") == std::to_string(count + (commits ? 1 : 0)));
            }
        }
    }

    TEST_CASE_FIXTURE(new_keys, "a key that was taken and is free again by the second try is simply given") {
        sql("INSERT INTO stocks (id, version, name, quantity) VALUES (3, 1, 'taken', 1), (4, 1, 'taken', 1)");
        sql("CREATE SEQUENCE tries");
        sql("CREATE FUNCTION wait_at_second() RETURNS trigger LANGUAGE plpgsql AS "
            "'BEGIN IF nextval(''tries'') = 2 THEN PERFORM pg_advisory_xact_lock(1); END IF; RETURN NEW; END'");
        sql("CREATE TRIGGER wait_at_second BEFORE INSERT ON stocks FOR EACH ROW EXECUTE FUNCTION wait_at_second()");
        stint::database    elsewhere{url()};
        auto const         other = elsewhere.lend();
        stint::transaction held{*other};
        other->execute("SELECT pg_advisory_xact_lock(1)", no_deadline);

        auto mine = std::async(std::launch::async, [&] { return flush(add_stocks(1)); });
        wait_for_a_lock();
        other->execute("DELETE FROM stocks WHERE id = 4", no_deadline);
        held.commit();
        CHECK(returned(mine.get()) == "4");
        CHECK(ask("SELECT name FROM stocks WHERE id = 4") == "new 0");
    }
}
