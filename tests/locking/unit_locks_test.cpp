#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "../../locking/src/unit_locks.hpp"

using namespace std::chrono_literals;
using stint::lease;
using stint::unit_locks;

namespace {

struct locks_of_a_unit {
    unit_locks locks{nullptr, {}};

    static lease granted(std::string name, std::int64_t fence, std::chrono::milliseconds time = 1h) {
        return {.name = std::move(name), .owner = "ann", .fence = fence, .ends = stint::deadline::after(time)};
    }
    void take(lease grant) { locks.take({std::move(grant)}); }
};

}  // namespace

TEST_SUITE_BEGIN("unit_locks");

TEST_CASE_FIXTURE(locks_of_a_unit, "a grant counts once what it protects was read after it") {
    CHECK_FALSE(locks.knows("a"));
    take(granted("a", 1));
    CHECK(locks.knows("a"));
    CHECK_FALSE(locks.has("a"));
    CHECK(locks.may_be_stale("a"));
    locks.confirm("a");
    CHECK(locks.has("a"));
    CHECK_FALSE(locks.may_be_stale("a"));
}

TEST_CASE_FIXTURE(locks_of_a_unit, "one whose time is over can't be relied on") {
    take(granted("a", 1, 0ms));
    locks.confirm("a");
    CHECK_FALSE(locks.has("a"));
    CHECK(locks.knows("a"));
}

TEST_CASE_FIXTURE(locks_of_a_unit, "the same grant again is the same lock; another one may have had it in between") {
    take(granted("a", 1));
    locks.confirm("a");
    take(granted("a", 1));
    CHECK(locks.has("a"));
    take(granted("a", 2));
    CHECK_FALSE(locks.has("a"));
    locks.confirm("a");
    CHECK(locks.has("a"));
    CHECK(locks.may_be_stale("a"));
}

TEST_CASE_FIXTURE(locks_of_a_unit,
                  "the first grant of a name is told until it is confirmed, however often it is asked for") {
    auto first = granted("a", 1);
    first.is_first = true;
    take(first);
    take(granted("a", 1));
    CHECK(locks.is_first("a"));
    locks.confirm("a");
    CHECK_FALSE(locks.is_first("a"));
}

TEST_CASE_FIXTURE(locks_of_a_unit, "what the owner had before isn't this unit's to give back") {
    auto before = granted("a", 1);
    before.was_held = true;
    take(before);
    take(granted("b", 2));
    take(granted("a", 1));  // renewed
    CHECK(locks.names() == std::vector<std::string>{"a", "b"});
    CHECK(locks.leases().size() == 2);
    REQUIRE(locks.of_this_unit().size() == 1);
    CHECK(locks.of_this_unit().front().name == "b");
}

TEST_CASE_FIXTURE(locks_of_a_unit, "in doubt none of them counts, until each is confirmed again") {
    take(granted("a", 1));
    locks.confirm("a");
    locks.doubt();
    CHECK(locks.is_in_doubt);
    CHECK_FALSE(locks.has("a"));
    CHECK(locks.may_be_stale("a"));
    locks.confirm("a");
    CHECK(locks.has("a"));
}

TEST_CASE_FIXTURE(locks_of_a_unit, "when all are forgotten none is known") {
    take(granted("a", 1));
    locks.forget_all();
    CHECK_FALSE(locks.knows("a"));
    locks.confirm("a");  // nothing to confirm
    CHECK_FALSE(locks.knows("a"));
}

TEST_SUITE_END();
