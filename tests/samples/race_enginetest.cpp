#include <doctest/doctest.h>

#include "refusal.hpp"
#include "rush/race.hpp"
#include "samples/accounting_fixture.hpp"

using namespace accounting;
using namespace std::chrono_literals;

TEST_SUITE_BEGIN("accounting race");

namespace {

struct race_course : accounting_fixture {
    race_course() { use_example(); }

    race_result run(lock_choice lock, bool same_document, std::chrono::milliseconds wait = 0s) {
        return race(locks, {lock, same_document, wait});
    }

    stint::lock_table locks{db()};
};

std::vector<std::string> events(race_result const& result) {
    std::vector<std::string> list;
    for (auto const& step : result.steps) list.push_back(step.clerk + " " + step.event);
    return list;
}

step const* find_step(race_result const& result, std::string const& event) {
    for (auto const& step : result.steps)
        if (step.event == event) return &step;
    return nullptr;
}

}  // namespace

TEST_CASE_FIXTURE(race_course, "without a lock the second clerk overwrites the first") {
    auto const result = run(lock_choice::none, false);
    CHECK(quantity_of_stock(1) == "30.30");
    CHECK(result.lost_update());
    CHECK(result.conflicts == 0);
    CHECK(result.retries == 0);
    CHECK_FALSE(audit(db()).ok());
}

TEST_CASE_FIXTURE(race_course, "the optimistic lock refuses the second clerk, who tries again") {
    auto const result = run(lock_choice::optimistic, false);
    CHECK(quantity_of_stock(1) == "14.70");
    CHECK_FALSE(result.lost_update());
    CHECK(result.conflicts == 1);
    CHECK(result.retries == 1);
    CHECK(audit(db()).ok());
}

TEST_CASE_FIXTURE(race_course, "each step of a race is told by whom and when") {
    std::vector<std::string> const expected{"clerk A loaded",       "clerk A loaded",       "clerk B loaded",
                                            "clerk B loaded",       "clerk A before_flush", "clerk A committed",
                                            "clerk B before_flush", "clerk B conflict",     "clerk B loaded",
                                            "clerk B loaded",       "clerk B before_flush", "clerk B committed"};
    std::size_t                    told = 0;
    auto const                     result = race(locks, {}, [&](step const&) { ++told; });
    CHECK(events(result) == expected);
    CHECK(told == expected.size());
}

TEST_CASE_FIXTURE(race_course, "the conflict names the table, the key and both versions") {
    auto const  result = run(lock_choice::optimistic, false);
    auto const* step = find_step(result, "conflict");
    REQUIRE(step != nullptr);
    REQUIRE(step->conflicts.size() == 1);
    auto const& conflict = step->conflicts.front();
    CHECK(conflict.table == "stocks");
    CHECK(conflict.key == "1");
    REQUIRE(conflict.expected.has_value());
    REQUIRE(conflict.found.has_value());
    CHECK(*conflict.found == conflict.expected->next());
    CHECK(contains(step->words, std::to_string(conflict.expected->value())));
    CHECK(contains(step->words, std::to_string(conflict.found->value())));
}

TEST_CASE_FIXTURE(race_course, "without a lock both clerks process the same document") {
    auto const result = run(lock_choice::none, true);
    CHECK(quantity_of_stock(1) == "25.20");
    CHECK(result.lost_update());
    CHECK_FALSE(audit(db()).ok());
}

TEST_CASE_FIXTURE(race_course, "under the optimistic lock the second clerk learns that the document is processed") {
    auto const result = run(lock_choice::optimistic, true);
    CHECK(quantity_of_stock(1) == "40.80");
    CHECK(result.conflicts == 1);
    CHECK(result.retries == 1);
    CHECK(result.steps.back().words == "gives up: document 1 is already processed");
    REQUIRE(find_step(result, "conflict") != nullptr);
    CHECK(find_step(result, "conflict")->conflicts.front().table == "documents");
    CHECK(audit(db()).ok());
}

TEST_CASE_FIXTURE(race_course, "as declared, the second clerk of a stock is late, and tries again") {
    auto const result = run(lock_choice::declared, false);
    CHECK(quantity_of_stock(1) == "14.70");
    CHECK(result.conflicts == 1);
    CHECK(result.retries == 1);
    CHECK(find_step(result, "locked") == nullptr);
    CHECK(locks.list().empty());
}

TEST_CASE_FIXTURE(race_course, "as declared, the second clerk of a document is told by name who has it") {
    auto const result = run(lock_choice::declared, true);
    CHECK(quantity_of_stock(1) == "40.80");
    CHECK(result.conflicts == 0);
    CHECK(result.retries == 1);
    auto const* refused = find_step(result, "locked");
    REQUIRE(refused != nullptr);
    CHECK(refused->clerk == "clerk B");
    CHECK(contains(refused->words, "is refused: documents/1 is held by "));
    CHECK(contains(refused->words, "(clerk A: processing documents)"));
    CHECK(result.steps.back().words == "gives up: document 1 is already processed");
    CHECK(locks.list().empty());
}

TEST_CASE_FIXTURE(race_course,
                  "under the pessimistic lock the second clerk is refused by name before he has read the stock") {
    auto const                     result = run(lock_choice::pessimistic, false);
    std::vector<std::string> const expected{
        "clerk A loaded",    "clerk A loaded", "clerk B loaded", "clerk B locked",       "clerk A before_flush",
        "clerk A committed", "clerk B loaded", "clerk B loaded", "clerk B before_flush", "clerk B committed"};
    CHECK(events(result) == expected);
    CHECK(contains(find_step(result, "locked")->words, "stocks/1 is held by "));
    CHECK(contains(find_step(result, "locked")->words, "(clerk A: processing documents)"));
    CHECK(quantity_of_stock(1) == "14.70");
    CHECK(result.conflicts == 0);
    CHECK(result.retries == 1);
    CHECK(audit(db()).ok());
    CHECK(locks.list().empty());
}

TEST_CASE_FIXTURE(race_course, "under the pessimistic lock the second clerk waits for the first, when he is told to") {
    std::vector<std::string> const expected{"clerk A loaded", "clerk A loaded",       "clerk B loaded",
                                            "clerk B waits",  "clerk A before_flush", "clerk A committed",
                                            "clerk B loaded", "clerk B before_flush", "clerk B committed"};
    auto const                     result = run(lock_choice::pessimistic, false, 10s);
    CHECK(events(result) == expected);
    CHECK(contains(find_step(result, "waits")->words, "stocks/1 is held by "));
    CHECK(quantity_of_stock(1) == "14.70");
    CHECK(result.conflicts == 0);
    CHECK(result.retries == 0);
    CHECK(audit(db()).ok());
    CHECK(locks.list().empty());
}

TEST_CASE_FIXTURE(race_course, "whoever waits for a document finds it processed") {
    for (auto const lock : {lock_choice::declared, lock_choice::pessimistic, lock_choice::mixed}) {
        CAPTURE(to_string(lock));
        use_example();
        auto const result = run(lock, true, 10s);
        REQUIRE(find_step(result, "waits") != nullptr);
        CHECK(contains(find_step(result, "waits")->words, "documents/1 is held by "));
        CHECK(result.steps.back().words == "gives up: document 1 is already processed");
        CHECK(result.retries == 0);
        CHECK(quantity_of_stock(1) == "40.80");
        CHECK(locks.list().empty());
    }
}

TEST_CASE_FIXTURE(race_course, "nobody waits for a stock that is optimistic") {
    auto const result = run(lock_choice::declared, false, 10s);
    CHECK(find_step(result, "waits") == nullptr);
    CHECK(result.conflicts == 1);
    CHECK(quantity_of_stock(1) == "14.70");
}

TEST_CASE_FIXTURE(race_course, "under the mixed lock the second clerk locks the stock once he was late") {
    for (auto const wait : {0ms, 10'000ms}) {
        CAPTURE(wait.count());
        use_example();
        auto const result = run(lock_choice::mixed, false, wait);
        CHECK(quantity_of_stock(1) == "14.70");
        CHECK(result.conflicts == 1);
        CHECK(result.retries == 1);
        CHECK(audit(db()).ok());
        CHECK(locks.list().empty());
    }
}

TEST_CASE_FIXTURE(race_course, "a race ends where it isn't the first clerk who is in the way") {
    auto const desk = locks.try_acquire({"documents/2"}, {.owner = "desk-7"});
    REQUIRE(desk);
    CHECK_THROWS_AS(run(lock_choice::pessimistic, false), stint::lock_refused);
    CHECK_THROWS_AS(run(lock_choice::pessimistic, false), not_ready_for_race);
    CHECK(locks.list().size() == 1);
}

TEST_CASE_FIXTURE(race_course, "a race is run with fresh books") {
    run(lock_choice::optimistic, true);
    CHECK_THROWS_AS(run(lock_choice::optimistic, false), not_ready_for_race);
    write_books(db(), generated_books(1, 1));
    CHECK_THROWS_AS(run(lock_choice::optimistic, false), not_ready_for_race);
}

TEST_SUITE_END();
