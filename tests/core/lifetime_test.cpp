#include <doctest/doctest.h>

#include <algorithm>
#include <atomic>
#include <optional>
#include <thread>
#include <vector>

#include <stint/detail/lifetime.hpp>

using stint::detail::lifetime;

TEST_SUITE_BEGIN("lifetime");

TEST_CASE("a stamp is over when its lifetime has ended, and stays so") {
    std::optional<lifetime> first{std::in_place};
    auto const              stamp = first->now();
    CHECK_FALSE(lifetime::is_over(stamp));
    first.reset();
    CHECK(lifetime::is_over(stamp));

    std::vector<lifetime> later(5000);  // some of them where the first one was
    CHECK(lifetime::is_over(stamp));
    CHECK(std::ranges::none_of(later, [](auto const& each) { return lifetime::is_over(each.now()); }));
    CHECK(std::ranges::none_of(later, [&](auto const& each) { return each.now() == stamp; }));
}

TEST_CASE("lifetimes that follow each other have stamps of their own") {
    std::vector<lifetime::stamp> stamps;
    for (int i = 0; i < 1000; ++i) stamps.push_back(lifetime{}.now());
    CHECK(std::ranges::all_of(stamps, lifetime::is_over));
    std::ranges::sort(stamps);
    CHECK(std::ranges::adjacent_find(stamps) == stamps.end());
}

TEST_CASE("lifetimes begin and end in several threads while others look at them") {
    lifetime const           of_all;
    std::atomic<int>         wrong{0};
    std::vector<std::thread> threads;
    for (int i = 0; i < 4; ++i)
        threads.emplace_back([&] {
            for (int round = 0; round < 2000; ++round) {
                std::optional<lifetime> mine{std::in_place};
                auto const              stamp = mine->now();
                if (lifetime::is_over(stamp) || lifetime::is_over(of_all.now())) ++wrong;
                mine.reset();
                if (!lifetime::is_over(stamp)) ++wrong;
            }
        });
    for (auto& each : threads) each.join();
    CHECK(wrong == 0);
}

TEST_SUITE_END();
