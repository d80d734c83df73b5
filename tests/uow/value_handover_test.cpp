#include <doctest/doctest.h>

#include <algorithm>
#include <string>
#include <vector>

#include "../../uow/src/value_handover.hpp"

namespace {

using moves = std::vector<stint::value_move>;
using handovers = std::vector<stint::value_handover>;
using stint::are_many;
using stint::find_handovers;

/// Rows 0 .. n-1 that each take what the next gives up.
handovers chain(std::size_t rows) {
    handovers result;
    for (std::size_t i = 1; i < rows; ++i) result.push_back({i, i - 1});
    return result;
}

bool any(std::vector<bool> const& marks) {
    return std::find(marks.begin(), marks.end(), true) != marks.end();
}

}  // namespace

TEST_SUITE_BEGIN("value_handover");

TEST_CASE("a row takes the value that another gives up, nobody its own") {
    CHECK(find_handovers(moves{{0, "a", "b"}, {1, "b", "a"}}) == handovers{{1, 0}, {0, 1}});
    CHECK(find_handovers(moves{{0, "a", "b"}, {1, "b", "c"}, {2, "c", "d"}}) == handovers{{1, 0}, {2, 1}});
    CHECK(find_handovers(moves{{0, "a", {}}, {1, {}, "a"}}) == handovers{{0, 1}});
    CHECK(find_handovers(moves{{0, "a", "b"}, {1, "c", "d"}}).empty());
    CHECK(find_handovers({}).empty());
}

TEST_CASE("a value that several would have is handed to each, for the database to judge") {
    CHECK(find_handovers(moves{{0, "a", "b"}, {1, {}, "a"}, {2, {}, "a"}}).size() == 2);
}

TEST_CASE("few rows are ordered, of many the givers let go first") {
    CHECK_FALSE(any(are_many(chain(7), std::vector<std::size_t>(7, 0))));
    auto const many = are_many(chain(8), std::vector<std::size_t>(8, 0));
    CHECK(many == std::vector<bool>(7, true));
}

TEST_CASE("a long chain of rows of different kinds is long, too") {
    std::vector<std::size_t> kinds;
    for (std::size_t i = 0; i < 8; ++i) kinds.push_back(i);
    CHECK(are_many(chain(8), kinds) == std::vector<bool>(7, true));
}

TEST_CASE("two rows among many that one statement writes are as good as many, two that two statements write are not") {
    std::vector<std::size_t> kinds(20, 0);
    CHECK(are_many(chain(2), kinds) == std::vector<bool>{true});
    kinds[0] = 1;
    CHECK(are_many(chain(2), kinds) == std::vector<bool>{false});
}

TEST_SUITE_END();
