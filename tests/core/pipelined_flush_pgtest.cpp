#include <atomic>
#include <chrono>
#include <fstream>
#include <future>
#include <map>
#include <random>
#include <thread>

#include <doctest/doctest.h>

#include <stint/transaction.hpp>

#include "../support/foreign_heap.hpp"
#include "../support/if_optimised.hpp"
#include "../support/numbered.hpp"
#include "../support/withheld_answers.hpp"
#include "tables.hpp"

// What a flush on PostgreSQL promises beyond the answers, which flush_enginetest.cpp tests for every engine.

using namespace tables;
using namespace std::chrono_literals;
using stint::constraint_violation;
using stint::key_of_row;
using stint::row_lock;
using stint::write_batch;

namespace {

class pipelined : public books {
public:
    stint::flush_outcome flush(write_batch const& batch) { return db().lend()->flush(batch, no_deadline); }

    /// Stocks 1 to count, version 3.
    void stock_up(int count) {
        sql("TRUNCATE stocks, documents RESTART IDENTITY");
        sql(numbered(
                "INSERT INTO stocks (version, name, quantity) SELECT 3, 'stock ' || n, 100 FROM generate_series(1, ",
                count) +
            ") AS n");
        sql("ANALYZE stocks");
    }

    template <typename Work>
    stint::counters cost_of(Work const& work) {
        auto const before = db().counters();
        work();
        return db().counters() - before;
    }

    std::string quantities() { return ask("SELECT count(*) || ' of ' || quantity FROM stocks GROUP BY quantity"); }
};

write_batch update_all(int count) {
    write_batch batch;
    auto const  update = batch.shape(update_stock());
    for (int i = count; i > 0; --i) batch.add(update, {number(i)}, {number(3)}, {amount("40.80")});
    return batch;
}

/// New stocks, each with a new document, and updates and guards of all that are there.
write_batch of_three_kinds(int count) {
    write_batch              batch;
    auto const               insert = batch.shape(insert_new_stock());
    auto const               document = batch.shape(insert_document());
    auto const               update = batch.shape(update_stock());
    auto const               require = batch.shape(require_stock());
    std::vector<std::size_t> fresh;
    for (int i = 1; i <= count; ++i) {
        if (i % 2 == 0) batch.add(require, {number(i)}, {number(3)});
    }
    for (int i = 0; i < count; ++i)
        fresh.push_back(batch.add(insert, {}, {}, {number(1), text("new"), amount("7.00")}));
    for (auto const row : fresh)
        batch.add(document, {}, {}, {number(1), amount("1.00"), value{false}, value{key_of_row{row}}});
    for (int i = 1; i <= count; i += 2) batch.add(update, {number(i)}, {number(3)}, {amount("40.80")});
    return batch;
}

/// The most that this process has had since the last call; in bytes. Sanitizers have a memory of their own.
std::size_t peak_memory() {
    std::ifstream status("/proc/self/status");
    for (std::string line; std::getline(status, line);)
        if (line.starts_with("VmHWM:")) {
            std::ofstream("/proc/self/clear_refs") << "5";
            return 1024 * std::stoul(line.substr(6));
        }
    return 0;
}

std::string constraint_of(stint::database_error const& e) {
    return e.code() + ' ' + e.report().table + ' ' + e.report().constraint;
}

}  // namespace

TEST_SUITE("core: flush in one pipeline") {
    TEST_CASE_FIXTURE(pipelined, "a flush of any size and any kinds of rows is one round trip, a refused one two") {
        for (int const count : {1, 2, 7, 8, 9, 1000}) {
            CAPTURE(count);
            stock_up(count);
            flush(of_three_kinds(count));  // learns of the tables
            stock_up(count);
            auto const cost = cost_of([&] { CHECK(refusals(flush(of_three_kinds(count))) == "done"); });
            CHECK(cost.round_trips == 1);
            CHECK(cost.prepared == 0);
            CHECK(ask("SELECT count(*) FROM documents JOIN stocks ON stock = stocks.id WHERE name = 'new'") ==
                  std::to_string(count));

            auto const refused = cost_of([&] { CHECK(refusals(flush(of_three_kinds(count))) != "done"); });
            CHECK(refused.round_trips == 2);
            CHECK(ask("SELECT count(*) FROM documents") == std::to_string(count));
        }
    }

    TEST_CASE_FIXTURE(pipelined, "a conflict in ten thousand names exactly the stale rows") {
        stock_up(10'000);
        sql("UPDATE stocks SET version = 4 WHERE id IN (17, 5000)");
        sql("DELETE FROM stocks WHERE id = 9999");
        auto const expected = [](std::string const& reason, int stock, std::string const& found) {
            return reason + ' ' + std::to_string(10'000 - stock) + " [" + found + ']';
        };
        CHECK(refusals(flush(update_all(10'000))) == expected("deleted", 9999, "") + "; " +
                                                         expected("changed", 5000, "100.00, 4") + "; " +
                                                         expected("changed", 17, "100.00, 4"));
        CHECK(quantities() == "9999 of 100.00");
    }

    TEST_CASE_FIXTURE(pipelined, "two hundred thousand rows pass through, with less memory than they take themselves") {
        constexpr int count = 200'000;
        stock_up(count);
        auto const batch = update_all(count);
        flush(update_all(8));  // learns of the table
        sql("UPDATE stocks SET version = 3 WHERE version <> 3");
        peak_memory();
        auto const before = peak_memory();
        auto const cost = cost_of([&] { CHECK(std::holds_alternative<stint::flush_done>(flush(batch))); });
        // What it returns, a version a row, is part of it.
        auto const bytes = sizeof(value) * 4 * count;
        if (ON_A_FOREIGN_HEAP == 0) CHECK(peak_memory() - before < bytes * 3 / 2);
        CHECK(cost.round_trips == 1);
        CHECK(quantities() == "200000 of 40.80");
    }

    TEST_CASE_FIXTURE(pipelined, "guards in a batch of thousands name exactly what is stale, under the lock") {
        stock_up(5000);
        sql("UPDATE stocks SET version = 4 WHERE id IN (2, 4000)");
        auto batch = of_three_kinds(5000);
        CHECK(refusals(flush(batch)) == "changed 0 [4]; changed 1999 [4]");
    }

    TEST_CASE_FIXTURE(pipelined, "an error in the middle names its table and constraint, and is no conflict") {
        stock_up(1000);
        sql("ALTER TABLE stocks ADD CONSTRAINT not_too_much CHECK (quantity < 1000)");
        sql("ALTER TABLE stocks ADD CONSTRAINT one_name UNIQUE (name)");
        sql("ALTER TABLE stocks ALTER name TYPE varchar(20)");
        sql("INSERT INTO documents (version, quantity, processed, stock) VALUES (1, 1, false, 700)");
        sql("ALTER TABLE documents DROP CONSTRAINT documents_stock_fkey");
        sql("ALTER TABLE documents ADD CONSTRAINT of_a_stock FOREIGN KEY (stock) REFERENCES stocks "
            "DEFERRABLE INITIALLY DEFERRED");
        auto const told = [&](write_batch const& batch) -> std::string {
            try {
                return refusals(flush(batch));
            } catch (stint::database_error const& e) {
                CHECK(db().lend()->is_clean());
                return constraint_of(e);
            } catch (stint::value_error const& e) {
                CHECK(db().lend()->is_clean());
                return e.subject().table + ' ' + e.subject().key + ' ' + e.subject().columns.front();
            }
        };
        auto const with_one = [&](auto const& add) {
            auto batch = update_all(500);
            add(batch);
            auto const update = batch.shape(update_stock());
            for (int i = 501; i <= 1000; ++i)
                if (i != 700) batch.add(update, {number(i)}, {number(3)}, {amount("40.80")});
            return batch;
        };
        CHECK(told(with_one([](auto& b) {
                  b.add(b.shape(update_stock()), {number(700)}, {number(3)}, {amount("5000")});
              })) == "23514 stocks not_too_much");
        auto const named = [](auto& b, std::string const& name) {
            auto shape = update_stock();
            shape.assignments = {{tables::name}};
            b.add(b.shape(shape), {number(700)}, {number(3)}, {text(name)});
        };
        CHECK(told(with_one([&](auto& b) { named(b, "stock 1"); })) == "23505 stocks one_name");
        CHECK(told(with_one([&](auto& b) { named(b, std::string(30, 'x')); })) == "stocks 700 name");
        CHECK(told(with_one([](auto& b) { b.add(b.shape(remove_stock()), {number(700)}, {number(3)}); })) ==
              "23503 documents of_a_stock");  // at COMMIT
        CHECK(quantities() == "1000 of 100.00");
    }

    TEST_CASE_FIXTURE(pipelined, "a trigger that swallows one of many changes is reported as that") {
        stock_up(100);
        sql("CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
        sql("CREATE TRIGGER swallow BEFORE UPDATE ON stocks FOR EACH ROW WHEN (OLD.id = 42) EXECUTE FUNCTION swallow()");
        CHECK(refusals(flush(update_all(100))) == "suppressed 58 [100.00, 3]");
        CHECK(quantities() == "100 of 100.00");
    }

    TEST_CASE_FIXTURE(pipelined, "statements stay prepared through changes of the tables and of the session") {
        stock_up(20);
        auto const again = [&](std::string const& change) {
            if (!change.empty()) sql(change);
            for (int const count : {1, 20}) {
                sql("UPDATE stocks SET version = 3, quantity = 1");
                CHECK(refusals(flush(update_all(count))) == "done");
            }
            sql("UPDATE stocks SET version = 4, quantity = 1");
            CHECK(refusals(flush(update_all(20))).starts_with("changed 0 [1.00, 4]; changed 1 [1.00, 4]"));
            sql("UPDATE stocks SET version = 3, quantity = 1");
            return cost_of([&] { CHECK(refusals(flush(update_all(20))) == "done"); });
        };
        CHECK(again("").prepared == 0);
        CHECK(again("ALTER TABLE stocks ADD COLUMN colour text").prepared == 0);
        again("ALTER TABLE stocks ALTER version TYPE integer");
        again("ALTER TABLE stocks ALTER version TYPE numeric(12)");
        auto const schema = ask("SELECT current_schema()");
        sql("DISCARD ALL");
        CHECK(again("SET search_path = " + schema).round_trips == 1);
        again("ALTER TABLE stocks ALTER version TYPE bigint");
        CHECK(again("").prepared == 0);
    }

    TEST_CASE_FIXTURE(pipelined,
                      "statements of more shapes than are kept go one for one, and the server forgets them") {
        auto const connection = db().lend();
        auto const flush_with = [&](int i) {
            auto shape = update_stock();
            shape.if_absent = stint::reason{"gone"};
            shape.report.assign(static_cast<std::size_t>(i), version);
            write_batch batch;
            batch.add(batch.shape(shape), {number(1)}, {number(3 + i)}, {amount("1")});
            CHECK(refusals(connection->flush(batch, no_deadline)) == "done");
        };
        for (int i = 0; i < 300; ++i) flush_with(i);
        std::string kept;
        connection->query(
            "SELECT count(*) FROM pg_prepared_statements", {}, std::vector<stint::column_type>{{}},
            [&](auto row) { kept = to_string(row[0]); }, no_deadline);
        CHECK(std::stoi(kept) < 220);
    }

    TEST_CASE_FIXTURE(pipelined, "new rows may refer to each other in any depth, in one statement") {
        stock_up(2);
        sql("ALTER TABLE stocks ADD COLUMN parent bigint REFERENCES stocks");
        stint::column const parent{"parent", {data_type::integer}};
        auto                shape = insert_new_stock();
        shape.assignments.push_back({parent});
        write_batch batch;
        auto const  insert = batch.shape(shape);
        value       before{stint::null};
        for (int i = 0; i < 50; ++i)
            before = key_of_row{batch.add(insert, {}, {}, {number(1), text("link"), amount("1"), before})};
        CHECK(returned(flush(batch)).starts_with("3, 1; 4, 1; "));
        auto const cost = cost_of([&] { CHECK(refusals(flush(batch)) == "done"); });
        CHECK(cost.round_trips == 1);
        CHECK(
            ask("WITH RECURSIVE chain AS (SELECT id, 1 AS depth FROM stocks WHERE name = 'link' AND parent IS NULL UNION "
                "ALL SELECT s.id, depth + 1 FROM stocks s JOIN chain ON parent = chain.id) SELECT max(depth) FROM "
                "chain") == "50");
    }

    TEST_CASE_FIXTURE(pipelined, "keys come from wherever the table's default takes them") {
        auto const one_with_a_child = [&] {
            write_batch batch;
            auto const  row = batch.add(batch.shape(insert_new_stock()), {}, {}, {number(1), text("x"), amount("1")});
            batch.add(batch.shape(insert_document()), {}, {}, {number(1), amount("1"), value{false}, key_of_row{row}});
            REQUIRE(refusals(flush(batch)) == "done");
            return ask("SELECT stock FROM documents ORDER BY id DESC LIMIT 1");
        };
        CHECK(one_with_a_child() == "3");
        sql("ALTER TABLE stocks ALTER id SET GENERATED ALWAYS");
        CHECK(one_with_a_child() == "4");
        sql("ALTER TABLE stocks ALTER id DROP IDENTITY");
        sql("CREATE SEQUENCE numbers START 100");
        sql("CREATE FUNCTION next_number() RETURNS bigint LANGUAGE sql AS 'SELECT nextval(''numbers'')'");
        sql("ALTER TABLE stocks ALTER id SET DEFAULT next_number()");
        CHECK(one_with_a_child() == "100");
        sql("ALTER TABLE stocks ALTER id DROP DEFAULT");
        sql("CREATE FUNCTION number_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.id = 500; RETURN NEW; END'");
        sql("CREATE TRIGGER number_it BEFORE INSERT ON stocks FOR EACH ROW EXECUTE FUNCTION number_it()");
        CHECK(one_with_a_child() == "500");
    }

    TEST_CASE_FIXTURE(pipelined, "a key that a trigger exchanges is the one that is returned") {
        sql("CREATE FUNCTION number_it() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN NEW.id = 500; RETURN NEW; END'");
        sql("CREATE TRIGGER number_it BEFORE INSERT ON stocks FOR EACH ROW EXECUTE FUNCTION number_it()");
        write_batch batch;
        auto const  row = batch.add(batch.shape(insert_new_stock()), {}, {}, {number(1), text("x"), amount("1")});
        batch.add(batch.shape(insert_document()), {}, {}, {number(1), amount("1"), value{false}, key_of_row{row}});
        CHECK(returned(flush(batch)) == "500, 1; 1");
    }

    TEST_CASE_FIXTURE(pipelined, "texts, nulls and numbers of every kind pass through arrays unharmed") {
        auto shape = insert_document();
        shape.assignments = {{version}, {quantity}, {processed}, {ratio}, {seen}, {stock}};
        shape.returning = {id, quantity, processed, ratio, seen, stock};
        write_batch                    batch;
        auto const                     document = batch.shape(shape);
        auto const                     stocks = batch.shape(insert_stock());
        std::vector<std::string> const names{"",           "NULL",        "null",      "a,b", "{}",
                                             "\"quoted\"", "back\\slash", "new\nline", "Zoë", " space "};
        for (std::size_t i = 0; i < names.size(); ++i)
            batch.add(stocks, {number(static_cast<std::int64_t>(100 + i))}, {},
                      {number(1), text(names[i]), amount("-0.01")});
        for (int i = 0; i < 10; ++i)
            batch.add(document, {}, {},
                      {number(1), amount("9999999999999999.99"), value{i % 2 == 0},
                       i % 3 == 0 ? value{stint::null} : value{0.1},
                       i % 2 == 0 ? value{stint::null} : value{stint::timestamp{std::chrono::microseconds{-1}}},
                       stint::null});
        auto const outcome = flush(batch);
        for (std::size_t i = 0; i < names.size(); ++i)
            CHECK(ask(numbered("SELECT name FROM stocks WHERE id = ", 100 + static_cast<int>(i))) == names[i]);
        CHECK(
            returned(outcome).ends_with("2, 9999999999999999.99, false, 0.1, 1969-12-31T23:59:59.999999Z, null; "
                                        "3, 9999999999999999.99, true, 0.1, null, null; 4, 9999999999999999.99, false, "
                                        "null, 1969-12-31T23:59:59.999999Z, null; 5, 9999999999999999.99, true, 0.1, "
                                        "null, null; 6, 9999999999999999.99, false, 0.1, "
                                        "1969-12-31T23:59:59.999999Z, null; 7, 9999999999999999.99, true, null, null, "
                                        "null; 8, 9999999999999999.99, false, 0.1, 1969-12-31T23:59:59.999999Z, null; "
                                        "9, 9999999999999999.99, true, 0.1, null, null; 10, 9999999999999999.99, "
                                        "false, null, 1969-12-31T23:59:59.999999Z, null"));
    }

    TEST_CASE_FIXTURE(pipelined, "a flush that waits past its deadline is stopped, and the connection goes on") {
        stint::database elsewhere{url()};
        auto const      other = elsewhere.lend();
        for (int const count : {1, 2}) {
            stint::transaction held{*other};
            other->execute("UPDATE stocks SET version = 4 WHERE id = 1", no_deadline);
            auto const connection = db().lend();
            CHECK_THROWS_AS(connection->flush(update_all(count), stint::deadline::after(100ms)),
                            stint::deadline_exceeded);
            CHECK(connection->is_clean());
            held.rollback();
            CHECK(refusals(connection->flush(update_all(count), no_deadline)) == "done");
            sql("UPDATE stocks SET version = 3");
        }
    }

    TEST_CASE_FIXTURE(pipelined, "writers of overlapping rows in several shapes, guards and deletes never deadlock") {
        constexpr int writers = 6, rows = 300, stocks = 2000;
        constexpr int commits = if_optimised(170, 20);
        stock_up(stocks);
        std::atomic<int>          written{0}, refused{0}, updates{0}, deleted{0};
        std::atomic<std::int64_t> versions_deleted{0};
        std::vector<std::thread>  clerks;
        for (unsigned clerk = 0; clerk < writers; ++clerk) {
            clerks.emplace_back([&, clerk] {
                std::mt19937    random{clerk};
                stint::database own{url()};
                for (int turn = 0; turn < commits; ++turn) {
                    auto const                           connection = own.lend();
                    std::map<std::int64_t, std::int64_t> versions;
                    connection->select(
                        {.table = "stocks", .columns = {id, version}},
                        [&](auto row) { versions[std::get<std::int64_t>(row[0])] = std::get<std::int64_t>(row[1]); },
                        no_deadline);
                    std::vector<std::int64_t> keys;
                    for (auto const& [key, at] : versions) keys.push_back(key);
                    std::ranges::shuffle(keys, random);

                    write_batch batch;
                    auto        unchecked = update_stock();
                    unchecked.conditions.clear();
                    auto other_shape = unchecked;
                    other_shape.assignments = {{name}, {version, stint::assignment::source::next_version}};
                    auto const guard = batch.shape(
                        {.action = row_action::require, .table = "stocks", .key = {id}, .report = {version}});
                    auto remove = remove_stock();
                    remove.conditions.clear();
                    remove.returning = {version};
                    auto const removing = batch.shape(remove);
                    auto const first = batch.shape(unchecked), second = batch.shape(other_shape);
                    for (int i = 0; i < 40; ++i) batch.add(guard, {keys[static_cast<std::size_t>(i)]});
                    auto const removed = batch.add(removing, {keys[40]});
                    for (std::size_t i = 41; i < rows; ++i) {
                        if (i % 2 == 0) batch.add(first, {keys[i]}, {}, {amount("1")});
                        if (i % 2 == 1) batch.add(second, {keys[i]}, {}, {text("x")});
                    }
                    auto const        outcome = connection->flush(batch, no_deadline);
                    auto const* const done = std::get_if<stint::flush_done>(&outcome);
                    ++(done ? written : refused);
                    if (!done) continue;
                    updates += rows - 41;
                    ++deleted;
                    versions_deleted += std::get<std::int64_t>(done->returned[removed].front());
                }
            });
        }
        for (auto& clerk : clerks) clerk.join();
        CHECK(written + refused == writers * commits);
        CHECK(written > writers);
        CHECK(ask("SELECT count(*) FROM stocks") == std::to_string(stocks - deleted));
        CHECK(std::stoll(ask("SELECT sum(version) FROM stocks")) + versions_deleted == 3 * stocks + updates);
    }

    TEST_CASE_FIXTURE(pipelined, "a flush whose answers are lost is in doubt, never told as a failure") {
        withheld_answers between{url()};
        stint::database  through{between.url()};
        through.lend()->flush(update_all(1), no_deadline);  // asks about the tables
        sql("UPDATE stocks SET version = 3");
        for (int const count : {1, 2}) {
            auto const connection = through.lend();
            between.withhold();
            auto const outcome = connection->flush(update_all(count), no_deadline);
            REQUIRE(std::holds_alternative<stint::flush_in_doubt>(outcome));
            CHECK_THROWS_AS(std::rethrow_exception(std::get<stint::flush_in_doubt>(outcome).cause),
                            stint::connection_error);
            CHECK_FALSE(connection->is_clean());
            CHECK(ask("SELECT sum(version - 3) FROM stocks") == std::to_string(count));  // it was written
            sql("UPDATE stocks SET version = 3");
        }
    }

    TEST_CASE_FIXTURE(pipelined, "an answer that does not fit its column leaves a flush in doubt, for it was written") {
        sql("ALTER TABLE stocks ALTER quantity TYPE numeric");
        sql("UPDATE stocks SET quantity = 5.005 WHERE id = 1");
        auto shape = update_stock();
        shape.assignments.front().origin = stint::assignment::source::raise;
        shape.returning = {quantity};
        write_batch batch;
        batch.add(batch.shape(shape), {number(1)}, {number(3)}, {amount("1.00")});
        auto const outcome = flush(batch);
        REQUIRE(std::holds_alternative<stint::flush_in_doubt>(outcome));
        CHECK_THROWS_AS(std::rethrow_exception(std::get<stint::flush_in_doubt>(outcome).cause), stint::value_error);
        CHECK(ask("SELECT quantity FROM stocks WHERE id = 1") == "6.005");
        CHECK(db().lend()->is_clean());
    }

    TEST_CASE_FIXTURE(pipelined, "keys that can't be drawn are left to the table") {
        sql("CREATE TABLE crates (id uuid PRIMARY KEY DEFAULT gen_random_uuid(), version bigint NOT NULL)");
        stint::row_shape const shape{.action = row_action::insert,
                                     .table = "crates",
                                     .key = {{"id", {data_type::text}}},
                                     .key_given = false,
                                     .assignments = {{version}},
                                     .returning = {{"id", {data_type::text}}}};
        write_batch            batch;
        for (int i = 0; i < 20; ++i) batch.add(batch.shape(shape), {}, {}, {number(1)});
        CHECK(refusals(flush(batch)) == "done");
        CHECK(ask("SELECT count(*) FROM crates") == "20");
    }

    TEST_CASE_FIXTURE(pipelined, "sets follow a column that becomes wider") {
        stock_up(20);
        sql("ALTER TABLE stocks ALTER id TYPE integer");
        CHECK(refusals(flush(update_all(20))) == "done");
        sql("ALTER TABLE stocks ALTER id TYPE bigint");
        sql("UPDATE stocks SET id = 3000000000 + id");
        write_batch batch;
        for (std::int64_t i = 20; i > 0; --i)
            batch.add(batch.shape(update_stock()), {number(3'000'000'000 + i)}, {number(4)}, {amount("1")});
        CHECK(refusals(flush(batch)) == "done");
    }

    TEST_CASE_FIXTURE(pipelined, "a row that stands for two keys is not taken for the one that is missing") {
        sql("CREATE TABLE more_stocks () INHERITS (stocks)");
        stock_up(20);
        sql("DELETE FROM stocks WHERE id = 7");
        sql("INSERT INTO more_stocks (id, version, name, quantity) VALUES (8, 3, 'twin', 100)");
        CHECK(refusals(flush(update_all(20))) != "done");
        CHECK(ask("SELECT count(*) FROM stocks WHERE version = 4") == "0");
    }
}
