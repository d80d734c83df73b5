// What fails is told at once and never passed off as a lock that is held; who dies loses his locks in time, and who
// asks again after an answer was lost gets the same grant.

#include <doctest/doctest.h>

#include <stint/error.hpp>

#include "locking/lock_scratch.hpp"
#include "support/partner.hpp"

using namespace std::chrono_literals;

namespace {

/// Nobody waits for what can't come.
template <class Error>
void fails_at_once(std::function<void()> const& call) {
    auto const began = stint::deadline::clock::now();
    CHECK_THROWS_AS(call(), Error);
    CHECK(stint::deadline::clock::now() - began < 20s);
}

constexpr auto an_hour = 1h;

}  // namespace

TEST_SUITE_BEGIN("lock_failure");

TEST_CASE_FIXTURE(scratch_database, "without its tables every call of a lock table says so at once") {
    stint::lock_table locks{db()};
    std::vector const leases{stint::lease{"a", "ann", 1}};
    auto const        in_an_hour = stint::deadline::after(an_hour);
    fails_at_once<stint::schema_error>([&] { locks.try_acquire({"a"}, {.owner = "ann"}); });
    fails_at_once<stint::schema_error>([&] { locks.acquire({"a"}, {.owner = "ann"}, in_an_hour); });
    fails_at_once<stint::schema_error>([&] { locks.renew(leases, 1min); });
    fails_at_once<stint::schema_error>([&] { locks.renew_all("ann", 1min); });
    fails_at_once<stint::schema_error>([&] { locks.release(leases); });
    fails_at_once<stint::schema_error>([&] { locks.release_all("ann"); });
    fails_at_once<stint::schema_error>([&] { locks.list(); });
    fails_at_once<stint::schema_error>([&] { locks.find({"a"}); });
    fails_at_once<stint::schema_error>([&] { locks.waiting_for("a"); });
    fails_at_once<stint::schema_error>([&] { locks.break_lock("a", 1, {.breaker = "boss"}); });
    fails_at_once<stint::schema_error>([&] { locks.purge(1min); });
}

TEST_CASE_FIXTURE(lock_scratch, "tables that vanish end a wait at once") {
    taken("a", "ann");
    auto waiter = std::async(std::launch::async, [&] {
        fails_at_once<stint::schema_error>(
            [&] { locks.acquire({"a"}, {.owner = "bob"}, stint::deadline::after(an_hour)); });
    });
    REQUIRE(comes_true([&] { return !locks.waiting_for("a").empty(); }));
    stint::drop_lock_tables(db());
    waiter.get();
}

TEST_CASE_FIXTURE(lock_scratch, "a name that is too long is refused at once, whether or not one would wait") {
    auto const name = std::string(501, 'x');
    fails_at_once<stint::value_error>([&] { locks.try_acquire({"a", name}, {.owner = "ann"}); });
    fails_at_once<stint::value_error>(
        [&] { locks.acquire({"a", name}, {.owner = "ann"}, stint::deadline::after(an_hour)); });
    fails_at_once<stint::value_error>([&] { locks.find({name}); });
    CHECK(locks.list().empty());
    CHECK(locks.waiting_for("a").empty());
}

TEST_CASE_FIXTURE(lock_scratch, "a pool without a free connection is no lock that is held") {
    stint::database   one_only{url(), {.connections = 1}};
    stint::lock_table table{one_only};
    auto const        lent = one_only.lend();
    fails_at_once<stint::connection_error>(
        [&] { table.try_acquire({"a"}, {.owner = "ann"}, stint::deadline::after(50ms)); });
}

TEST_CASE_FIXTURE(lock_scratch,
                  "what a killed process held is free when its lease has ended, not before and not long after") {
    partner dead{LOCK_ACTOR, {url()}};
    REQUIRE(dead.ask("acquire a dead 1500").rfind("granted ", 0) == 0);
    auto const held = locks.find({"a"});
    REQUIRE(held.size() == 1);
    dead.kill();
    auto const next = locks.acquire({"a"}, {.owner = "next"}, stint::deadline::after(100s));
    CHECK(next.front().fence > held.front().fence);
    auto const now = locks.find({"a"}).front();
    CHECK(now.since >= held.front().until);
    CHECK(now.since < held.front().until + 20s);
}

TEST_CASE_FIXTURE(lock_scratch, "who died before he heard the answer gets the same grant when he asks again") {
    {
        partner dead{LOCK_ACTOR, {url()}};
        dead.say("acquire a session-1 600000");
        REQUIRE(comes_true([&] { return !locks.find({"a"}).empty(); }));
    }
    auto const held = locks.find({"a"}).front();
    CHECK(held.owner == "session-1");
    partner again{LOCK_ACTOR, {url()}};
    CHECK(again.ask("acquire a session-1 600000") == "granted " + std::to_string(held.fence));
    CHECK(again.ask("acquire a session-1 600000 1000") == "granted " + std::to_string(held.fence));
    CHECK(again.ask("renew a session-1 " + std::to_string(held.fence) + " 600000") == "renewed");
    CHECK(locks.find({"a"}).front().since == held.since);
    CHECK(again.ask("release a session-1 " + std::to_string(held.fence)) == "released");
    CHECK(again.ask("release a session-1 " + std::to_string(held.fence)) == "lost");
}

TEST_SUITE_END();
