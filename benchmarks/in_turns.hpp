// in_turns: times some ways of doing a thing, in turns, so that what else the machine does hits all of them alike.
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <vector>

using duration = std::chrono::duration<double, std::micro>;

/// One way: does the thing, and answers how long each part of it took that counts.
using way = std::function<std::vector<duration>(int round)>;

/// Of each way the median of each part, over so many rounds after a few to warm up. In every other round the order of the ways
/// is turned around.
std::vector<std::vector<duration>> medians_in_turns(std::span<way const> ways, int rounds);

template <class Step>
duration time_of(Step step) {
    auto const began = std::chrono::steady_clock::now();
    step();
    return std::chrono::steady_clock::now() - began;
}
