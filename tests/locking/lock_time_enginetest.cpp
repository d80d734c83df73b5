// Time as the database tells it: a lease is as long as was asked for, whatever time zone people live in, however long
// the call had to wait, and whatever a restored or badly set clock left in the table.

#include <cstdlib>
#include <ctime>
#include <optional>

#include <doctest/doctest.h>

#include <stint/transaction.hpp>

#include "locking/lock_scratch.hpp"
#include "support/partner.hpp"

using namespace std::chrono_literals;

namespace {

constexpr auto never = stint::deadline::none();

/// The process lives there until the end of a scope.
class time_zone {
public:
    explicit time_zone(std::string const& name) {
        if (auto const* before = std::getenv("TZ")) before_ = before;
        set(name.c_str());
    }
    time_zone(time_zone const&) = delete;
    time_zone& operator=(time_zone const&) = delete;
    ~time_zone() { set(before_ ? before_->c_str() : nullptr); }

private:
    static void set(char const* name) {
        if (name != nullptr) ::setenv("TZ", name, 1);
        else ::unsetenv("TZ");
        ::tzset();
    }

    std::optional<std::string> before_;
};

/// Where clocks go forward, or back, right now.
std::string zone_with_a_jump_now(bool forward) {
    auto const now = std::time(nullptr);
    std::tm    utc{};
    ::gmtime_r(&now, &utc);
    auto const this_hour = std::to_string(utc.tm_yday) + '/' + std::to_string(utc.tm_hour);
    auto const in_winter = std::to_string((utc.tm_yday + 180) % 365);
    return forward ? "AAA0BBB," + this_hour + ',' + in_winter : "AAA0BBB," + in_winter + ',' + this_hour;
}

std::vector<std::string> zones() {
    return {"UTC",
            "CET-1CEST,M3.5.0,M10.5.0/3",
            "<+1345>-13:45",
            "<-11>11",
            "<+0020>-00:19:32",
            zone_with_a_jump_now(true),
            zone_with_a_jump_now(false)};
}

struct in_time : lock_scratch {
    /// Somebody else's transaction is open for a while.
    std::unique_ptr<stint::connection> other = db().connect();

    void check_full_lease(std::string const& name, std::chrono::microseconds time) {
        auto const held = locks.find({name});
        REQUIRE(held.size() == 1);
        auto const lasts = held.front().until - held.front().since;
        CHECK(lasts >= time - 50ms);
        CHECK(lasts <= time + 5s);
    }

    /// A lease ends for its holder no later than for others.
    void check_honest(stint::lease const& mine) {
        auto const held = locks.find({mine.name});
        REQUIRE(held.size() == 1);
        CHECK(mine.ends.at() <= stint::deadline::clock::now() + held.front().left);
    }

    /// A row as a dump brings it back, or a clock that was wrong.
    void restore(std::string const& name, std::string const& owner, int fence, std::chrono::seconds since,
                 std::chrono::seconds until) {
        sql("INSERT INTO stint_locks (resource, owner, label, reason, fence, acquired_at, expires_at) VALUES ('" +
            name + "', '" + owner + "', 'Ann', 'work', " + std::to_string(fence) + ", " + in_seconds(since) + ", " +
            in_seconds(until) + ")");
    }
};

constexpr std::chrono::seconds longest = stint::lock_table::longest_lease;
constexpr std::chrono::seconds day = 24h;

}  // namespace

TEST_SUITE_BEGIN("lock_time");

TEST_CASE_FIXTURE(in_time, "an acquire that had to wait for somebody's transaction has its whole lease before it") {
    taken("a", "ann");
    expire("a");
    other->begin(stint::isolation::read_committed, never);
    other->execute("UPDATE stint_locks SET label = 'looked at' WHERE resource = 'a'", never);
    auto const statements = db().counters().statements;
    auto       answer = std::async(std::launch::async,
                                   [&] { return locks.try_acquire({"a"}, {.owner = "bob", .lease = 20s}); });
    REQUIRE(comes_true([&] { return db().counters().statements > statements; }));
    std::this_thread::sleep_for(400ms);  // how long it has to wait, at most
    other->commit(never);
    auto const bobs = answer.get();
    REQUIRE(bobs);
    check_full_lease("a", 20s);
    check_honest(bobs.leases().front());
}

TEST_CASE_FIXTURE(in_time, "a renewal that had to wait lengthens from when it was made") {
    auto const anns = taken("a", "ann", 1min);
    other->begin(stint::isolation::read_committed, never);
    other->execute("UPDATE stint_locks SET label = 'looked at' WHERE resource = 'a'", never);
    auto const statements = db().counters().statements;
    auto       renewals = std::async(std::launch::async, [&] { return locks.renew(std::vector{anns}, 10min); });
    REQUIRE(comes_true([&] { return db().counters().statements > statements; }));
    std::this_thread::sleep_for(400ms);
    auto const moment = ask(is_postgresql() ? "SELECT clock_timestamp()" : "SELECT stint_clock()");
    other->commit(never);
    auto const renewed = renewals.get().front().renewed;
    CHECK(ask("SELECT count(*) FROM stint_locks WHERE expires_at - " +
              (is_postgresql() ? "interval '10 min' >= '" + moment + "'" : "600000000 >= " + moment)) == "1");
    check_honest(renewed);
}

TEST_CASE_FIXTURE(in_time, "a transaction that the caller opened long ago, elsewhere, changes nothing") {
    taken("a", "ann");
    auto const look = [&] {
        std::string                     owner;
        std::vector<stint::column_type> types{{stint::data_type::text}};
        other->query(
            "SELECT owner FROM stint_locks", {}, types,
            [&](std::span<stint::value> row) { owner = std::get<std::string>(row.front()); }, never);
        return owner;
    };
    other->execute(is_postgresql() ? "BEGIN ISOLATION LEVEL REPEATABLE READ" : "BEGIN", never);
    CHECK(look() == "ann");
    expire("a");

    auto const bobs = taken("a", "bob", 20s);
    check_full_lease("a", 20s);
    check_honest(bobs);
    CHECK(locks.list().front().owner == "bob");
    CHECK_FALSE(locks.try_acquire({"a"}, {.owner = "ann"}));
    CHECK(locks.release(std::vector{bobs}).empty());
    CHECK(locks.try_acquire({"a"}, {.owner = "carl"}));
    CHECK(look() == "ann");  // it sees what there was, and could take none of it for true
    other->rollback();
}

TEST_CASE_FIXTURE(in_time, "the time zone of the people, and the night in which their clocks jump, change nothing") {
    auto const before = taken("before", "ann");
    auto const seen = locks.find({"before"}).front();
    for (auto const& zone : zones()) {
        INFO(zone);
        time_zone const here{zone};
        auto const      mine = taken("a", "ann", 10min);
        CHECK(mine.ends.left() > 9min);
        check_full_lease("a", 10min);
        check_honest(mine);
        auto const refused = locks.try_acquire({"a"}, {.owner = "bob"});
        REQUIRE_FALSE(refused);
        CHECK(refused.holders().front().left > 9min);
        CHECK(refused.holders().front().left <= 10min);
        CHECK(locks.renew(std::vector{mine}, 20min).front().outcome == stint::renewal::state::renewed);
        CHECK(locks.find({"a"}).front().left > 19min);
        CHECK(locks.find({"before"}).front().since == seen.since);
        CHECK(locks.find({"before"}).front().until == seen.until);
        expire("a");
        CHECK(locks.release(std::vector{taken("a", "bob")}).empty());
    }
    CHECK(locks.renew(std::vector{before}, 1s).front().outcome == stint::renewal::state::renewed);
}

TEST_CASE_FIXTURE(in_time, "processes in other time zones see the same lock end at the same time") {
    std::unique_ptr<partner> there;
    {
        time_zone const far{"<-11>11"};
        there = std::make_unique<partner>(LOCK_ACTOR, std::vector<std::string>{url()});
    }
    time_zone const here{"<+13>-13"};
    auto const      mine = taken("a", "ann", 1min);
    CHECK(there->ask("acquire a bob 60000") == "refused ann");
    expire("a");
    CHECK(there->ask("acquire a bob 60000").rfind("granted ", 0) == 0);
    CHECK_FALSE(locks.try_acquire({"a"}, {.owner = "ann"}));
    CHECK(locks.release(std::vector{mine}).size() == 1);
    CHECK(locks.find({"a"}).front().left > 50s);
}

TEST_CASE_FIXTURE(in_time, "expired rows of an old dump behave as free, without ever being purged") {
    restore("a", "ann", 1000, -90 * day, -89 * day);
    restore("b", "ann", 7, -2h, -1s);
    CHECK(locks.list().empty());
    CHECK(locks.list_of("ann").empty());
    CHECK(locks.find({"a", "b"}).empty());
    CHECK(locks.renew_all("ann", 1min).empty());
    CHECK(locks.renew(std::vector{stint::lease{"a", "ann", 1000}}, 1min).front().outcome ==
          stint::renewal::state::lost);
    CHECK_FALSE(locks.break_lock("a", 1000, {.breaker = "boss"}).done);
    CHECK(locks.acquire({"b"}, {.owner = "bob"}, stint::deadline::after(60s)).front().fence > 7);
    auto const anew = taken("a", "ann");
    CHECK(anew.fence > 1000);
    CHECK_FALSE(anew.is_first);
    check_full_lease("a", 10min);
}

TEST_CASE_FIXTURE(in_time, "rows of a dump whose time isn't up hold, are shown, can be broken, and end by themselves") {
    restore("a", "ann", 5, -1h, 20h);
    restore("b", "ann", 6, -1h, 1s);
    auto const refused = locks.try_acquire({"a"}, {.owner = "bob"});
    REQUIRE_FALSE(refused);
    CHECK(refused.holders().front().owner == "ann");
    CHECK(refused.holders().front().left > 19h);
    CHECK(locks.list_of("ann").size() == 2);
    CHECK(locks.acquire({"b"}, {.owner = "bob"}, stint::deadline::after(60s)).front().fence > 6);
    CHECK(locks.break_lock("a", refused.holders().front().fence, {.breaker = "boss"}).done);
    CHECK(taken("a", "bob").fence > 5);
}

TEST_CASE_FIXTURE(in_time,
                  "a lock that ends later than any can was granted by a clock that was wrong: it can be taken") {
    restore("a", "ann", 5, 300 * day, 301 * day);
    auto const shown = locks.find({"a"});
    REQUIRE(shown.size() == 1);
    CHECK(shown.front().left > stint::lock_table::longest_lease);
    CHECK(locks.list().size() == 1);
    auto const bobs = taken("a", "bob");
    CHECK(bobs.fence > 5);
    check_full_lease("a", 10min);
    CHECK(locks.renew(std::vector{stint::lease{"a", "ann", 5}}, 1min).front().outcome == stint::renewal::state::lost);
    CHECK(locks.renew(std::vector{bobs}, 1min).front().outcome == stint::renewal::state::renewed);

    restore("waited for", "ann", 6, 300 * day, 301 * day);
    CHECK(locks.acquire({"waited for"}, {.owner = "bob"}, stint::deadline::after(60s)).front().owner == "bob");
    restore("almost", "ann", 7, 0s, longest - 60s);
    CHECK_FALSE(locks.try_acquire({"almost"}, {.owner = "bob"}));
}

TEST_CASE_FIXTURE(in_time,
                  "a lock that ends too late can be broken, and its holder can bring it back to what is allowed") {
    restore("a", "ann", 5, 300 * day, 301 * day);
    CHECK(locks.break_lock("a", 5, {.breaker = "boss", .grace = 1min}).done);
    CHECK(locks.find({"a"}).front().left <= 1min);

    auto const leases = std::vector{stint::lease{"b", "ann", 6}};
    restore("b", "ann", 6, -1s, 301 * day);
    CHECK(locks.renew(leases, 1min).front().renewed.ends.left() <= longest);
    CHECK(locks.find({"b"}).front().left <= longest);
    restore("c", "carl", 7, -1s, 301 * day);
    CHECK(locks.renew_all("carl", 1min).front().ends.left() <= longest);
    CHECK(locks.find({"c"}).front().left <= longest);
    restore("d", "dora", 8, -1s, 301 * day);
    CHECK(taken("d", "dora").ends.left() <= longest);
    CHECK(locks.find({"d"}).front().left <= longest);
}

TEST_CASE_FIXTURE(in_time, "a place in line that a wrong clock keeps for long keeps nobody waiting") {
    sql("INSERT INTO stint_lock_waiters (resource, owner, place, until) VALUES ('a', 'ghost', 0, " +
        in_seconds(2 * day) + ")");
    CHECK(locks.acquire({"a"}, {.owner = "bob"}, stint::deadline::after(20s)).front().owner == "bob");
}

TEST_SUITE_END();
