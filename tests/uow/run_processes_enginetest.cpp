// Runs of several processes that want the same row.
#include <doctest/doctest.h>

#include <cstdint>
#include <deque>
#include <string>
#include <vector>

#include "locking/lock_scratch.hpp"
#include "support/desks.hpp"
#include "support/partner.hpp"

namespace {

constexpr std::int64_t times = 60, clerks = 3, desk_count = 4;

struct busy_office : desks::office {
    std::deque<partner> all;

    busy_office() {
        for (int i = 0; i < desk_count; ++i)
            all.emplace_back(COUNTING_DESK, std::vector{url(), std::to_string(times), std::to_string(clerks)});
        for (auto& desk : all) REQUIRE(desk.hear() == "ready");
        for (auto& desk : all) desk.say("begin");
    }
    std::int64_t counted() { return std::stoll(ask("SELECT number FROM notes WHERE id = 1")); }
    /// Each commit counted once.
    bool is_whole() { return row("notes") == std::to_string(counted()) + '@' + std::to_string(counted() + 1); }
};

}  // namespace

TEST_SUITE_BEGIN("run");

TEST_CASE_FIXTURE(busy_office, "what can land lands: four processes on one row, with default options") {
    for (auto& desk : all) CHECK(desk.hear() == std::to_string(times) + " landed");
    CHECK(counted() == desk_count * times);
    CHECK(is_whole());
}

TEST_CASE_FIXTURE(busy_office, "after kill -9 of one of four processes the runs of the others land") {
    REQUIRE(comes_true([this] { return counted() >= times; }));  // they are in the midst of it
    all.back().kill();
    all.pop_back();
    for (auto& desk : all) CHECK(desk.hear() == std::to_string(times) + " landed");
    CHECK(counted() >= (desk_count - 1) * times);
    CHECK(counted() <= desk_count * times);
    CHECK(is_whole());
}

TEST_SUITE_END();
