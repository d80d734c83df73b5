#include <atomic>
#include <chrono>
#include <future>
#include <map>
#include <random>
#include <sstream>
#include <thread>

#include <doctest/doctest.h>

#include <spdlog/sinks/ostream_sink.h>

#include <stint/log.hpp>
#include <stint/transaction.hpp>

#include "../support/of_a_session.hpp"
#include "tables.hpp"

using namespace tables;
using namespace std::chrono_literals;
using stint::condition;
using stint::row_lock;
using stint::write_batch;

namespace {

// The statements sent while it lives, a line each.
class statements {
public:
    statements() {
        auto logger = std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_));
        logger->set_level(spdlog::level::trace);
        logger->set_pattern("%v");
        stint::set_logger(logger);
    }
    ~statements() { stint::set_logger(before_); }
    std::string text() const { return text_.str(); }

private:
    std::ostringstream              text_;
    std::shared_ptr<spdlog::logger> before_ = stint::logger();
};

// Waits until a connection of this test's database waits for a lock.
void until_somebody_waits(books& in) {
    while (
        in.ask(
            "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()") ==
        "0")
        std::this_thread::sleep_for(1ms);
}

stint::row_shape guard(row_lock lock) {
    auto shape = require_stock();
    shape.lock = lock;
    return shape;
}

}  // namespace

TEST_SUITE("core: portable_executor on PostgreSQL") {
    TEST_CASE_FIXTURE(books, "existing rows are locked first: by table and key, each at once in its strongest mode") {
        sql("INSERT INTO stocks (id, version, name, quantity) VALUES (10, 3, 'rice', 1)");
        sql("INSERT INTO documents (id, version, quantity, processed) VALUES (5, 3, 1, false)");
        write_batch batch;
        batch.add(batch.shape(remove_stock()), {number(10)}, {number(3)});
        batch.add(
            batch.shape({.action = row_action::lock, .table = "stocks", .key = {id}, .lock = row_lock::key_share}),
            {number(2)});
        batch.add(batch.shape(guard(row_lock::share)), {number(10)}, {number(3)});
        batch.add(
            batch.shape({.action = row_action::update, .table = "documents", .key = {id}, .assignments = {{quantity}}}),
            {number(5)}, {}, {amount("2.00")});
        statements sent;
        REQUIRE(refusals(flush(batch)) == "done");
        auto const text = sent.text();
        CHECK(text.find("flush:\n" + to_string(batch)) != std::string::npos);
        CHECK(
            text.substr(text.find("BEGIN")) ==  // behind the question about the tables
            "BEGIN ISOLATION LEVEL READ COMMITTED\n"
            "SELECT 1 FROM (SELECT 1 FROM \"documents\" WHERE \"id\" = $1 FOR NO KEY UPDATE) AS held\n"
            "SELECT 1 FROM (SELECT 1 FROM \"stocks\" WHERE \"id\" = $1 FOR KEY SHARE) AS held\n"
            "SELECT (\"version\" IS NOT DISTINCT FROM $1), \"version\" FROM (SELECT \"version\" FROM \"stocks\" WHERE \"id\" = $2 FOR "
            "UPDATE) AS held\n"
            "SELECT (\"version\" IS NOT DISTINCT FROM $1), \"version\" FROM \"stocks\" WHERE \"id\" = $2\n"
            "DELETE FROM \"stocks\" WHERE \"id\" = $1 AND (\"version\" IS NOT DISTINCT FROM $2)\n"
            "UPDATE \"documents\" SET \"quantity\" = $1 WHERE \"id\" = $2\n"
            "COMMIT\n");
    }

    TEST_CASE_FIXTURE(books, "tables that are held last are locked after all others, whatever their names") {
        sql("INSERT INTO documents (id, version, quantity, processed) VALUES (5, 3, 1, false)");
        auto last = require_stock();
        last.table = "documents";
        last.held_last = true;
        write_batch batch;
        batch.add(batch.shape(last), {number(5)}, {number(3)});
        batch.add(batch.shape(guard(row_lock::share)), {number(2)}, {number(1)});
        statements sent;
        flush(batch);
        auto const text = sent.text();
        auto const stocks = text.find("FROM \"stocks\" WHERE"), documents = text.find("FROM \"documents\" WHERE");
        REQUIRE(stocks != std::string::npos);
        REQUIRE(documents != std::string::npos);
        CHECK(stocks < documents);
    }

    TEST_CASE_FIXTURE(books, "a single set of updates is written in key order without a pass before") {
        write_batch batch;
        auto const  update = batch.shape(update_stock());
        batch.add(update, {number(2)}, {number(3)}, {amount("1.00")});
        batch.add(update, {number(1)}, {number(3)}, {amount("1.00")});
        stint::database    elsewhere{url()};
        auto const         other = elsewhere.lend();
        stint::transaction held{*other};
        other->execute("SELECT id FROM stocks WHERE id = 1 FOR UPDATE", no_deadline);

        statements sent;
        auto       flushed = std::async(std::launch::async, [&] { return returned(flush(batch)); });
        until_somebody_waits(*this);
        // It waits for stock 1, and so does not hold stock 2 yet.
        CHECK_NOTHROW(other->execute("SELECT id FROM stocks WHERE id = 2 FOR UPDATE NOWAIT", no_deadline));
        held.commit();
        CHECK(flushed.get() == "4; 4");
        CHECK(sent.text().find("AS held") == std::string::npos);
    }

    TEST_CASE_FIXTURE(books, "an update that waited for another's row sees what that one wrote") {
        stint::database    elsewhere{url()};
        auto const         other = elsewhere.lend();
        stint::transaction held{*other};
        other->execute("UPDATE stocks SET version = 4, quantity = 1 WHERE id = 1", no_deadline);

        bool guarded = false;
        SUBCASE("while it writes") {
            guarded = false;
        }
        SUBCASE("in the locking pass") {
            guarded = true;
        }
        write_batch batch;
        batch.add(batch.shape(update_stock()), {number(1)}, {number(3)}, {amount("40.80")});
        if (guarded) batch.add(batch.shape(guard(row_lock::share)), {number(2)}, {number(3)});
        auto flushed = std::async(std::launch::async, [&] { return refusals(flush(batch)); });
        until_somebody_waits(*this);
        held.commit();
        CHECK(flushed.get() == "changed 0 [1.00, 4]");
        CHECK(stocks() == "1 flour 1.00 v4, 2 sugar 26.80 v3");
    }

    TEST_CASE_FIXTURE(books, "a guarded row can't be changed until the flush has ended" * of_a_session) {
        write_batch batch;
        batch.add(batch.shape(guard(row_lock::share)), {number(2)}, {number(3)});
        batch.add(batch.shape(update_stock()), {number(1)}, {number(3)}, {amount("40.80")});
        // The flush waits at stock 1, whose trigger asks for an advisory lock, with its guard on stock 2 held.
        sql("CREATE FUNCTION wait() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock(4711); RETURN NEW; END'");
        sql("CREATE TRIGGER wait BEFORE UPDATE ON stocks FOR EACH ROW WHEN (OLD.id = 1) EXECUTE FUNCTION wait()");
        stint::database elsewhere{url()};
        auto const      other = elsewhere.lend();
        other->execute("SELECT pg_advisory_lock(4711)", no_deadline);
        auto flushed = std::async(std::launch::async, [&] { return refusals(flush(batch)); });
        until_somebody_waits(*this);
        CHECK_THROWS_AS(other->execute("UPDATE stocks SET version = 4 WHERE id = 2", stint::deadline::after(50ms)),
                        stint::deadline_exceeded);
        other->execute("SELECT pg_advisory_unlock(4711)", no_deadline);
        CHECK(flushed.get() == "done");
        CHECK(other->execute("UPDATE stocks SET version = 4 WHERE id = 2", no_deadline) == 1);
    }

    TEST_CASE_FIXTURE(books, "a condition on the clock is judged after the wait for the row") {
        sql("INSERT INTO documents (id, version, quantity, processed, seen) VALUES (1, 1, 1, false, clock_timestamp() + interval '300 ms')");
        stint::database    elsewhere{url()};
        auto const         other = elsewhere.lend();
        stint::transaction held{*other};
        other->execute("SELECT id FROM documents FOR UPDATE", no_deadline);
        write_batch batch;
        batch.add(batch.shape({.action = row_action::require,
                               .table = "documents",
                               .key = {id},
                               .conditions = {{seen, condition::test::later_than_clock}},
                               .if_different = stint::reason{"lock lost"}}),
                  {number(1)});
        auto flushed = std::async(std::launch::async, [&] { return refusals(flush(batch)); });
        until_somebody_waits(*this);
        other->execute("SELECT pg_sleep(0.4)", no_deadline);
        held.commit();
        CHECK(flushed.get() == "lock lost 0 []");
    }

    TEST_CASE_FIXTURE(books, "flushes of the same rows in any order don't deadlock, and lose no update") {
        for (int i = 3; i <= 12; ++i)
            sql("INSERT INTO stocks (id, version, name, quantity) VALUES (" + std::to_string(i) + ", 3, 'x', 0)");
        sql("UPDATE stocks SET quantity = 0, version = 0");
        std::atomic<int>         written{0}, refused{0};
        std::vector<std::thread> clerks;
        for (unsigned clerk = 0; clerk < 4; ++clerk) {
            clerks.emplace_back([&, clerk] {
                std::mt19937    random{clerk};
                stint::database own{url()};
                for (int turn = 0; turn < 40; ++turn) {
                    auto const                           connection = own.lend();
                    write_batch                          batch;
                    auto const                           update = batch.shape(update_stock());
                    auto const                           verify = batch.shape(guard(row_lock::share));
                    std::map<std::int64_t, std::int64_t> versions;
                    connection->select(
                        {.table = "stocks", .columns = {id, version}},
                        [&](auto row) { versions[std::get<std::int64_t>(row[0])] = std::get<std::int64_t>(row[1]); },
                        no_deadline);
                    std::vector<std::int64_t> keys{1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12};
                    std::ranges::shuffle(keys, random);
                    for (std::size_t i = 0; i < 4; ++i)
                        batch.add(update, {number(keys[i])}, {number(versions[keys[i]])}, {amount("1")});
                    if (turn % 2 == 0) batch.add(verify, {number(keys[4])}, {number(versions[keys[4]])});
                    auto const outcome = connection->flush_portably(batch, no_deadline);
                    ++(std::holds_alternative<stint::flush_done>(outcome) ? written : refused);
                }
            });
        }
        for (auto& clerk : clerks) clerk.join();
        CHECK(written + refused == 160);
        CHECK(written > 0);
        CHECK(ask("SELECT sum(version) FROM stocks") == std::to_string(written * 4));
    }

    TEST_CASE_FIXTURE(books, "a connection that is lost while COMMIT is under way leaves the flush in doubt") {
        // A deferred trigger ends the server's process in the middle of COMMIT.
        sql("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END'");
        sql("CREATE CONSTRAINT TRIGGER die AFTER UPDATE ON stocks DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION die()");
        write_batch batch;
        batch.add(batch.shape(update_stock()), {number(1)}, {number(3)}, {amount("40.80")});
        auto const outcome = flush(batch);
        REQUIRE(std::holds_alternative<stint::flush_in_doubt>(outcome));
        CHECK_THROWS_AS(std::rethrow_exception(std::get<stint::flush_in_doubt>(outcome).cause), stint::commit_in_doubt);
    }

    TEST_CASE_FIXTURE(books, "a connection that is lost before COMMIT is an error: nothing is written") {
        sql("CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NEW; END'");
        sql("CREATE TRIGGER die BEFORE UPDATE ON stocks FOR EACH ROW EXECUTE FUNCTION die()");
        write_batch batch;
        batch.add(batch.shape(update_stock()), {number(1)}, {number(3)}, {amount("40.80")});
        CHECK_THROWS_AS(flush(batch), stint::connection_error);
        CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
    }

    TEST_CASE_FIXTURE(books, "a deadlock with somebody who keeps no order is a transient error") {
        sql("SET deadlock_timeout = '2s'");
        stint::database elsewhere{url()};
        auto const      other = elsewhere.lend();
        other->execute("SET deadlock_timeout = '30s'", no_deadline);
        stint::transaction held{*other};
        other->execute("UPDATE stocks SET version = 4 WHERE id = 2", no_deadline);
        write_batch batch;
        auto const  update = batch.shape(update_stock());
        batch.add(update, {number(1)}, {number(3)}, {amount("1")});
        batch.add(update, {number(2)}, {number(3)}, {amount("1")});
        auto flushed = std::async(std::launch::async, [&] { return flush(batch); });
        until_somebody_waits(*this);
        auto stuck = std::async(std::launch::async,
                                [&] { other->execute("UPDATE stocks SET version = 4 WHERE id = 1", no_deadline); });
        CHECK_THROWS_AS(flushed.get(), stint::transient_error);
        CHECK_NOTHROW(stuck.get());
    }

    TEST_CASE_FIXTURE(books, "keys far away that an application gave don't hold up the database's own") {
        write_batch given;
        auto const  with_key = given.shape(insert_stock());
        given.add(with_key, {number(3'000'000'000'000)}, {}, {number(1), text("a"), amount("1")});
        given.add(with_key, {number(9'223'372'036'854'775'807)}, {}, {number(1), text("b"), amount("1")});
        CHECK(refusals(flush(given)) == "done");

        write_batch left;
        auto const  without = left.shape(insert_new_stock());
        for (int i = 0; i < 3; ++i) left.add(without, {}, {}, {number(1), text("c"), amount("1")});
        CHECK(returned(db().lend()->flush_portably(left, stint::deadline::after(10s))) == "3, 1; 4, 1; 5, 1");
    }

    TEST_CASE_FIXTURE(books, "a sequence with steps of its own skips taken keys in these steps") {
        sql("ALTER TABLE stocks ALTER COLUMN id SET INCREMENT BY 10");
        sql("INSERT INTO stocks (id, version, name, quantity) VALUES (11, 1, 'x', 1), (21, 1, 'y', 1)");
        write_batch left;
        left.add(left.shape(insert_new_stock()), {}, {}, {number(1), text("c"), amount("1")});
        CHECK(returned(flush(left)) == "31, 1");
    }
}
