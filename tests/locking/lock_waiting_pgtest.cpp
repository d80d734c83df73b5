// Waiting on PostgreSQL, where a release calls the first in line: the call is a help, and nothing depends on it.

#include <doctest/doctest.h>

#include "../support/of_a_session.hpp"
#include "locking/lock_scratch.hpp"

using namespace std::chrono_literals;

namespace {

using clock = stint::deadline::clock;

struct called : lock_scratch {
    auto waiter(std::string const& owner) {
        return std::async(std::launch::async, [this, owner] {
            return locks.acquire({"a"}, {.owner = owner}, stint::deadline::after(100s));
        });
    }
    std::string listener() {
        return ask("SELECT max(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN%' AND datname = current_database()");
    }
    void cut_listener() {
        std::string process;
        REQUIRE(comes_true([&] { return !(process = listener()).empty(); }));
        ask("SELECT pg_terminate_backend(" + process + ", 5000)");
    }
    bool waits(std::string const& owner) { return locks.waiting_for("a") == std::vector<std::string>{owner}; }
};

}  // namespace

TEST_SUITE_BEGIN("lock_waiting");

TEST_CASE_FIXTURE(called, "who waits proceeds though the connection that would call him was cut" * of_a_session) {
    auto const held = taken("a", "ann");
    auto       bob = waiter("bob");
    REQUIRE(comes_true([&] { return waits("bob"); }));
    cut_listener();
    CHECK(locks.release(std::vector{held}).empty());
    auto const then = clock::now();
    auto const bobs = bob.get();
    CHECK(clock::now() - then < 10s);

    cut_listener();  // it was made again
    auto carl = waiter("carl");
    REQUIRE(comes_true([&] { return waits("carl"); }));
    let_end("a", 1s);
    CHECK(carl.get().front().fence > bobs.front().fence);
}

TEST_CASE_FIXTURE(called, "who waits proceeds though nobody is called at all" * of_a_session) {
    sql("DROP TRIGGER stint_wake_first_in_line ON stint_locks");
    auto const held = taken("a", "ann");
    auto       bob = waiter("bob");
    REQUIRE(comes_true([&] { return waits("bob"); }));
    REQUIRE(comes_true([&] { return !listener().empty(); }));
    std::this_thread::sleep_for(100ms);  // who begins to listen looks once more; here he looks for himself
    CHECK(locks.release(std::vector{held}).empty());
    auto const then = clock::now();
    CHECK(bob.get().front().owner == "bob");
    CHECK(clock::now() - then < 10s);
}

TEST_CASE_FIXTURE(called, "who waits holds neither a connection of the pool nor a row") {
    stint::database   one_only{url(), {.connections = 1, .lend_within = 20s}};
    stint::lock_table table{one_only};
    auto const        held = taken("a", "ann");
    auto              bob = std::async(std::launch::async,
                                       [&] { return table.acquire({"a"}, {.owner = "bob"}, stint::deadline::after(100s)); });
    REQUIRE(comes_true([&] { return waits("bob"); }));
    for (int i = 0; i < 50; ++i) {
        CHECK(table.list().size() == 1);
        auto const connection = one_only.lend();
        connection->execute("DO $$ BEGIN PERFORM 1 FROM stint_locks FOR UPDATE; END $$", stint::deadline::after(20s));
    }
    CHECK(locks.release(std::vector{held}).empty());
    CHECK(bob.get().front().owner == "bob");
}

TEST_SUITE_END();
