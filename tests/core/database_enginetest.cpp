#include <atomic>
#include <chrono>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <stint/transaction.hpp>

#include "tables.hpp"

using namespace tables;
using namespace std::chrono_literals;
using stint::connection_error;
using stint::database;
using stint::deadline;

TEST_SUITE("core: database") {
    TEST_CASE_FIXTURE(books, "a database opens one connection at once, and others when they are needed") {
        database shared{url(), {.connections = 3}};
        CHECK(shared.counters().connections == 1);
        {
            auto const first = shared.lend();
            CHECK(shared.counters().connections == 1);
            auto const second = shared.lend();
            CHECK(shared.counters().connections == 2);
        }
        auto const again = shared.lend();
        CHECK(shared.counters().connections == 2);
    }

    TEST_CASE_FIXTURE(books, "a caller waits for a free connection no longer than it may") {
        database   shared{url(), {.connections = 1, .lend_within = 50ms}};
        auto const only = shared.lend();
        auto const start = std::chrono::steady_clock::now();
        try {
            auto const none = shared.lend();
            FAIL("lent twice");
        } catch (connection_error const& e) {
            CHECK(e.cause() == connection_error::failure::exhausted);
            CHECK(e.what_next() == stint::advice::wait_and_retry);
            CHECK(std::string(e.what()).find(shared.address() + " has no free connection: all 1 were lent") == 0);
        }
        CHECK(std::chrono::steady_clock::now() - start >= 50ms);

        database   patient{url(), {.connections = 1}};
        auto const held = patient.lend();
        CHECK_THROWS_AS(patient.lend(deadline::after(20ms)), connection_error);
    }

    TEST_CASE_FIXTURE(books, "a waiting caller gets the connection that comes back") {
        database                 shared{url(), {.connections = 1}};
        std::atomic<bool>        waiting{false};
        std::atomic<int>         got{0};
        std::vector<std::thread> clerks;
        {
            auto const only = shared.lend();
            for (int i = 0; i < 4; ++i) {
                clerks.emplace_back([&] {
                    waiting = true;
                    auto const lent = shared.lend();
                    lent->execute("UPDATE stocks SET version = version + 1 WHERE id = 1", no_deadline);
                    ++got;
                });
            }
            while (!waiting) std::this_thread::yield();
            CHECK(got == 0);
        }
        for (auto& clerk : clerks) clerk.join();
        CHECK(got == 4);
        CHECK(stocks() == "1 flour 56.40 v7, 2 sugar 26.80 v3");
        CHECK(shared.counters().connections == 1);
    }

    TEST_CASE_FIXTURE(books, "a connection that comes back in a transaction is cleaned") {
        database shared{url(), {.connections = 1}};
        {
            auto const careless = shared.lend();
            careless->begin(stint::isolation::read_committed, no_deadline);
            careless->execute("DELETE FROM stocks", no_deadline);
        }
        auto const next = shared.lend();
        CHECK(next->is_clean());
        CHECK(queried(*next, "SELECT count(*) FROM stocks", {}, {{}}) == "2");
        CHECK(shared.counters().connections == 1);
    }

    TEST_CASE_FIXTURE(books, "a connection in a failed transaction is cleaned as well") {
        database shared{url(), {.connections = 1}};
        {
            auto const unlucky = shared.lend();
            unlucky->begin(stint::isolation::read_committed, no_deadline);
            CHECK_THROWS_AS(
                unlucky->execute("INSERT INTO stocks (id, version, name, quantity) VALUES (1, 1, 'x', 1)", no_deadline),
                stint::constraint_violation);
        }
        CHECK(queried(*shared.lend(), "SELECT count(*) FROM stocks", {}, {{}}) == "2");
    }

    TEST_CASE_FIXTURE(books, "an idle connection is asked whether it still answers") {
        database   shared{url(), {.connections = 1, .check_after_idle = 0ms}};
        auto const before = shared.counters();
        CHECK(shared.lend()->is_clean());
        CHECK((shared.counters() - before).round_trips == (is_postgresql() ? 1 : 0));
        CHECK(shared.counters().connections == 1);
    }

    TEST_CASE_FIXTURE(books, "many threads share a few connections") {
        database                 shared{url(), {.connections = 3}};
        std::vector<std::thread> clerks;
        for (int i = 0; i < 8; ++i) {
            clerks.emplace_back([&] {
                for (int turn = 0; turn < 20; ++turn) {
                    auto const lent = shared.lend();
                    lent->execute("UPDATE stocks SET version = version + 1 WHERE id = 1", no_deadline);
                }
            });
        }
        for (auto& clerk : clerks) clerk.join();
        CHECK(stocks() == "1 flour 56.40 v163, 2 sugar 26.80 v3");
        CHECK(shared.counters().connections <= 3);
    }

    TEST_CASE_FIXTURE(books, "a connection of one's own is outside of the pool") {
        database   small{url(), {.connections = 1, .lend_within = 50ms}};
        auto const own = small.connect();
        CHECK(own->execute("UPDATE stocks SET quantity = quantity", no_deadline) == 2);
        auto const lent = small.lend();
        CHECK_NOTHROW(small.connect());
        CHECK_THROWS_AS(small.lend(), connection_error);
    }

    TEST_CASE_FIXTURE(books, "a lease can be handed on") {
        database shared{url(), {.connections = 1, .lend_within = 0ms}};
        auto     first = shared.lend();
        {
            auto const second = std::move(first);
            CHECK(second->engine() == (is_postgresql() ? "postgresql" : "sqlite"));
            CHECK_THROWS_AS(shared.lend(), connection_error);
        }
        CHECK_NOTHROW(shared.lend());
    }

    TEST_CASE("a URL of no known engine is refused") {
        for (auto const* url : {"", "accounting.db", "mysql://host/books", "postgresql:books", "sqlite"}) {
            CAPTURE(url);
            CHECK_THROWS_AS(database{url}, stint::usage_error);
        }
        CHECK_THROWS_WITH_AS(
            database{"mysql://clerk:secret@host/books"},
            "a database URL is one like sqlite:accounting.db or postgresql://clerk@host/books; not mysql://",
            stint::usage_error);
    }

    TEST_CASE_FIXTURE(books, "the longest times are waited for, too") {
        using std::chrono::milliseconds;
        database shared{
            url(), {.connections = 1, .lend_within = milliseconds::max(), .check_after_idle = milliseconds::max()}};
        auto const        before = shared.counters();
        std::atomic<bool> waiting{false};
        std::thread       clerk;
        {
            auto const only = shared.lend(deadline::after(std::chrono::hours::max()));
            clerk = std::thread([&] {
                waiting = true;
                CHECK_NOTHROW(shared.lend());
            });
            while (!waiting) std::this_thread::yield();
        }
        clerk.join();
        CHECK((shared.counters() - before) == stint::counters{});
    }

    TEST_CASE("a deadline can't be farther away than the clock counts, nor before now") {
        CHECK(deadline::after(std::chrono::milliseconds::max()).is_none());
        CHECK(deadline::after(std::chrono::hours::max()).is_none());
        CHECK(deadline::after(std::chrono::nanoseconds::max()).is_none());
        CHECK(deadline::after(std::chrono::duration<double>{1e300}).is_none());
        CHECK_FALSE(deadline::after(std::chrono::hours{24 * 365 * 100}).is_none());
        CHECK(deadline::after(std::chrono::hours::min()).has_passed());
        CHECK(deadline::after({}).has_passed());
        auto const left = deadline::after(std::chrono::duration<double>{90}).left();
        CHECK(left > 89s);
        CHECK(left <= 90s);
    }
}
