// A lock and those who would write in spite of it: late holders, optimistic writers, people in two windows, thousands
// of units.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/desks.hpp"
#include "support/if_optimised.hpp"
#include "support/partner.hpp"

using namespace desks;
using namespace std::chrono_literals;
using stint::lock_policy;
using stint::unit_of_work;

namespace {

bool contains(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

/// Increments a shelf as often as he can, reading afresh each time, until he is told to stop.
class optimistic_writer {
public:
    optimistic_writer(office& desk, std::int64_t shelf) : thread_([this, &desk, shelf] { work(desk, shelf); }) {}
    ~optimistic_writer() {
        stopped_ = true;
        thread_.join();
    }
    int written() const noexcept { return written_; }
    int bound() const noexcept { return bound_; }

private:
    void work(office& desk, std::int64_t key) {
        while (!stopped_) {
            unit_of_work work{desk.db(), {.lock = stint::optimistic_lock::shared()}};
            work.get<shelf>(key).edit().number += 1;
            try {
                work.commit();
                ++written_;
            } catch (stint::conflict_error const& e) {
                if (e.what_next() == stint::advice::wait_and_retry) ++bound_;
            }
            std::this_thread::sleep_for(1ms);  // else those who wait for a file starve
        }
    }

    std::atomic<bool> stopped_{false};
    std::atomic<int>  written_{0}, bound_{0};
    std::thread       thread_;
};

/// Of the connections of this test's database.
int waiting_for_rows(office& desk) {
    return std::stoi(desk.ask(
        "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()"));
}

}  // namespace

TEST_SUITE_BEGIN("lock_races");

TEST_CASE_FIXTURE(office, "a holder who stood still past his time is refused, named, and had been told") {
    partner ann{EDITING_DESK, {url(), "ann", "600"}};
    REQUIRE(ann.hear() == "reads 1");
    ann.stop();
    {
        // He waits until her lease has run out.
        auto const   waits = std::make_shared<stint::implicit_lock>(locks, stint::offline_lock_options{.wait = 60s});
        unit_of_work bob{db(), {.lock = waits, .owner = "bob"}};
        bob.get<sheet>(1).edit().text = "bob was here";
        ann.go_on();
        ann.say("after news");
        auto const said = ann.hear();
        CHECK((contains(said, "unreachable") || contains(said, "lost")));
        CHECK(contains(said, "sheets 1: lock lost; sheets/1 is held by bob"));
        CHECK(ask("SELECT text FROM sheets WHERE id = 1") == "empty");
        bob.commit();
    }
    CHECK(ask("SELECT text FROM sheets WHERE id = 1") == "bob was here");
}

TEST_CASE_FIXTURE(office, "a holder who is well keeps his lock beyond its first time, and commits") {
    partner ann{EDITING_DESK, {url(), "ann", "3000"}};
    REQUIRE(ann.hear() == "reads 1");
    auto const first = locks.find({"sheets/1"}).at(0).until;
    while (locks.find({"sheets/1"}).at(0).until < first + 1s) std::this_thread::sleep_for(10ms);
    ann.say("now");
    CHECK(ann.hear() == "told:; committed");
    CHECK(ask("SELECT text FROM sheets WHERE id = 1") == "ann was here");
    CHECK(held() == "");
}

TEST_CASE_FIXTURE(office, "the lock of a process that was killed ends with its time") {
    partner ann{EDITING_DESK, {url(), "ann", "600"}};
    REQUIRE(ann.hear() == "reads 1");
    ann.kill();
    CHECK(locks.acquire({"sheets/1"}, {.owner = "bob"}, stint::deadline::after(60s)).size() == 1);
    CHECK(ask("SELECT text FROM sheets WHERE id = 1") == "empty");
}

TEST_CASE_FIXTURE(office, "forty times a holder's commit wins against optimistic writers of the same object") {
    int wins = 0, bound = 0, written = 0;
    for (std::int64_t race = 0; race < 40; ++race) {
        // Half of the races are for an object that was never locked before.
        auto const key = race % 2 == 0 ? 1 : 100 + race;
        if (key != 1) {
            unit_of_work work{db()};
            work.add(shelf{stint::id<shelf>{key}});
            work.commit();
        }
        optimistic_writer writer{*this, key}, other{*this, key};
        while (writer.written() + other.written() < 2) std::this_thread::yield();
        {
            unit_of_work holder{db(), {.owner = "holder"}};
            auto const   mine = holder.get<shelf>(key, lock_policy::exclusive_read);
            auto const   read = mine->number;
            auto const   before = writer.bound() + other.bound();
            while (writer.bound() + other.bound() < before + 2) std::this_thread::yield();
            mine.edit().number += 1000;
            holder.commit();
            ++wins;
            unit_of_work look{db()};
            CHECK(look.get<shelf>(key)->number >= read + 1000);
        }
        bound += writer.bound() + other.bound();
        written += writer.written() + other.written();
    }
    CHECK(wins == 40);
    CHECK(bound >= 80);
    CHECK(written >= 80);
}

TEST_CASE_FIXTURE(office, "a lease that ends while the flush is under way: who takes the lock reads what was written") {
    if (!is_postgresql()) return;  // one writer at a time: nobody can come between
    auto const other = db().lend();
    other->begin(stint::isolation::read_committed, stint::deadline::none());
    other->execute("INSERT INTO notes (id, version, number) VALUES (77, 1, 0)", stint::deadline::none());

    std::thread holder{[&] {
        auto const   brief = std::make_shared<stint::implicit_lock>(stint::offline_lock_options{.lease = 1500ms});
        unit_of_work ann{db(), {.lock = brief, .owner = "ann"}};
        ann.get<sheet>(1).edit().number = 5;
        ann.add(note{stint::id<note>{77}, 1});  // waits for the other's row, after the lock was verified
        ann.commit();
    }};
    while (waiting_for_rows(*this) < 1) std::this_thread::yield();
    REQUIRE(held() == "ann: sheets/1");  // else the machine was too slow for this lease
    while (!held().empty()) std::this_thread::sleep_for(1ms);

    std::atomic<bool> granted{false};
    std::int64_t      read = 0;
    std::thread       taker{[&] {
        unit_of_work bob{db(), {.owner = "bob"}};
        auto const   sheet_1 = bob.get<sheet>(1);
        granted = true;
        read = sheet_1->number;
    }};
    while (waiting_for_rows(*this) < 2) std::this_thread::yield();
    CHECK_FALSE(granted);
    other->rollback();
    holder.join();
    taker.join();
    CHECK(read == 5);
    CHECK(row("sheets") == "5@2");
}

TEST_CASE_FIXTURE(office,
                  "a keeper that renews during the flush of its own unit neither loses the lock nor the commit") {
    auto const keeper = std::make_shared<stint::lease_keeper>(
        locks, stint::keeper_options{.lease = 5s, .beat = 1ms, .margin = 100ms});
    std::atomic<int>            over{0};
    stint::offline_lock_options options{.lease = 5s, .keeper = keeper};
    options.tell = [&](stint::lease const&, stint::lease_news news) { over += stint::is_over(news) ? 1 : 0; };
    auto const lock = std::make_shared<stint::implicit_lock>(locks, options);
    for (int i = 0; i < 50; ++i) {
        unit_of_work ann{db(), {.lock = lock, .owner = "ann"}};
        ann.get<sheet>(1).edit().number += 1;
        CHECK_NOTHROW(ann.commit());
        CHECK(keeper->kept() == 0);
    }
    CHECK(over == 0);
    CHECK(row("sheets") == "50@51");
    CHECK(held() == "");
}

TEST_CASE_FIXTURE(office, "the same person in two windows is two owners, and may take over by breaking the lock") {
    unit_of_work first{db(),
                       {.lock = std::make_shared<stint::implicit_lock>(stint::offline_lock_options{.label = "Ann"}),
                        .owner = "window 1"}};
    first.get<sheet>(1).edit().number = 1;

    unit_of_work second{db(), {.owner = "window 2"}};
    std::int64_t shown = 0;
    try {
        second.get<sheet>(1);
        FAIL("two windows edit one sheet");
    } catch (stint::lock_refused const& e) {
        CHECK(e.holders().front().label == "Ann");  // it is you, elsewhere
        shown = e.holders().front().fence;
    }
    CHECK(locks.break_lock("sheets/1", shown, {.breaker = "Ann", .reason = "goes on in window 2"}).done);
    second.get<sheet>(1).edit().number = 2;
    second.commit();
    CHECK_THROWS_AS(first.commit(), stint::conflict_error);
    CHECK(row("sheets") == "2@2");
}

TEST_CASE_FIXTURE(office, "a holder whose lock is being broken is told, may save within the grace, and can't stay") {
    std::atomic<int> ending{0};
    auto const       keeper = std::make_shared<stint::lease_keeper>(
        locks, stint::keeper_options{.lease = 30s, .beat = 5ms, .margin = 10ms});
    stint::offline_lock_options options{.lease = 30s, .keeper = keeper};
    options.tell = [&](stint::lease const&, stint::lease_news news) {
        ending += news == stint::lease_news::ending ? 1 : 0;
    };
    unit_of_work ann{db(), {.lock = std::make_shared<stint::implicit_lock>(locks, options), .owner = "ann"}};
    ann.get<sheet>(1).edit().number = 5;
    auto const shown = locks.find({"sheets/1"}).at(0);
    REQUIRE(
        locks.break_lock("sheets/1", shown.fence, {.breaker = "boss", .reason = "closing time", .grace = 20s}).done);
    while (ending == 0) std::this_thread::yield();
    CHECK(locks.find({"sheets/1"}).at(0).left <= 20s);
    ann.commit();
    CHECK(ending == 1);
    CHECK(row("sheets") == "5@2");
    CHECK(held() == "");
    CHECK(ask("SELECT owner || ': ' || reason FROM stint_lock_breaks") == "ann: closing time");
}

TEST_CASE_FIXTURE(office, "thousands of units with locks are open over a few connections") {
    constexpr auto count = if_optimised<std::size_t>(10'000, 1'000);
    {
        unit_of_work work{db()};
        for (std::size_t i = 0; i < count; ++i)
            work.add(sheet{stint::id<sheet>{static_cast<std::int64_t>(1000 + i)}, ""});
        work.commit();
    }
    auto const before = db().counters().connections;
    // One conversation of many units: they share its owner, and so its locks are renewed and released together.
    std::vector<std::unique_ptr<unit_of_work>> units;
    for (std::size_t i = 0; i < count; ++i) {
        units.push_back(
            std::make_unique<unit_of_work>(db(), stint::unit_options{.owner = i % 2 == 0 ? "even" : "odd"}));
        units.back()->get<sheet>(static_cast<std::int64_t>(1000 + i)).edit().number = 1;
    }
    CHECK(locks.list().size() == count);
    for (std::size_t i = 0; i < count; i += 100) CHECK(units[i]->commit().updated == 1);

    locks.renew_all("even", 10min);  // prepares what is counted below
    auto const start = db().counters();
    CHECK(locks.renew_all("odd", 10min).size() == count / 2);
    auto const renewed = db().counters();
    CHECK(locks.release_all("odd") == count / 2);
    auto const released = db().counters();
    if (is_postgresql()) {
        CHECK(renewed.round_trips - start.round_trips == 1);
        CHECK(released.statements - renewed.statements == 1);
    }
    CHECK_THROWS_AS(units[1]->commit(), stint::conflict_error);
    CHECK(units[2]->commit().updated == 1);
    CHECK(db().counters().connections - before <= 5);
    locks.release_all("even");
}

TEST_SUITE_END();
