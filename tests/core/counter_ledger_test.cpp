#include <doctest/doctest.h>

#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include "../../core/src/counter_ledger.hpp"

using namespace std::chrono_literals;
using stint::counter_ledger;
using stint::counters;

TEST_SUITE("core: counter_ledger") {
    TEST_CASE("counters are added and subtracted member by member") {
        counters const first{.round_trips = 1, .statements = 2, .bytes_received = 7, .locked_for = 3ms};
        counters const other{.round_trips = 10, .rows_read = 5, .bytes_received = 1, .locked_for = 1ms};
        counters const sum{.round_trips = 11, .statements = 2, .rows_read = 5, .bytes_received = 8, .locked_for = 4ms};
        CHECK(first + other == sum);
        CHECK(sum - other == first);
    }

    TEST_CASE("the sum is of those that are open and of those that ended") {
        counter_ledger ledger;
        auto           first = ledger.open();
        auto const     second = ledger.open();
        first->statements += 2;
        first->locked_for += 5ms;
        ++second->statements;
        auto const both = counters{.statements = 3, .locked_for = 5ms};
        CHECK(ledger.read() == both);
        CHECK(first->read() == counters{.statements = 2, .locked_for = 5ms});

        first.reset();
        CHECK(ledger.read() == both);
        ++second->statements;
        CHECK(ledger.read().statements == 4);
    }

    TEST_CASE("what was opened may outlive the ledger") {
        auto       ledger = std::make_optional<counter_ledger>();
        auto const late = ledger->open();
        ledger.reset();
        ++late->statements;
        CHECK(late->read().statements == 1);
    }

    TEST_CASE("the sum never falls while others count, open and end") {
        constexpr std::uint64_t  threads = 3, times = 200, each = 50;
        counter_ledger           ledger;
        std::vector<std::thread> counting;
        for (std::uint64_t i = 0; i < threads; ++i)
            counting.emplace_back([&] {
                for (std::uint64_t time = 0; time < times; ++time) {
                    auto const mine = ledger.open();
                    for (std::uint64_t n = 0; n < each; ++n) ++mine->statements;
                }
            });
        std::atomic<bool> over{false};
        bool              has_fallen = false;
        std::thread       looking([&] {
            for (std::uint64_t last = 0; !over;) {
                auto const now = ledger.read().statements;
                has_fallen = has_fallen || now < last;
                last = now;
            }
        });
        for (auto& thread : counting) thread.join();
        over = true;
        looking.join();
        CHECK_FALSE(has_fallen);
        CHECK(ledger.read().statements == threads * times * each);
    }
}
