// Optimistic as long as that goes well; after a conflict the rerun locks first.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "support/desks.hpp"

using namespace desks;
using namespace std::chrono_literals;
using stint::unit_of_work;

namespace {

stint::offline_lock_options const at_least_mixed{.at_least = stint::lock_policy::mixed};

}  // namespace

TEST_SUITE_BEGIN("mixed_lock");

TEST_CASE_FIXTURE(office,
                  "without a conflict nothing is locked, after one the rerun locks what stood in the way first") {
    int tries = 0;
    stint::run(db(), [&](unit_of_work& work) {
        ++tries;
        auto const tally_2 = work.get<tally>(2);
        auto const tally_1 = work.get<tally>(1);
        CHECK(held() == (tries == 1 ? "" : work.owner() + ": tallies/1"));
        if (tries == 1) sql("UPDATE tallies SET number = 5, version = 2 WHERE id = 1");
        tally_1.edit().number += 1;
        tally_2.edit().number += 1;
    });
    CHECK(tries == 2);
    CHECK(row("tallies") == "6@3");
    CHECK(held() == "");
}

TEST_CASE_FIXTURE(office, "the rerun locks before its first query, too") {
    int tries = 0;
    stint::run(db(), [&](unit_of_work& work) {
        ++tries;
        auto const open = work.find<tally>(stint::where(&tally::number) < std::int64_t{5});
        CHECK(held() == (tries == 1 ? "" : work.owner() + ": tallies/1"));
        if (tries == 1) sql("UPDATE tallies SET number = 1, version = 2 WHERE id = 1");
        for (auto const& one : open) one.edit().number += 1;
    });
    CHECK(tries == 2);
    CHECK(row("tallies") == "2@3");
}

TEST_CASE_FIXTURE(office, "every object that ever stood in the way is locked by the runs that follow") {
    int tries = 0;
    stint::run(db(), [&](unit_of_work& work) {
        ++tries;
        auto const tally_1 = work.get<tally>(1);
        auto const tally_2 = work.get<tally>(2);
        if (tries == 1) sql("UPDATE tallies SET version = version + 1 WHERE id = 1");
        if (tries == 2) sql("UPDATE tallies SET version = version + 1 WHERE id = 2");
        if (tries == 3) CHECK(held() == work.owner() + ": tallies/1, " + work.owner() + ": tallies/2");
        tally_1.edit().number += 1;
        tally_2.edit().number += 1;
    });
    CHECK(tries == 3);
}

TEST_CASE_FIXTURE(office, "a unit that asks for mixed locks what only allows it, and an optimistic one does not") {
    for (bool const mixed : {true, false}) {
        stint::run_options options;
        if (mixed) options.unit.lock = std::make_shared<stint::implicit_lock>(locks, at_least_mixed);
        int tries = 0;
        stint::run(
            db(),
            [&](unit_of_work& work) {
                auto const shelf_1 = work.get<shelf>(1);
                if (++tries == 1) sql("UPDATE shelves SET version = version + 1 WHERE id = 1");
                if (tries == 2) CHECK(held() == (mixed ? work.owner() + ": shelves/1" : ""));
                shelf_1.edit().number += 1;
            },
            options);
        CHECK(tries == 2);
    }
    unit_of_work work{db(), {.lock = std::make_shared<stint::implicit_lock>(at_least_mixed)}};
    auto const   note_1 = work.get<note>(1);
    CHECK_THROWS_AS(note_1.edit(), stint::usage_error);
}

TEST_CASE_FIXTURE(office, "a commit that somebody's lock refused is run again in line behind him") {
    auto const  lease = locks.acquire({"tallies/1"}, {.owner = "ann"}, stint::deadline::none());
    auto const  mixed = std::make_shared<stint::implicit_lock>(locks, at_least_mixed);
    int         tries = 0;
    std::thread running{[&] {
        stint::run(db(),
                   [&](unit_of_work& work) {
                       ++tries;
                       work.get<tally>(1).edit().number += 1;
                   },
                   {.unit = {.lock = mixed}});
    }};
    while (locks.waiting_for("tallies/1").empty()) std::this_thread::yield();
    locks.release(lease);
    running.join();
    CHECK(tries == 2);
    CHECK(row("tallies") == "1@2");

    locks.try_acquire({"shelves/1"}, {.owner = "ann"});
    CHECK_THROWS_AS(stint::run(db(), [&](unit_of_work& work) { work.get<shelf>(1).edit().number += 1; }),
                    stint::conflict_error);  // not locked by a rerun: it would be refused again at once
}

TEST_CASE_FIXTURE(office, "an earlier conflict of another class does not keep the rerun from the line") {
    std::vector<stint::lease> lease;
    int                       tries = 0;
    std::thread               running{[&] {
        stint::run(db(), [&](unit_of_work& work) {
            auto const note_1 = work.get<note>(1);
            auto const tally_1 = work.get<tally>(1);
            if (++tries == 1) sql("UPDATE notes SET version = 2 WHERE id = 1");
            if (tries == 2) lease = locks.acquire({"tallies/1"}, {.owner = "ann"}, stint::deadline::none());
            note_1.edit().number += 1;
            tally_1.edit().number += 1;
        });
    }};
    while (locks.waiting_for("tallies/1").empty()) std::this_thread::yield();
    locks.release_all("ann");
    running.join();
    CHECK(tries == 3);
    CHECK(row("tallies") == "1@2");
}

TEST_CASE_FIXTURE(office, "a new object whose key is locked is not tried again and again") {
    locks.try_acquire({"tallies/7"}, {.owner = "ann"});
    int tries = 0;
    CHECK_THROWS_AS(stint::run(db(),
                               [&](unit_of_work& work) {
                                   ++tries;
                                   work.add(tally{stint::id<tally>{7}});
                               }),
                    stint::conflict_error);
    CHECK(tries == 1);
}

TEST_CASE_FIXTURE(office,
                  "a new object that a colleague has just added, and holds, is waited for, and found by the rerun") {
    stint::id<tally> const key{7};
    std::atomic<int>       tries{0};
    std::thread            running{[&] {
        stint::run(db(), [&](unit_of_work& work) {
            auto const found = work.try_get(key);
            if (++tries == 1) {
                sql("INSERT INTO tallies (id, number, version) VALUES (7, 40, 1)");
                locks.try_acquire({"tallies/7"}, {.owner = "ann"});
            }
            if (found) found->edit().number += 2;
            else work.add(tally{key, 1});
        });
    }};
    while (locks.waiting_for("tallies/7").empty()) std::this_thread::yield();
    locks.release_all("ann");
    running.join();
    CHECK(tries == 2);
    CHECK(ask("SELECT number FROM tallies WHERE id = 7") == "42");
}

TEST_CASE_FIXTURE(office, "a unit that goes on by itself after refusals locks all that stood in the way") {
    unit_of_work work{db(), {.owner = "ann"}};
    for (std::int64_t key = 1; key <= 2; ++key) {
        work.get<tally>(key).edit().number += 1;
        sql("UPDATE tallies SET version = version + 1 WHERE id = " + std::to_string(key));
        try {
            work.commit();
            FAIL("not refused");
        } catch (stint::conflict_error const& e) {
            work.reload(e);
        }
        work.get<tally>(key).edit().number += 1;
    }
    CHECK(held() == "ann: tallies/1, ann: tallies/2");
    work.commit();
    CHECK(held() == "");
}

TEST_CASE_FIXTURE(office, "however hot an object is, the second run succeeds") {
    constexpr int desks = 8, each = 15;
    auto const    mixed = std::make_shared<stint::implicit_lock>(
        locks, stint::offline_lock_options{.at_least = stint::lock_policy::mixed, .wait_in_rerun = 120s});
    std::atomic<int>         failed{0}, reruns{0};
    std::vector<std::thread> clerks;
    for (int i = 0; i < desks; ++i)
        clerks.emplace_back([&] {
            for (int n = 0; n < each; ++n) {
                try {
                    stint::run(
                        db(),
                        [](unit_of_work& work) {
                            auto const tally_1 = work.get<tally>(1);
                            std::this_thread::yield();
                            tally_1.edit().number += 1;
                        },
                        {.attempts = 2, .unit = {.lock = mixed}, .before_retry = [&](auto const&, auto) { ++reruns; }});
                } catch (stint::error const& e) {
                    ++failed;
                    MESSAGE(e.what());
                }
            }
        });
    for (auto& one : clerks) one.join();
    CHECK(failed == 0);
    CHECK(reruns > 0);
    CHECK(ask("SELECT number FROM tallies WHERE id = 1") == std::to_string(desks * each));
    CHECK(held() == "");
}

TEST_SUITE_END();
