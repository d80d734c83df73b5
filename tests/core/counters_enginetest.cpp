#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <optional>
#include <thread>
#include <vector>

#include <stint/transaction.hpp>

#include "tables.hpp"

using namespace tables;
using namespace std::chrono_literals;
using std::chrono::nanoseconds;
using stint::counters;
using stint::database;
using stint::write_batch;

namespace {

using clock = std::chrono::steady_clock;

constexpr auto some_time = 5ms;

write_batch update_of(int stock, int expected_version) {
    write_batch batch;
    batch.add(batch.shape(update_stock()), {number(stock)}, {number(expected_version)}, {amount("1.00")});
    return batch;
}

/// What work asked, and how long it took.
struct observed {
    counters    asked;
    nanoseconds took;
};

template <class Work>
observed observe(database& db, Work const& work) {
    auto const before = db.counters();
    auto const began = clock::now();
    work();
    auto const took = clock::now() - began;
    return {db.counters() - before, took};
}

}  // namespace

TEST_SUITE("core: counters") {
    TEST_CASE_FIXTURE(books, "a connection that was closed stays in the database's sum") {
        auto       own = std::make_optional(db().connect());
        auto const before = db().counters();
        (*own)->execute("UPDATE stocks SET quantity = 1", no_deadline);
        auto const after = db().counters();
        CHECK(after.rows_written - before.rows_written == 2);
        own.reset();
        CHECK(db().counters() == after);
    }

    TEST_CASE_FIXTURE(books, "each connection counts what it was asked itself") {
        auto const first = db().lend();
        auto const other = db().lend();
        auto const of_first = first->counted(), of_other = other->counted(), of_all = db().counters();
        selected(*first, {.table = "stocks", .columns = {id}});
        CHECK((first->counted() - of_first).rows_read == 2);
        CHECK(other->counted() == of_other);
        selected(*other, {.table = "stocks", .columns = {id}, .where = {{id, {}, {number(1)}}}});
        CHECK((other->counted() - of_other).rows_read == 1);
        CHECK((first->counted() - of_first) + (other->counted() - of_other) == db().counters() - of_all);
    }

    TEST_CASE_FIXTURE(books, "an embedded engine sends no bytes") {
        db().lend()->flush(update_of(1, 3), no_deadline);
        auto const all = db().counters();
        CHECK((all.bytes_sent != 0) == is_postgresql());
        CHECK((all.bytes_received != 0) == is_postgresql());
    }

    TEST_CASE_FIXTURE(books, "reads keep nothing locked") {
        auto const connection = db().lend();
        auto const read = observe(db(), [&] { selected(*connection, {.table = "stocks", .columns = {id}}); });
        CHECK(read.asked.rows_read == 2);
        CHECK(read.asked.locked_for == 0ns);
    }

    TEST_CASE_FIXTURE(books, "a transaction is timed from the answer to BEGIN to that to COMMIT or ROLLBACK") {
        auto const  connection = db().lend();
        nanoseconds within{};
        auto const  transact = [&](auto const& end) {
            return observe(db(), [&] {
                stint::transaction work{*connection};
                auto const         begun = clock::now();
                connection->execute("UPDATE stocks SET quantity = 1", no_deadline);
                std::this_thread::sleep_for(some_time);
                within = clock::now() - begun;
                end(work);
            });
        };
        auto const check = [&](observed const& seen) {
            CHECK(seen.asked.locked_for >= within);
            CHECK(seen.asked.locked_for <= seen.took);
        };
        check(transact([](auto& work) { work.commit(); }));
        check(transact([](auto& work) { work.rollback(); }));
        check(transact([](auto&) {}));

        std::this_thread::sleep_for(some_time);
        auto const next = observe(db(), [&] {
            selected(*connection, {.table = "stocks", .columns = {id}});
            stint::transaction{*connection}.commit();
        });
        CHECK(next.asked.locked_for <= next.took);  // the clock stood in between
    }

    TEST_CASE_FIXTURE(books,
                      "a transaction that the database rolled back is timed until that is noticed, and no longer") {
        auto const connection = db().lend();
        auto const seen = observe(db(), [&] {
            stint::transaction work{*connection};
            std::this_thread::sleep_for(some_time);
            if (is_postgresql()) {
                CHECK_THROWS_AS(connection->execute("SELECT 1 / 0", no_deadline), stint::database_error);
            } else {
                CHECK_THROWS_AS(connection->execute("INSERT OR ROLLBACK INTO stocks (id, version, name, quantity) "
                                                    "VALUES (1, 1, 'flour', 1)",
                                                    no_deadline),
                                stint::database_error);
            }
            CHECK_THROWS_AS(work.commit(), stint::database_error);
        });
        CHECK(seen.asked.locked_for >= some_time);
        CHECK(seen.asked.locked_for <= seen.took);
        std::this_thread::sleep_for(some_time);
        auto const next = observe(db(), [&] { connection->flush(update_of(1, 3), no_deadline); });
        CHECK(next.asked.locked_for > 0ns);
        CHECK(next.asked.locked_for <= next.took);  // the clock stood in between
    }

    TEST_CASE_FIXTURE(books_in_both_ways, "a flush is timed, also one that is refused") {
        auto const written = observe(db(), [&] { flush(update_of(1, 3)); });
        CHECK(written.asked.rows_written == 1);
        CHECK(written.asked.locked_for > 0ns);
        CHECK(written.asked.locked_for <= written.took);
        auto const refused = observe(db(), [&] { flush(update_of(1, 3)); });
        CHECK(refused.asked.rows_written == 0);
        CHECK(refused.asked.locked_for > 0ns);
        CHECK(refused.asked.locked_for <= refused.took);
    }

    TEST_CASE_FIXTURE(books, "can be read while others are counting") {
        constexpr int            threads = 3, reads = 100;
        database                 shared{url(), {.connections = threads}};
        auto const               before = shared.counters();
        std::atomic<int>         at_work{threads};
        std::vector<std::thread> clerks;
        for (int i = 0; i < threads; ++i)
            clerks.emplace_back([&] {
                for (int n = 0; n < reads; ++n) selected(*shared.lend(), {.table = "stocks", .columns = {id}});
                --at_work;
            });
        bool has_fallen = false;
        for (auto last = before; at_work > 0;) {
            auto const now = shared.counters();
            has_fallen = has_fallen || now.rows_read < last.rows_read || now.statements < last.statements;
            last = now;
        }
        for (auto& clerk : clerks) clerk.join();
        CHECK_FALSE(has_fallen);
        CHECK((shared.counters() - before).rows_read == 2 * threads * reads);
    }
}
