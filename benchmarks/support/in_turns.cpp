#include "support/in_turns.hpp"

#include <algorithm>

namespace bench {

namespace {

using clock = std::chrono::steady_clock;

/// All that was measured: of each way, of each part.
using samples = std::vector<std::vector<std::vector<double>>>;

void take_turns(std::span<way const> ways, int round, samples* kept) {
    for (std::size_t turn = 0; turn < ways.size(); ++turn) {
        auto const which = round % 2 == 0 ? turn : ways.size() - 1 - turn;
        auto const parts = ways[which](round);
        if (kept == nullptr) continue;
        auto& of_way = (*kept)[which];
        of_way.resize(parts.size());
        for (std::size_t part = 0; part < parts.size(); ++part) of_way[part].push_back(parts[part].count());
    }
}

/// The caches, the plans of the server, the pages of a new file.
int warm_up(std::span<way const> ways, pace const& how) {
    constexpr int rounds = 7;  // a server tries five plans before it keeps a general one
    auto const    began = clock::now();
    int           round = 0;
    do {
        take_turns(ways, round++, nullptr);
    } while (round < rounds && clock::now() - began < how.about / 4);
    return round;
}

}  // namespace

double median_of(std::vector<double> numbers) {
    auto const middle = numbers.begin() + static_cast<std::ptrdiff_t>(numbers.size() / 2);
    std::ranges::nth_element(numbers, middle);
    return numbers.size() % 2 == 1 ? *middle : (*middle + *std::max_element(numbers.begin(), middle)) / 2;
}

std::vector<std::vector<duration>> medians_in_turns(std::span<way const> ways, pace const& how) {
    auto const first = warm_up(ways, how);
    auto const began = clock::now();
    samples    all(ways.size());
    for (int done = 0; how.goes_on(done, clock::now() - began); ++done) take_turns(ways, first + done, &all);

    std::vector<std::vector<duration>> medians(ways.size());
    for (std::size_t which = 0; which < ways.size(); ++which)
        for (auto& part : all[which]) medians[which].emplace_back(median_of(std::move(part)));
    return medians;
}

}  // namespace bench
