// Time on PostgreSQL: rows that others hold for a while, sessions in other time zones, and a server's clock that is
// wrong.

#include <doctest/doctest.h>

#include <stint/transaction.hpp>

#include "../support/of_a_session.hpp"
#include "locking/lock_scratch.hpp"

using namespace std::chrono_literals;

namespace {

constexpr auto never = stint::deadline::none();

std::string with_option(std::string url, std::string const& option) {
    auto const at = url.find("options=") + 8;
    return url.insert(at, option + "%20");
}

struct on_a_server : lock_scratch {
    std::unique_ptr<stint::connection> other = db().connect();

    bool somebody_waits_for_a_row() {
        return ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()") !=
               "0";
    }
    bool is_true(std::string const& condition) { return ask("SELECT CAST(" + condition + " AS text)") == "true"; }
    /// Is waiting for `other` when it returns.
    template <class Call>
    auto blocked(Call call) {
        auto result = std::async(std::launch::async, call);
        REQUIRE(comes_true([&] { return somebody_waits_for_a_row(); }));
        std::this_thread::sleep_for(300ms);  // more than any check allows for
        return result;
    }
    void check_begins_after(std::string const& name, std::string const& moment) {
        CHECK(is_true("(SELECT acquired_at >= '" + moment + "' FROM stint_locks WHERE resource = '" + name + "')"));
    }
    void check_honest(stint::lease const& mine) {
        CHECK(mine.ends.at() <= stint::deadline::clock::now() + locks.find({mine.name}).front().left);
    }
};

/// A server whose clock can be set: its functions find the one of the schema first.
struct wrong_clock : scratch_database {
    wrong_clock() {
        sql("CREATE TABLE clock_error (shift interval NOT NULL)");
        sql("INSERT INTO clock_error VALUES ('0')");
        for (std::string const name : {"clock_timestamp()", "statement_timestamp()"})
            sql("CREATE FUNCTION " + name + " RETURNS timestamptz LANGUAGE sql VOLATILE AS 'SELECT pg_catalog." + name +
                " + (SELECT shift FROM clock_error)'");
        stint::create_lock_tables(wrong);
    }

    stint::database   wrong{url() + "%2Cpg_catalog"};
    stint::lock_table locks{wrong};

    void set(std::string const& error) { sql("UPDATE clock_error SET shift = '" + error + "'"); }
};

}  // namespace

TEST_SUITE_BEGIN("lock_time");

TEST_CASE_FIXTURE(on_a_server, "an acquire that waited for the row of a free lock has its whole lease before it") {
    taken("a", "ann");
    for (auto const* strength : {"FOR UPDATE", "FOR SHARE"}) {
        expire("a");
        other->begin(stint::isolation::read_committed, never);
        other->execute(std::string("DO $$ BEGIN PERFORM 1 FROM stint_locks ") + strength + "; END $$", never);
        auto       answer = blocked([&] { return locks.try_acquire({"a"}, {.owner = strength, .lease = 5s}); });
        auto const moment = ask("SELECT clock_timestamp()");
        other->commit(never);
        auto const granted = answer.get();
        REQUIRE(granted);
        check_begins_after("a", moment);
        CHECK(is_true("(SELECT expires_at >= '" + moment + "'::timestamptz + interval '5 s' FROM stint_locks)"));
        CHECK(
            is_true("(SELECT expires_at - acquired_at BETWEEN interval '4.9 s' AND interval '9 s' FROM stint_locks)"));
        check_honest(granted.leases().front());
    }
}

TEST_CASE_FIXTURE(on_a_server, "an acquire that waited for a row that never came says how long its lease is") {
    other->begin(stint::isolation::read_committed, never);
    other->execute(
        "INSERT INTO stint_locks VALUES ('a', 'ann', '', '', 1, clock_timestamp(), clock_timestamp() + interval '1 h')",
        never);
    auto answer = blocked([&] { return locks.try_acquire({"a"}, {.owner = "bob", .lease = 5s}); });
    other->rollback();
    auto const granted = answer.get();
    REQUIRE(granted);
    check_honest(granted.leases().front());
    CHECK(is_true("(SELECT expires_at - acquired_at = interval '5 s' FROM stint_locks)"));
}

TEST_CASE_FIXTURE(on_a_server, "an acquire that waited for a row that came is refused") {
    other->begin(stint::isolation::read_committed, never);
    other->execute(
        "INSERT INTO stint_locks VALUES ('a', 'ann', '', '', 1, clock_timestamp(), clock_timestamp() + interval '1 h')",
        never);
    auto answer = blocked([&] { return locks.try_acquire({"a"}, {.owner = "bob", .lease = 5s}); });
    other->commit(never);
    auto const refused = answer.get();
    REQUIRE_FALSE(refused);
    REQUIRE(refused.holders().size() == 1);
    CHECK(refused.holders().front().owner == "ann");
    CHECK(locks.list().front().owner == "ann");
}

TEST_CASE_FIXTURE(on_a_server,
                  "an acquire that waited while a lock was taken, or expired, decides by what is there then") {
    taken("a", "ann");
    expire("a");
    other->begin(stint::isolation::read_committed, never);
    other->execute("UPDATE stint_locks SET owner = 'carl', fence = 99, expires_at = clock_timestamp() + interval '1 h'",
                   never);
    auto late = blocked([&] { return locks.try_acquire({"a"}, {.owner = "bob"}); });
    other->commit(never);
    auto const refused = late.get();
    REQUIRE_FALSE(refused);
    CHECK(refused.holders().front().owner == "carl");

    auto const held = taken("b", "ann", 1s);  // expires while the renewal waits
    other->begin(stint::isolation::read_committed, never);
    other->execute("UPDATE stint_locks SET label = 'looked at' WHERE resource = 'b'", never);
    auto renewal = blocked([&] { return locks.renew(std::vector{held}, 10min); });
    CHECK(comes_true([&] { return held.ends.has_passed() && locks.find({"b"}).empty(); }));
    other->commit(never);
    CHECK(renewal.get().front().outcome == stint::renewal::state::lost);
    CHECK(locks.find({"b"}).empty());
}

TEST_CASE_FIXTURE(on_a_server, "sessions in other time zones see the same lock" * of_a_session) {
    for (std::string const zone : {"UTC", "<%2B1345>-13:45", "<-11>11", "<%2B0545>-05:45", "AAA0BBB%2C0%2C364"}) {
        INFO(zone);
        stint::database   there{with_option(url(), "-cTimeZone%3D" + zone)};
        stint::lock_table same{there};
        auto const        mine = same.try_acquire({"a"}, {.owner = "ann", .lease = 10min});
        REQUIRE(mine);
        CHECK(mine.leases().front().ends.left() > 9min);
        auto const seen_here = locks.find({"a"}).front();
        auto const seen_there = same.find({"a"}).front();
        CHECK(seen_here.since == seen_there.since);
        CHECK(seen_here.until == seen_there.until);
        CHECK(seen_here.left > 9min);
        CHECK(seen_there.left > 9min);
        CHECK(seen_here.until - seen_here.since > 10min - 50ms);
        CHECK(seen_here.until - seen_here.since < 10min + 5s);
        CHECK_FALSE(locks.try_acquire({"a"}, {.owner = "bob"}));
        CHECK(locks.renew(mine.leases(), 20min).front().outcome == stint::renewal::state::renewed);
        CHECK(same.release(mine.leases()).empty());
        CHECK(locks.list().empty());
    }
}

TEST_CASE_FIXTURE(wrong_clock, "only the server's clock counts, however far it is from the client's" * of_a_session) {
    for (auto const* error : {"1 day", "-1 day", "20 years"}) {
        INFO(error);
        set(error);
        auto const mine = locks.try_acquire({"a"}, {.owner = "ann", .lease = 10min});
        REQUIRE(mine);
        CHECK(mine.leases().front().ends.left() > 9min);
        CHECK(mine.leases().front().ends.left() <= 10min);
        auto const refused = locks.try_acquire({"a"}, {.owner = "bob"});
        REQUIRE_FALSE(refused);
        CHECK(refused.holders().front().left > 9min);
        CHECK(refused.holders().front().left <= 10min);
        CHECK(locks.renew(mine.leases(), 20min).front().renewed.ends.left() > 19min);
        CHECK(locks.renew_all("ann", 30min).front().ends.left() > 29min);
        auto const answer = locks.try_acquire({"b"}, {.owner = "ann", .lease = 100ms});
        REQUIRE(answer);
        auto const waited = locks.acquire({"b"}, {.owner = "bob"}, stint::deadline::after(60s));
        CHECK(waited.front().fence > answer.leases().front().fence);
        CHECK(locks.release(waited).empty());
        CHECK(locks.break_lock("a", mine.leases().front().fence, {.breaker = "boss", .grace = 1min}).now.left <= 1min);
        CHECK(locks.release(mine.leases()).empty());
    }
}

TEST_CASE_FIXTURE(wrong_clock,
                  "a server's clock that goes forward and back neither revives a grant nor locks for good" *
                      of_a_session) {
    auto const anns = locks.try_acquire({"a"}, {.owner = "ann", .lease = 10min});
    set("1 year");
    CHECK(locks.list().empty());
    CHECK(locks.renew(anns.leases(), 10min).front().outcome == stint::renewal::state::lost);
    auto const bobs = locks.try_acquire({"a"}, {.owner = "bob", .lease = 10min});
    auto const also = locks.try_acquire({"b"}, {.owner = "bob", .lease = 10min});
    REQUIRE(bobs);
    REQUIRE(also);

    set("0");
    CHECK(locks.renew(anns.leases(), 10min).front().outcome == stint::renewal::state::lost);
    CHECK(locks.release(anns.leases()).size() == 1);
    CHECK(locks.find({"a"}).front().owner == "bob");
    CHECK(locks.find({"a"}).front().left > stint::lock_table::longest_lease);
    auto const carls = locks.try_acquire({"a"}, {.owner = "carl", .lease = 10min});  // nobody can hold it that long
    REQUIRE(carls);
    CHECK(carls.leases().front().fence > bobs.leases().front().fence);
    CHECK(locks.renew(bobs.leases(), 10min).front().outcome == stint::renewal::state::lost);
    CHECK(locks.release(also.leases()).empty());
    CHECK(locks.try_acquire({"b"}, {.owner = "carl"}));
}

TEST_SUITE_END();
