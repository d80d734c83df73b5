#include <doctest/doctest.h>

#include "race.hpp"
#include "refusal.hpp"
#include "samples/accounting_fixture.hpp"

using namespace accounting;

TEST_SUITE_BEGIN("accounting race");

namespace {

struct race_course : accounting_fixture {
    race_course() { use_example(); }

    race_result run(lock_choice lock, bool same_document) { return race(db(), {lock, same_document}); }
};

std::vector<std::string> events(race_result const& result) {
    std::vector<std::string> list;
    for (auto const& one : result.steps) list.push_back(one.who + " " + one.event);
    return list;
}

step const* conflict_of(race_result const& result) {
    for (auto const& one : result.steps)
        if (one.event == "conflict") return &one;
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
    auto const                     result = race(db(), {}, [&](step const&) { ++told; });
    CHECK(events(result) == expected);
    CHECK(told == expected.size());
}

TEST_CASE_FIXTURE(race_course, "the conflict names the table, the key and both versions") {
    auto const  result = run(lock_choice::optimistic, false);
    auto const* step = conflict_of(result);
    REQUIRE(step != nullptr);
    REQUIRE(step->conflicts.size() == 1);
    auto const& one = step->conflicts.front();
    CHECK(one.table == "stocks");
    CHECK(one.key == "1");
    REQUIRE(one.expected.has_value());
    REQUIRE(one.found.has_value());
    CHECK(*one.found == one.expected->next());
    CHECK(contains(step->what, std::to_string(one.expected->value())));
    CHECK(contains(step->what, std::to_string(one.found->value())));
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
    CHECK(result.steps.back().what == "gives up: document 1 is already processed");
    REQUIRE(conflict_of(result) != nullptr);
    CHECK(conflict_of(result)->conflicts.front().table == "documents");
    CHECK(audit(db()).ok());
}

TEST_CASE_FIXTURE(race_course, "a race is run with fresh books") {
    run(lock_choice::optimistic, true);
    CHECK_THROWS_AS(run(lock_choice::optimistic, false), not_ready_for_race);
    write_books(db(), generated_books(1, 1));
    CHECK_THROWS_AS(run(lock_choice::optimistic, false), not_ready_for_race);
}

TEST_SUITE_END();
