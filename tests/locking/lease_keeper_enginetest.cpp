// Leases that are renewed in time, and owners who are told in time when they aren't. Times are short, but no test hangs
// on one: each waits for what it needs to see.

#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <barrier>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <stint/error.hpp>
#include <stint/lease_keeper.hpp>
#include <stint/transaction.hpp>

#include "support/numbered.hpp"
#include "support/scratch_database.hpp"

using namespace std::chrono_literals;
using std::chrono::milliseconds;
using stint::lease;
using stint::lease_keeper;
using stint::lease_news;

namespace {

using clock = stint::deadline::clock;

constexpr auto patience = 20s;

template <class Condition>
bool comes_true(Condition is_true) {
    auto const until = stint::deadline::after(patience);
    while (!is_true()) {
        if (until.has_passed()) return false;
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

// What was told, in order.
class news_desk {
public:
    lease_keeper::listener listener() {
        return [this](lease const& lease, lease_news news) {
            auto const hold = std::lock_guard(mutex_);
            told_.push_back(lease.name + " " + std::string(to_string(news)));
            last_ = lease;
            at_ = clock::now();
            told_more_.notify_all();
        };
    }

    bool hears(std::string const& news) {
        auto hold = std::unique_lock(mutex_);
        return told_more_.wait_until(hold, clock::now() + patience,
                                     [&] { return std::ranges::find(told_, news) != told_.end(); });
    }

    /// "a late, a on time"
    std::string told() const {
        auto const  hold = std::lock_guard(mutex_);
        std::string all;
        for (auto const& each : told_) all += (all.empty() ? "" : ", ") + each;
        return all;
    }
    /// The lease as it was told last, and when that was.
    lease last() const {
        auto const hold = std::lock_guard(mutex_);
        return last_;
    }
    clock::time_point at() const {
        auto const hold = std::lock_guard(mutex_);
        return at_;
    }

private:
    mutable std::mutex       mutex_;
    std::condition_variable  told_more_;
    std::vector<std::string> told_;
    lease                    last_;
    clock::time_point        at_{};
};

// Somebody's transaction that lets others read the locks but not write them, until the end of a scope.
class blocked_table {
public:
    explicit blocked_table(stint::database& db) : in_(db.lend()), open_(*in_) {
        if (scratch_database::is_postgresql())
            in_->execute("LOCK TABLE stint_locks IN EXCLUSIVE MODE", stint::deadline::none());
    }

private:
    stint::database::lease in_;
    stint::transaction     open_;
};

class kept_locks : public scratch_database {
public:
    kept_locks() { stint::create_lock_tables(db()); }

    lease taken(std::string const& name, milliseconds for_time, std::string const& owner = "desk 1") {
        auto const answer = locks.try_acquire({name}, {.owner = owner, .lease = for_time});
        REQUIRE(answer);
        return answer.leases().front();
    }
    std::optional<stint::held_lock> held(std::string const& name) {
        auto const found = locks.find({name});
        return found.empty() ? std::nullopt : std::optional(found.front());
    }
    bool is_held_until_after(std::string const& name, stint::timestamp when) {
        auto const now = held(name);
        return now && now->until > when;
    }
    void expire(std::string const& name) {
        sql("UPDATE stint_locks SET expires_at = " + std::string(is_postgresql() ? "'epoch'" : "0") +
            " WHERE resource = '" + name + "'");
    }

    stint::lock_table locks{db()};
    news_desk         desk;
};

}  // namespace

TEST_SUITE_BEGIN("lease_keeper");

TEST_CASE_FIXTURE(kept_locks, "a kept lease goes on beyond its end, a forgotten one ends by itself") {
    lease_keeper keeper{locks, {.lease = 3s, .beat = 100ms}};
    auto const   mine = taken("a", 3s);
    auto const   first = held("a")->until;
    keeper.keep(mine, desk.listener());
    CHECK(keeper.kept() == 1);
    CHECK(keeper.relies_on(mine));
    CHECK(comes_true([&] { return is_held_until_after("a", first + 1s); }));
    CHECK(keeper.relies_on(mine));

    auto const last = keeper.forget(mine);
    REQUIRE(last);
    CHECK(last->ends.at() > mine.ends.at());
    CHECK_FALSE(keeper.forget(mine));
    CHECK(keeper.kept() == 0);
    CHECK_FALSE(keeper.relies_on(mine));
    CHECK(comes_true([&] { return !held("a"); }));
    CHECK(desk.told() == "");
}

TEST_CASE_FIXTURE(kept_locks, "a thousand leases are renewed in one statement a beat") {
    constexpr auto           beat = 100ms;
    std::vector<std::string> names;
    for (int i = 0; i < 1000; ++i) names.push_back("documents/" + std::to_string(i));
    auto const   answer = locks.try_acquire(names, {.owner = "desk 1", .lease = 30s});
    auto const   first = held("documents/0")->until;
    lease_keeper keeper{locks, {.lease = 30s, .beat = beat}};
    for (auto const& lease : answer.leases()) keeper.keep(lease, desk.listener());
    REQUIRE(comes_true([&] { return is_held_until_after("documents/0", first); }));

    auto const began = clock::now();
    auto const before = db().counters();
    REQUIRE(comes_true([&] { return (db().counters() - before).statements >= 10; }));
    auto const sent = (db().counters() - before).statements;
    CHECK(sent <= static_cast<std::uint64_t>((clock::now() - began) / beat) + 3);
    keeper.stop();

    auto const held_now = locks.list();
    CHECK(held_now.size() == 1000);
    CHECK(std::ranges::all_of(held_now, [&](auto const& each) { return each.until > first; }));
    CHECK(desk.told() == "");
}

TEST_CASE_FIXTURE(kept_locks, "a short lease is renewed before a beat is due") {
    lease_keeper keeper{locks, {.lease = 30s}};
    auto const   first = taken("a", 30s);
    auto const   mine = taken("b", 5s);
    keeper.keep(first, desk.listener());
    keeper.keep(mine, desk.listener());
    CHECK(comes_true([&] { return held("b")->left > 20s; }));
    CHECK(desk.told() == "");
}

TEST_CASE_FIXTURE(kept_locks, "failed renewals are told and tried again, and don't end renewing") {
    lease_keeper keeper{locks, {.lease = 4s, .beat = 100ms}};
    auto const   mine = taken("a", 4s);
    keeper.keep(mine, desk.listener());
    sql("ALTER TABLE stint_locks RENAME TO elsewhere");
    CHECK(desk.hears("a late"));
    CHECK(keeper.relies_on(mine));
    sql("ALTER TABLE elsewhere RENAME TO stint_locks");
    CHECK(desk.hears("a on time"));
    auto const then = held("a")->until;
    CHECK(comes_true([&] { return is_held_until_after("a", then); }));
    CHECK(desk.told() == "a late, a on time");

    keeper.forget(mine);
    CHECK(locks.release(std::vector{mine}).empty());
    auto const next = taken("a", 4s, "desk 2");
    auto const first = held("a")->until;
    keeper.keep(next, desk.listener());
    CHECK(comes_true([&] { return is_held_until_after("a", first); }));
    CHECK(desk.told() == "a late, a on time");
}

TEST_CASE_FIXTURE(kept_locks, "who can't be renewed is told while the database still holds the lock for him") {
    constexpr auto                           margin = 800ms;
    lease_keeper                             keeper{locks, {.lease = 2s, .beat = 200ms, .margin = margin}};
    auto const                               mine = taken("a", 2s);
    std::optional<std::chrono::microseconds> left;
    {
        std::optional<blocked_table> starved{db()};
        keeper.keep(mine, [&, tell = desk.listener()](lease const& lease, lease_news news) {
            if (news == lease_news::unreachable)
                if (auto const now = held(lease.name)) left = now->left;
            tell(lease, news);
        });
        CHECK(desk.hears("a unreachable"));
        CHECK(desk.told() == "a late, a unreachable");
        REQUIRE(left);
        CHECK(*left > 0us);
        CHECK(desk.last().ends.at() == mine.ends.at());
        CHECK(desk.at() >= mine.ends.at() - margin);
        CHECK(desk.at() < mine.ends.at());
    }
    CHECK_FALSE(keeper.relies_on(mine));
    CHECK(keeper.kept() == 0);
    CHECK(comes_true([&] { return !held("a"); }));  // nothing renews it when the way is free again
    CHECK(desk.told() == "a late, a unreachable");

    auto const next = taken("a", 2s, "desk 2");
    auto const first = held("a")->until;
    keeper.keep(next, desk.listener());
    CHECK(comes_true([&] { return is_held_until_after("a", first); }));
}

TEST_CASE_FIXTURE(kept_locks, "a lease whose time is over already is told at once") {
    lease_keeper keeper{locks, {.lease = 30s}};
    auto         mine = taken("a", 30s);
    mine.ends = stint::deadline::after(1s);  // less than the margin
    keeper.keep(mine, desk.listener());
    CHECK_FALSE(keeper.relies_on(mine));
    CHECK(desk.hears("a unreachable"));
    CHECK(keeper.kept() == 0);
}

TEST_CASE_FIXTURE(kept_locks, "a lease that another took is lost, and his is left alone") {
    lease_keeper keeper{locks, {.lease = 10s, .beat = 50ms}};
    auto const   mine = taken("a", 10s);
    auto const   other = taken("b", 10s);
    keeper.keep(mine, desk.listener());
    keeper.keep(other, desk.listener());
    expire("a");
    auto const his = taken("a", 30s, "desk 2");
    CHECK(desk.hears("a lost"));
    CHECK(desk.told() == "a lost");
    CHECK_FALSE(keeper.relies_on(mine));
    CHECK(keeper.relies_on(other));
    CHECK(keeper.kept() == 1);
    CHECK(held("a")->owner == "desk 2");
    CHECK(held("a")->fence == his.fence);
}

TEST_CASE_FIXTURE(kept_locks, "while somebody breaks a lock its owner is told, once, how long he has") {
    lease_keeper                           keeper{locks, {.lease = 10s, .beat = 50ms, .margin = 300ms}};
    auto const                             mine = taken("a", 10s);
    std::mutex                             mutex;
    std::vector<std::chrono::microseconds> left_to_me;
    keeper.keep(mine, [&, tell = desk.listener()](lease const& lease, lease_news news) {
        {
            auto const hold = std::lock_guard(mutex);
            left_to_me.push_back(std::chrono::duration_cast<std::chrono::microseconds>(lease.ends.left()));
        }
        tell(lease, news);
    });
    REQUIRE(locks.break_lock("a", mine.fence, {.breaker = "Bob", .grace = 1500ms}).done);
    CHECK(desk.hears("a unreachable"));
    CHECK(desk.told() == "a ending, a unreachable");
    auto const hold = std::lock_guard(mutex);
    CHECK(left_to_me.front() <= 1500ms);
    CHECK(left_to_me.front() > 300ms);
    CHECK(left_to_me.back() <= 300ms);
}

TEST_CASE_FIXTURE(kept_locks, "a lock that is broken at once is lost") {
    lease_keeper keeper{locks, {.lease = 10s, .beat = 50ms}};
    auto const   mine = taken("a", 10s);
    keeper.keep(mine, desk.listener());
    REQUIRE(locks.break_lock("a", mine.fence, {.breaker = "Bob"}).done);
    CHECK(desk.hears("a lost"));
    CHECK(desk.told() == "a lost");
}

TEST_CASE_FIXTURE(kept_locks, "a leaked lock ends with its tenure") {
    constexpr auto tenure = 4s;
    lease_keeper   keeper{locks, {.lease = 3s, .beat = 100ms, .tenure = tenure}};
    keeper.keep(taken("a", 3s), desk.listener());
    std::optional<stint::held_lock> last;
    CHECK(comes_true([&] {
        auto const now = held("a");
        if (now) last = now;
        return !now;
    }));
    REQUIRE(last);
    CHECK(last->until - last->since == tenure);
    CHECK(desk.told() == "a ending, a unreachable");
    CHECK(keeper.kept() == 0);
}

TEST_CASE_FIXTURE(kept_locks, "a keeper that was stopped renews no more, tells no more and refuses loudly") {
    lease_keeper keeper{locks, {.lease = 1s, .beat = 50ms}};
    auto const   mine = taken("a", 1s);
    keeper.keep(mine, desk.listener());
    keeper.stop();
    keeper.stop();
    CHECK(comes_true([&] { return !held("a"); }));
    CHECK(desk.told() == "");
    CHECK_THROWS_AS(keeper.keep(taken("b", 1s), desk.listener()), stint::usage_error);
    CHECK_NOTHROW(keeper.forget(mine));
    CHECK(keeper.kept() == 0);
}

TEST_CASE_FIXTURE(kept_locks, "stopping does not wait for a database that does not answer") {
    lease_keeper keeper{locks, {.lease = 6s, .beat = 100ms}};
    keeper.keep(taken("a", 6s), desk.listener());
    blocked_table const starved{db()};
    CHECK(desk.hears("a late"));
    auto const began = clock::now();
    keeper.stop();
    CHECK(clock::now() - began < 10s);
}

TEST_CASE_FIXTURE(kept_locks, "a listener may forget leases and keep others") {
    lease_keeper keeper{locks, {.lease = 10s, .beat = 50ms}};
    auto const   mine = taken("a", 10s), other = taken("b", 10s);
    keeper.keep(other, desk.listener());
    keeper.keep(mine, [&](lease const& lease, lease_news news) {
        desk.listener()(lease, news);
        keeper.forget(lease);
        keeper.forget(other);
        keeper.keep(taken("a", 10s), desk.listener());
        desk.listener()({"kept"}, news);
    });
    expire("a");
    REQUIRE(desk.hears("kept lost"));
    CHECK(keeper.kept() == 1);
    auto const first = held("a")->until;
    CHECK(comes_true([&] { return is_held_until_after("a", first); }));
    expire("a");
    CHECK(comes_true([&] { return desk.told() == "a lost, kept lost, a lost"; }));
}

TEST_CASE_FIXTURE(kept_locks, "what a listener throws does not end telling") {
    lease_keeper keeper{locks, {.lease = 10s, .beat = 50ms}};
    keeper.keep(taken("a", 10s), [](lease const&, lease_news) { throw 1; });
    keeper.keep(taken("b", 10s), desk.listener());
    expire("a");
    CHECK(comes_true([&] { return keeper.kept() == 1; }));
    expire("b");
    CHECK(desk.hears("b lost"));
}

TEST_CASE_FIXTURE(kept_locks, "forgetting waits for a listener that is being called") {
    lease_keeper      keeper{locks, {.lease = 10s, .beat = 50ms}};
    auto const        mine = taken("a", 10s);
    std::atomic<bool> forgetting{false}, told{false};
    std::atomic<bool> entered{false};
    keeper.keep(mine, [&](lease const&, lease_news) {
        entered = true;
        comes_true([&] { return forgetting.load(); });
        std::this_thread::sleep_for(50ms);  // time to do it wrong
        told = true;
    });
    expire("a");
    REQUIRE(comes_true([&] { return entered.load(); }));
    forgetting = true;
    keeper.forget(mine);
    CHECK(told);
}

TEST_CASE_FIXTURE(kept_locks, "a listener may stop the keeper, and destroy it") {
    for (bool const destroy : {false, true}) {
        CAPTURE(destroy);
        auto               keeper = std::make_unique<lease_keeper>(locks, stint::keeper_options{10s, 50ms});
        std::promise<void> done;
        auto const         mine = taken("a", 10s);
        keeper->keep(mine, [&](lease const&, lease_news) {
            keeper->stop();
            if (destroy) keeper.reset();
            done.set_value();
        });
        expire("a");
        REQUIRE(done.get_future().wait_for(patience) == std::future_status::ready);
        if (!destroy) CHECK_THROWS_AS(keeper->keep(mine, desk.listener()), stint::usage_error);
    }
}

TEST_CASE_FIXTURE(kept_locks, "no call comes after forgetting, however close") {
    lease_keeper     keeper{locks, {.lease = 10s, .beat = 5ms}};
    auto const       until = stint::deadline::after(1500ms);
    std::atomic<int> told{0}, too_late{0};
    for (int round = 0; !until.has_passed(); ++round) {
        auto const name = numbered("a", round % 3);
        auto const mine = taken(name, 10s);
        auto const over = std::make_shared<std::atomic<bool>>(false);
        keeper.keep(mine, [&, over](lease const&, lease_news) { ++(*over ? too_late : told); });
        CHECK(locks.release(std::vector{mine}).empty());
        for (int turns = round % 50; turns > 0; --turns) std::this_thread::yield();
        keeper.forget(mine);
        *over = true;
    }
    CHECK(keeper.kept() == 0);
    CHECK(too_late == 0);
    CHECK(locks.list().empty());
    CHECK(ask("SELECT COUNT(*) FROM stint_locks WHERE owner <> ''") == "0");
}

TEST_CASE_FIXTURE(kept_locks, "a release that races a renewal leaves nothing behind") {
    lease             mine;
    std::atomic<bool> over{false};
    std::atomic<int>  renewed{0}, lost{0};
    std::barrier      step{2};
    std::thread       renewing([&] {
        while (true) {
            step.arrive_and_wait();
            if (over) return;
            auto const answer = locks.renew(std::vector{mine}, 10min);
            ++(answer.front().outcome == stint::renewal::state::lost ? lost : renewed);
            step.arrive_and_wait();
        }
    });
    auto const        until = stint::deadline::after(3s);
    int               refused = 0;
    for (int round = 0; !until.has_passed(); ++round) {
        auto const answer = locks.try_acquire({"a"}, {.owner = "desk " + std::to_string(round)});
        if (!answer) {
            ++refused;
            break;
        }
        mine = answer.leases().front();
        step.arrive_and_wait();
        if (!locks.release(std::vector{mine}).empty()) ++refused;
        step.arrive_and_wait();
    }
    over = true;
    step.arrive_and_wait();
    renewing.join();
    CHECK(refused == 0);
    CHECK(renewed + lost > 0);
    CHECK(locks.list().empty());
    CHECK(ask("SELECT COUNT(*) FROM stint_locks WHERE owner <> ''") == "0");
    MESSAGE("renewed before the release: " << renewed.load() << ", after it: " << lost.load());
}

TEST_CASE_FIXTURE(kept_locks, "times that don't fit each other are refused") {
    auto const refused = [&](stint::keeper_options options) {
        CHECK_THROWS_AS(lease_keeper(locks, options), stint::usage_error);
    };
    refused({.lease = 0ms});
    refused({.lease = 9ms});
    refused({.lease = stint::lock_table::longest_lease + 1ms});
    refused({.lease = milliseconds::max()});
    refused({.beat = 27s});
    refused({.beat = -1ms});
    refused({.beat = milliseconds::max()});
    refused({.beat = 15s, .margin = 15s});
    refused({.margin = -1ms});
    refused({.margin = milliseconds::max()});
    refused({.tenure = 0ms});
    CHECK_NOTHROW(lease_keeper(locks, {.lease = 10ms}));
    CHECK_NOTHROW(lease_keeper(locks, {.lease = stint::lock_table::longest_lease, .tenure = milliseconds::max()}));
    lease_keeper keeper{locks};
    CHECK_THROWS_AS(keeper.keep(taken("a", 1s), nullptr), stint::usage_error);
}

TEST_CASE("a database in memory is kept through its one connection") {
    stint::database   db{"sqlite::memory:"};
    stint::lock_table locks{db};
    stint::create_lock_tables(db);
    lease_keeper keeper{locks, {.lease = 10s, .beat = 50ms}};
    auto const   mine = locks.try_acquire({"a"}, {.owner = "desk 1", .lease = 10s}).leases().front();
    keeper.keep(mine, [](lease const&, lease_news) {});
    auto const first = locks.find({"a"}).front().until;
    CHECK(comes_true([&] { return locks.find({"a"}).front().until > first; }));
}

TEST_SUITE_END();
