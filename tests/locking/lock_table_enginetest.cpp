// The lock table by itself: what is granted, to whom, for how long, and what becomes of it.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <limits>
#include <mutex>
#include <random>
#include <string>
#include <thread>
#include <vector>

#include <stint/lease_keeper.hpp>
#include <stint/lock_table.hpp>
#include <stint/log.hpp>

#include "support/scratch_database.hpp"

using namespace std::chrono_literals;
using stint::lock_request;
using stint::lock_table;

namespace {

struct locks_of_test : scratch_database {
    locks_of_test() { stint::create_lock_tables(db()); }

    lock_table table{db()};

    stint::lease taken(std::string const& name, std::string const& owner, std::chrono::milliseconds time = 10min) {
        auto const answer = table.try_acquire({name}, {.owner = owner, .lease = time});
        REQUIRE(answer);
        return answer.leases().front();
    }
    /// As if its time had passed.
    void expire(std::string const& name) {
        sql(is_postgresql()
                ? "UPDATE stint_locks SET expires_at = clock_timestamp() - interval '1 second' WHERE resource = '" +
                      name + "'"
                : "UPDATE stint_locks SET expires_at = stint_clock() - 1000000 WHERE resource = '" + name + "'");
    }
};

using words = std::vector<std::string>;

words names_of(std::vector<stint::lease> const& leases) {
    words result;
    for (auto const& lease : leases) result.push_back(lease.name);
    return result;
}

}  // namespace

TEST_SUITE_BEGIN("lock_table");

TEST_CASE_FIXTURE(locks_of_test,
                  "a lock is granted once, and a refusal says who holds it, since when, until when, why") {
    auto const mine = table.try_acquire({"documents/1"}, {"ann-1", "Ann", "month's end", 10min});
    REQUIRE(mine);
    CHECK(mine.leases().front().name == "documents/1");
    CHECK(mine.leases().front().owner == "ann-1");
    CHECK(mine.leases().front().fence > 0);
    CHECK(mine.leases().front().ends.left() > 9min);
    CHECK(mine.leases().front().ends.left() <= 10min);

    auto const refused = table.try_acquire({"documents/1"}, {.owner = "bob-1"});
    REQUIRE_FALSE(refused);
    REQUIRE(refused.holders().size() == 1);
    auto const& holder = refused.holders().front();
    CHECK(holder.name == "documents/1");
    CHECK(holder.owner == "ann-1");
    CHECK(holder.label == "Ann");
    CHECK(holder.reason == "month's end");
    CHECK(holder.fence == mine.leases().front().fence);
    CHECK(holder.until - holder.since > 9min);
    CHECK(holder.left > 9min);
    CHECK(holder.broken_by == "");
    CHECK(to_string(holder).find("documents/1 is held by ann-1 (Ann: month's end) since 20") == 0);
    CHECK(to_string(holder).find("for another ") != std::string::npos);
}

TEST_CASE_FIXTURE(locks_of_test, "many are granted all or none, each once, in the order of their names") {
    taken("c", "bob");
    auto const refused = table.try_acquire({"d", "c", "a", "b", "a"}, {.owner = "ann"});
    CHECK_FALSE(refused);
    REQUIRE(refused.holders().size() == 1);
    CHECK(refused.holders().front().name == "c");
    CHECK(table.list_of("ann").empty());

    auto const granted = table.try_acquire({"d", "B", "a", "ä", "b", "a"}, {.owner = "ann"});
    REQUIRE(granted);
    CHECK(names_of(granted.leases()) == words{"B", "a", "b", "d", "ä"});
    CHECK(table.try_acquire({}, {.owner = "ann"}));
}

TEST_CASE_FIXTURE(locks_of_test, "the same owner gets the same grant again, lengthened but never shortened") {
    auto const first = table.try_acquire({"a"}, {.owner = "ann", .label = "Ann", .lease = 5min});
    auto const again = table.try_acquire({"a"}, {.owner = "ann", .label = "other", .lease = 10min});
    CHECK(again.leases().front().fence == first.leases().front().fence);
    CHECK(again.leases().front().ends.left() > 9min);
    CHECK(table.try_acquire({"a"}, {.owner = "ann", .lease = 1s}).leases().front().ends.left() > 9min);
    CHECK(table.list().front().label == "Ann");
}

TEST_CASE_FIXTURE(locks_of_test, "every grant of a name has a higher fence, whatever became of the one before") {
    std::int64_t last = 0;
    auto const   rises = [&](std::string const& owner) {
        auto const fence = taken("a", owner).fence;
        CHECK(fence > last);
        last = fence;
    };
    rises("ann");
    expire("a");
    rises("bob");  // taken over
    expire("a");
    rises("bob");  // again by the same owner: a new grant all the same
    table.release_all("bob");
    rises("ann");
    table.break_lock("a", last, {.breaker = "boss"});
    rises("bob");
    table.release_all("bob");
    sql(is_postgresql() ? "UPDATE stint_locks SET acquired_at = clock_timestamp() - interval '1 hour'"
                        : "UPDATE stint_locks SET acquired_at = stint_clock() - 3600000000");
    CHECK(table.purge(1min) == 1);
    CHECK(ask("SELECT COUNT(*) FROM stint_locks") == "0");
    rises("ann");
    {
        stint::database restarted{url()};
        lock_table      other{restarted};
        other.release_all("ann");
        auto const fence = other.try_acquire({"a"}, {.owner = "bob"}).leases().front().fence;
        CHECK(fence > last);
    }
}

TEST_CASE_FIXTURE(locks_of_test,
                  "renewing lengthens, in one statement for all, and tells what is lost and who has it") {
    auto const a = taken("a", "ann", 1min);
    auto const b = taken("b", "bob", 1min);
    auto const c = taken("c", "ann", 1min);
    expire("c");
    auto const renewals = table.renew(std::vector{a, b, c}, 30min);
    REQUIRE(renewals.size() == 3);
    CHECK(renewals[0].outcome == stint::renewal::state::renewed);
    CHECK(renewals[0].renewed.ends.left() > 29min);
    CHECK(renewals[1].outcome == stint::renewal::state::renewed);
    CHECK(renewals[2].outcome == stint::renewal::state::lost);
    CHECK(renewals[2].now.owner == "");

    auto const taken_over = taken("c", "carl");
    auto const lost = table.renew(std::vector{c}, 30min);
    CHECK(lost[0].outcome == stint::renewal::state::lost);
    CHECK(lost[0].now.owner == "carl");
    CHECK(lost[0].now.fence == taken_over.fence);
    CHECK(table.find({"c"}).front().left <= 10min);
}

TEST_CASE_FIXTURE(locks_of_test, "nothing is held longer than its tenure") {
    auto const a = taken("a", "ann", 1s);
    auto const ending = table.renew(std::vector{a}, 30min, 1min);
    CHECK(ending[0].outcome == stint::renewal::state::ending);
    CHECK(ending[0].renewed.ends.left() <= 1min);
    CHECK(table.list().front().left <= 1min);
}

TEST_CASE_FIXTURE(locks_of_test, "an owner's locks are renewed and released by his id alone") {
    auto const granted = table.try_acquire({"a", "b"}, {.owner = "ann", .lease = 1min});
    taken("c", "bob", 1min);
    auto const resumed = table.renew_all("ann", 10min);
    REQUIRE(names_of(resumed) == words{"a", "b"});
    CHECK(resumed[1].fence == granted.leases()[1].fence);
    CHECK(resumed[1].ends.left() > 9min);
    CHECK(table.release_all("ann") == 2);
    CHECK(table.release_all("ann") == 0);
    REQUIRE(table.list().size() == 1);
    CHECK(table.list().front().owner == "bob");
}

TEST_CASE_FIXTURE(locks_of_test, "an old grant can neither renew nor release what another has now") {
    auto const old = taken("a", "ann");
    expire("a");
    auto const now = taken("a", "bob");
    CHECK(table.renew(std::vector{old}, 1min)[0].outcome == stint::renewal::state::lost);
    auto const lost = table.release(std::vector{old});
    REQUIRE(lost.size() == 1);
    CHECK(lost.front().fence == old.fence);
    CHECK_FALSE(table.try_acquire({"a"}, {.owner = "ann"}));
    CHECK(table.list().front().fence == now.fence);
    CHECK(table.list().front().owner == "bob");
}

TEST_CASE_FIXTURE(locks_of_test, "an older grant of the same owner is refused, too") {
    auto const old = taken("a", "ann");
    expire("a");
    auto const fresh = taken("a", "ann");
    CHECK(fresh.fence != old.fence);
    CHECK(table.renew(std::vector{old}, 1min)[0].outcome == stint::renewal::state::lost);
    CHECK(table.release(std::vector{old}).size() == 1);
    CHECK(table.release(std::vector{fresh}).empty());
    CHECK(table.list().empty());
}

TEST_CASE_FIXTURE(locks_of_test, "an expired lock behaves as free everywhere") {
    auto const old = taken("a", "ann");
    expire("a");
    CHECK(table.list().empty());
    CHECK(table.list_of("ann").empty());
    CHECK(table.find({"a"}).empty());
    CHECK(table.renew_all("ann", 1min).empty());
    CHECK_FALSE(table.break_lock("a", old.fence, {.breaker = "boss"}).done);
    CHECK(table.try_acquire({"a"}, {.owner = "bob"}));
}

TEST_CASE_FIXTURE(locks_of_test, "a break needs the fence that was shown, gives a grace, and is written down") {
    auto const old = taken("a", "ann");
    expire("a");
    auto const now = taken("a", "bob");
    auto const stale = table.break_lock("a", old.fence, {.breaker = "boss"});
    CHECK_FALSE(stale.done);
    CHECK(stale.now.owner == "bob");
    CHECK(stale.now.fence == now.fence);
    CHECK(ask("SELECT COUNT(*) FROM stint_lock_breaks") == "0");

    auto const broken = table.break_lock("a", now.fence, {.breaker = "boss", .reason = "bob went home", .grace = 1min});
    REQUIRE(broken.done);
    CHECK(broken.now.owner == "bob");
    CHECK(broken.now.broken_by == "boss");
    CHECK(broken.now.left <= 1min);
    CHECK(broken.now.left > 50s);
    CHECK(ask("SELECT owner || ' ' || broken_by || ' ' || reason FROM stint_lock_breaks") == "bob boss bob went home");
    CHECK(ask("SELECT fence FROM stint_lock_breaks") == std::to_string(now.fence));

    auto const renewal = table.renew(std::vector{now}, 10min)[0];  // may finish, can't stay
    CHECK(renewal.outcome == stint::renewal::state::ending);
    CHECK(renewal.renewed.ends.left() <= 1min);
    auto const again = table.try_acquire({"a"}, {.owner = "bob", .lease = 10min});
    REQUIRE(again);
    CHECK(again.leases().front().ends.left() <= 1min);
    CHECK_FALSE(table.try_acquire({"a"}, {.owner = "ann"}));

    CHECK(table.break_lock("a", now.fence, {.breaker = "boss"}).done);
    CHECK(table.try_acquire({"a"}, {.owner = "ann"}));
    CHECK(table.list().front().broken_by == "");
}

TEST_CASE_FIXTURE(locks_of_test, "what can't be kept is refused at once, on every engine alike") {
    auto const name = std::string(500, 'x');
    CHECK(table.try_acquire({name}, {.owner = std::string(200, 'o')}));
    CHECK_THROWS_AS(table.try_acquire({name + 'x'}, {.owner = "ann"}), stint::value_error);
    CHECK_THROWS_AS(table.try_acquire({"a"}, {.owner = std::string(201, 'o')}), stint::value_error);
    CHECK_THROWS_AS(table.try_acquire({std::string("a\0b", 3)}, {.owner = "ann"}), stint::value_error);
    CHECK_THROWS_AS(table.try_acquire({""}, {.owner = "ann"}), stint::usage_error);
    CHECK_THROWS_AS(table.try_acquire({"a"}, {.owner = ""}), stint::usage_error);
    CHECK_THROWS_AS(table.release_all(""), stint::usage_error);
    CHECK_THROWS_AS(table.break_lock("a", 1, {.breaker = ""}), stint::usage_error);
    CHECK_THROWS_AS(table.purge(59s), stint::usage_error);
    for (auto const time : {0ms, -1ms, std::chrono::milliseconds{lock_table::longest_lease} + 1ms,
                            std::chrono::milliseconds{std::numeric_limits<std::int64_t>::max()}}) {
        CHECK_THROWS_AS(table.try_acquire({"a"}, {.owner = "ann", .lease = time}), stint::usage_error);
        CHECK_THROWS_AS(table.renew(std::vector{stint::lease{"a", "ann", 1}}, time), stint::usage_error);
    }
    CHECK(table.try_acquire({"a"}, {.owner = "ann", .lease = 1ms}));
    CHECK(table.try_acquire({"z"}, {.owner = "ann", .lease = lock_table::longest_lease}));
}

TEST_CASE_FIXTURE(locks_of_test, "names and remarks are taken to the letter") {
    std::vector<std::string> const odd{"\"", "\\", "a,b", "[1]", "{}", "'", "\n\t\x01", ":1", "ä€😀", "%_"};
    auto const                     granted = table.try_acquire(odd, {"o\"'\\wner", "la'bel", ":reason"});
    REQUIRE(granted);
    CHECK(granted.leases().size() == odd.size());
    for (auto const& name : odd) CHECK(table.find({name}).front().owner == "o\"'\\wner");
    CHECK(table.renew(granted.leases(), 1min).front().outcome == stint::renewal::state::renewed);
    CHECK(table.release(granted.leases()).empty());
    CHECK(table.list().empty());
}

TEST_CASE_FIXTURE(locks_of_test, "one round trip for any number of locks") {
    if (!is_postgresql()) return;
    std::vector<std::string> names;
    for (int i = 0; i < 1000; ++i) names.push_back("n/" + std::to_string(i));
    std::vector<stint::lease> leases;
    auto const                all = [&] {
        leases = table.try_acquire(names, {.owner = "ann"}).leases();
        CHECK(leases.size() == 1000);
        CHECK(table.renew(leases, 20min).size() == 1000);
        CHECK(table.renew_all("ann", 20min).size() == 1000);
        CHECK(table.release(leases).empty());
        CHECK(table.try_acquire(names, {.owner = "ann"}));
        CHECK(table.release_all("ann") == 1000);
    };
    all();  // prepares the statements
    auto const before = db().counters();
    all();
    CHECK(db().counters().round_trips - before.round_trips == 6);
}

TEST_CASE_FIXTURE(locks_of_test, "whoever waits gets it when it is released, and the others in their order") {
    auto const               held = taken("a", "first");
    std::vector<std::string> order;
    std::mutex               writing;
    std::vector<std::thread> waiters;
    for (std::string const owner : {"second", "third", "fourth"}) {
        waiters.emplace_back([&, owner] {
            auto const granted = table.acquire({"a"}, {.owner = owner}, stint::deadline::after(60s));
            {
                auto const hold = std::lock_guard(writing);
                order.push_back(owner);
            }
            table.release(granted);
        });
        while (table.waiting_for("a").size() < waiters.size()) std::this_thread::yield();
    }
    CHECK(table.waiting_for("a") == words{"second", "third", "fourth"});
    CHECK(table.release(std::vector{held}).empty());
    for (auto& thread : waiters) thread.join();
    CHECK(order == words{"second", "third", "fourth"});
    CHECK(table.waiting_for("a").empty());
    CHECK(table.list().empty());
}

TEST_CASE_FIXTURE(locks_of_test, "who has a lock gets it again at once, though others stand in line for it") {
    auto const  first = taken("a", "ann");
    std::thread waiting{[&] { table.acquire({"a"}, {.owner = "bob"}, stint::deadline::after(60s)); }};
    while (table.waiting_for("a").empty()) std::this_thread::yield();
    auto const again = table.acquire({"a"}, {.owner = "ann"}, stint::deadline::after(60s));
    CHECK(again.front().fence == first.fence);
    CHECK(again.front().was_held);
    CHECK_FALSE(first.was_held);
    table.release(again);
    waiting.join();
}

TEST_CASE_FIXTURE(locks_of_test, "those who wait for several locks don't wait in a circle") {
    auto const held = table.try_acquire({"m", "n"}, {.owner = "holder"});
    // What a wait of ann's that was killed has left behind: she is first in one line, and last in the other.
    sql("INSERT INTO stint_lock_waiters (resource, owner, place, until) VALUES ('m', 'ann', 0, " +
        std::string(is_postgresql() ? "clock_timestamp() + interval '1 hour')" : "stint_clock() + 3600000000)"));
    std::vector<std::thread> waiters;
    for (std::string const owner : {"bob", "ann"}) {
        waiters.emplace_back([&, owner] {
            CHECK_NOTHROW(table.release(table.acquire({"m", "n"}, {.owner = owner}, stint::deadline::after(30s))));
        });
        while (table.waiting_for("n").size() < waiters.size()) std::this_thread::yield();
    }
    CHECK(table.waiting_for("m") == words{"ann", "bob"});
    CHECK(table.waiting_for("n") == words{"bob", "ann"});
    table.release(held.leases());
    for (auto& thread : waiters) thread.join();
}

TEST_CASE_FIXTURE(locks_of_test, "a lock whose row a flush holds is busy, not lost, and holds up no other") {
    if (!is_postgresql()) return;  // one writer at a time
    auto const a = taken("a", "ann", 10s), b = taken("b", "ann", 10s);
    auto const flush = db().lend();
    flush->begin(stint::isolation::read_committed, stint::deadline::none());
    flush->execute("SELECT 1 FROM stint_locks WHERE resource = 'a' FOR SHARE", stint::deadline::none());
    {
        // The keeper renews what it can, and the other once its row is free.
        std::atomic<int>    told{0};
        stint::lease_keeper keeper{table, {.lease = 2min, .beat = 10ms, .margin = 10ms}};
        keeper.keep(a, [&](stint::lease const&, stint::lease_news) { ++told; });
        keeper.keep(b, [&](stint::lease const&, stint::lease_news) { ++told; });
        while (table.find({"b"}).at(0).left < 1min) std::this_thread::yield();
        CHECK(table.find({"a"}).at(0).left < 1min);
        flush->rollback();
        while (table.find({"a"}).at(0).left < 1min) std::this_thread::yield();
        CHECK(told == 0);
    }
}

TEST_CASE_FIXTURE(locks_of_test, "an old and a new grant of one name are told apart when both are given back") {
    auto const old = taken("a", "ann");
    expire("a");
    auto const fresh = taken("a", "ann");
    auto const lost = table.release(std::vector{old, fresh});
    REQUIRE(lost.size() == 1);
    CHECK(lost.front().fence == old.fence);
    CHECK(table.list().empty());
}

TEST_CASE_FIXTURE(locks_of_test, "a wait ends at its deadline, names the holder and leaves the line") {
    taken("a", "ann");
    auto const start = std::chrono::steady_clock::now();
    try {
        table.acquire({"a", "b"}, {.owner = "bob"}, stint::deadline::after(100ms));
        FAIL("not refused");
    } catch (stint::lock_refused const& e) {
        CHECK(e.what_next() == stint::advice::wait_and_retry);
        REQUIRE(e.holders().size() == 1);
        CHECK(e.holders().front().owner == "ann");
    }
    CHECK(std::chrono::steady_clock::now() - start >= 100ms);
    CHECK(table.waiting_for("a").empty());
    CHECK(table.list_of("bob").empty());
}

TEST_CASE_FIXTURE(locks_of_test, "whoever waits gets it when it expires, though nobody releases it") {
    taken("a", "ann", 300ms);
    auto const granted = table.acquire({"a"}, {.owner = "bob"}, stint::deadline::after(60s));
    CHECK(granted.front().owner == "bob");
    CHECK(table.list().front().owner == "bob");
}

TEST_SUITE_END();
