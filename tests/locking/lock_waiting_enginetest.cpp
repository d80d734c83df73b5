// Waiting: nobody misses his turn for good, nobody waits longer than he wants, and those who die in line don't hold up
// others.

#include <algorithm>

#include <doctest/doctest.h>

#include "locking/lock_scratch.hpp"
#include "support/numbered.hpp"
#include "support/partner.hpp"

using namespace std::chrono_literals;

namespace {

using clock = stint::deadline::clock;

struct in_line : lock_scratch {
    auto waiter(std::string const& owner, std::chrono::milliseconds patience = 100s) {
        return std::async(std::launch::async, [this, owner, patience] {
            return locks.acquire({"a"}, {.owner = owner}, stint::deadline::after(patience));
        });
    }
    bool stands(std::string const& owner) {
        auto const line = locks.waiting_for("a");
        return std::ranges::find(line, owner) != line.end();
    }
};

}  // namespace

TEST_SUITE_BEGIN("lock_waiting");

TEST_CASE_FIXTURE(in_line, "a release at any moment of somebody's beginning to wait is noticed") {
    auto held = taken("a", "ann");
    for (int i = 0; i < 40; ++i) {
        auto next = waiter(numbered("w", i));
        if (i % 3 == 0) REQUIRE(comes_true([&] { return !locks.waiting_for("a").empty(); }));
        if (i % 3 == 1) std::this_thread::sleep_for(std::chrono::microseconds{i * 100});  // anywhere in between
        CHECK(locks.release(std::vector{held}).empty());
        auto const then = clock::now();
        held = next.get().front();
        CHECK(clock::now() - then < 20s);
    }
    CHECK(locks.waiting_for("a").empty());
}

TEST_CASE_FIXTURE(in_line, "whoever waits in another process gets it when it is released, and when it expires") {
    auto const held = taken("a", "ann");
    partner    there{LOCK_ACTOR, {url()}};
    there.say("acquire a bob 300 100000");
    REQUIRE(comes_true([&] { return stands("bob"); }));
    CHECK(locks.release(std::vector{held}).empty());
    auto const bobs = there.hear();
    REQUIRE(bobs.rfind("granted ", 0) == 0);
    CHECK(std::stoll(bobs.substr(8)) > held.fence);
    CHECK(waiter("carl").get().front().fence > std::stoll(bobs.substr(8)));  // bob's ends after 300 ms
}

TEST_CASE_FIXTURE(in_line, "a wait ends at its deadline, behind a holder and behind others in line") {
    auto const held = taken("a", "ann");
    auto       first = waiter("first");
    REQUIRE(comes_true([&] { return stands("first"); }));
    for (auto const patience : {0ms, 1ms, 150ms}) {
        auto const began = clock::now();
        CHECK_THROWS_AS(locks.acquire({"a"}, {.owner = "late"}, stint::deadline::after(patience)), stint::lock_refused);
        auto const took = clock::now() - began;
        CHECK(took >= patience);
        CHECK(took < patience + 15s);
        CHECK_FALSE(stands("late"));
    }
    CHECK(locks.release(std::vector{held}).empty());
    CHECK(first.get().front().owner == "first");
    CHECK(locks.list_of("late").empty());
}

TEST_CASE_FIXTURE(in_line,
                  "a place in line of a process that is killed ends in a few seconds, and the next one goes on") {
    auto const held = taken("a", "ann");
    partner    dead{LOCK_ACTOR, {url()}};
    // A server may still carry out what a client asked before it was killed; that lease must end soon, too.
    dead.say("acquire a dead 5000 100000");
    REQUIRE(comes_true([&] { return stands("dead"); }));
    auto next = waiter("next");
    REQUIRE(comes_true([&] { return stands("next"); }));
    CHECK(locks.waiting_for("a") == std::vector<std::string>{"dead", "next"});
    dead.kill();
    CHECK(locks.release(std::vector{held}).empty());
    auto const then = clock::now();
    CHECK(next.get().front().owner == "next");
    CHECK(clock::now() - then < 20s);
    CHECK(locks.list_of("dead").empty());
}

/// A process that stands still in the middle of a write to a SQLite file would keep everybody from writing.
static void stop_between_transactions(partner& process, stint::database& db) {
    for (;; process.go_on()) {
        process.stop();
        try {
            db.lend()->execute("UPDATE stint_locks SET fence = fence WHERE 1 = 0", stint::deadline::after(500ms));
            return;
        } catch (stint::error const&) {  // it holds the file
        }
    }
}

TEST_CASE_FIXTURE(in_line, "whoever stands still in line for long loses his place, and gets another when he goes on") {
    auto const held = taken("a", "ann");
    partner    sleeper{LOCK_ACTOR, {url()}};
    sleeper.say("acquire a sleeper 60000 100000");
    REQUIRE(comes_true([&] { return stands("sleeper"); }));
    stop_between_transactions(sleeper, db());
    CHECK(comes_true([&] { return !stands("sleeper"); }));
    CHECK(locks.release(std::vector{held}).empty());
    auto const next = waiter("next").get();
    sleeper.go_on();
    REQUIRE(comes_true([&] { return stands("sleeper"); }));
    CHECK(locks.list().front().owner == "next");
    CHECK(locks.release(next).empty());
    CHECK(sleeper.hear().rfind("granted ", 0) == 0);
}

TEST_SUITE_END();
