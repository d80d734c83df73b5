#include "in_turns.hpp"

#include <algorithm>

namespace {

duration median_of(std::vector<duration> times) {
    auto const middle = times.begin() + static_cast<std::ptrdiff_t>(times.size() / 2);
    std::ranges::nth_element(times, middle);
    return *middle;
}

}  // namespace

std::vector<std::vector<duration>> medians_in_turns(std::span<way const> ways, int rounds) {
    int const                                       to_warm_up = std::max(2, rounds / 20);
    std::vector<std::vector<std::vector<duration>>> times(ways.size());  // of each way, of each part
    for (int round = 0; round < rounds + to_warm_up; ++round) {
        for (std::size_t turn = 0; turn < ways.size(); ++turn) {
            auto const which = round % 2 == 0 ? turn : ways.size() - 1 - turn;
            auto const parts = ways[which](round);
            if (round < to_warm_up) continue;
            times[which].resize(parts.size());
            for (std::size_t part = 0; part < parts.size(); ++part) times[which][part].push_back(parts[part]);
        }
    }
    std::vector<std::vector<duration>> medians(ways.size());
    for (std::size_t which = 0; which < ways.size(); ++which)
        for (auto& part : times[which]) medians[which].push_back(median_of(std::move(part)));
    return medians;
}
