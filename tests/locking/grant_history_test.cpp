#include "locking/grant_history.hpp"

#include <doctest/doctest.h>

using lines = std::vector<std::string>;

namespace {

grant::time at(int moment) {
    return grant::time{grant::time::duration{moment}};
}

grant granted(std::string owner, std::int64_t fence, int asked, int answered, int held_until) {
    return {"r", std::move(owner), fence, at(asked), at(answered), at(held_until)};
}

}  // namespace

TEST_SUITE_BEGIN("grant_history");

TEST_CASE("grants one after the other can be true, also when the next one was asked for before") {
    CHECK(overlaps({}) == lines{});
    CHECK(overlaps({granted("ann", 1, 0, 1, 5), granted("bob", 2, 6, 7, 9)}) == lines{});
    CHECK(overlaps({granted("ann", 1, 0, 1, 5), granted("bob", 2, 2, 6, 9)}) == lines{});
    CHECK(overlaps({granted("bob", 2, 2, 6, 9), granted("ann", 1, 0, 1, 5)}) == lines{});
}

TEST_CASE("a grant of what another holds all the while can't be true") {
    CHECK(overlaps({granted("ann", 1, 0, 1, 9), granted("bob", 2, 3, 4, 12)}) ==
          lines{"r to bob as 2 while others held it"});
    CHECK(overlaps({granted("ann", 1, 0, 1, 4), granted("carl", 2, 2, 4, 9), granted("bob", 3, 3, 5, 12)}).size() == 1);
    CHECK(overlaps({granted("ann", 1, 0, 1, 3), granted("carl", 2, 2, 5, 9), granted("bob", 3, 2, 8, 12)}) == lines{});
}

TEST_CASE("an older grant of the same owner is another's, the same grant twice and other resources are no rivals") {
    CHECK(overlaps({granted("ann", 1, 0, 1, 9), granted("ann", 2, 3, 4, 12)}).size() == 1);
    CHECK(overlaps({granted("ann", 1, 0, 1, 9), granted("ann", 1, 3, 4, 12)}) == lines{});
    auto elsewhere = granted("bob", 2, 3, 4, 12);
    elsewhere.resource = "s";
    CHECK(overlaps({granted("ann", 1, 0, 1, 9), elsewhere}) == lines{});
}

TEST_CASE("fences rise in the order of grants, where there is one") {
    CHECK(falling_fences({granted("ann", 1, 0, 1, 3), granted("bob", 2, 2, 4, 5)}) == lines{});
    CHECK(falling_fences({granted("ann", 2, 0, 2, 3), granted("bob", 1, 1, 4, 5)}) == lines{});
    CHECK(falling_fences({granted("ann", 2, 0, 1, 3), granted("bob", 1, 2, 4, 5)}) ==
          lines{"r to bob as 1 after r to ann as 2"});
    CHECK(falling_fences({granted("ann", 2, 0, 1, 3), granted("bob", 2, 2, 4, 5)}).size() == 1);
}

TEST_CASE("a grant can be told in a line") {
    auto const grant = granted("ann", 1, 0, 1, 3);
    CHECK(grant_from(to_line(grant)) == grant);
}

TEST_SUITE_END();
