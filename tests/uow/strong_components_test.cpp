#include <doctest/doctest.h>

#include <vector>

#include "../../uow/src/strong_components.hpp"

using stint::strong_components;

TEST_SUITE_BEGIN("strong_components");

TEST_CASE("nodes that reach each other have one number") {
    auto const of = strong_components({{0, 1, 2, 3, 4}, {1, 0, 1, 3}});  // 0 <-> 1 <- 2, 3 -> 3
    CHECK(of[0] == of[1]);
    CHECK(of[2] != of[0]);
    CHECK(of[3] != of[0]);
    CHECK(of[3] != of[2]);
}

TEST_CASE("two rings that one arrow joins are two components") {
    auto const of = strong_components({{0, 1, 3, 4, 5}, {1, 0, 2, 3, 2}});  // 0 <-> 1 -> 2 <-> 3
    CHECK(of[0] == of[1]);
    CHECK(of[2] == of[3]);
    CHECK(of[0] != of[2]);
}

TEST_CASE("a path of a million nodes needs no deep stack") {
    stint::arrow_lists path{.first = {0}, .targets = {}};
    for (std::size_t i = 1; i < 1'000'000; ++i) {
        path.targets.push_back(i);
        path.first.push_back(path.targets.size());
    }
    path.first.push_back(path.targets.size());
    auto const of = strong_components(path);
    CHECK(of.front() != of.back());
}

TEST_SUITE_END();
