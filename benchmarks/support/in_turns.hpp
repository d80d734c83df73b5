// in_turns: times some ways of doing a thing, in turns, so that what else the machine does hits all of them alike.
//
//     way const one = [&](int round) { return std::vector{time_of([&] { ... })}; };
//     auto const medians = medians_in_turns(std::array{one, other}, {.at_least = 5, .about = 2s});
//     medians[0][0];      // of the first way, the first part
#pragma once

#include <chrono>
#include <functional>
#include <span>
#include <vector>

namespace bench {

using duration = std::chrono::duration<double, std::micro>;

/// One way: does the thing, and answers how long each part of it took that counts.
using way = std::function<std::vector<duration>(int round)>;

/// How many rounds: as many as fit into a time; at least some, but one is enough when they take five times as long.
struct pace {
    int                           at_least = 5;
    int                           at_most = 5000;
    std::chrono::duration<double> about = std::chrono::seconds{2};

    bool goes_on(int done, std::chrono::duration<double> so_far) const noexcept {
        if (done >= at_most) return false;
        return done == 0 || so_far < about || (done < at_least && so_far < 5 * about);
    }
};

/// Of each way the median of each part, after a few rounds to warm up. In every other round the order of the ways is
/// turned around.
std::vector<std::vector<duration>> medians_in_turns(std::span<way const> ways, pace const& how);

/// The one in the middle; of an even number, the later one.
double median_of(std::vector<double> numbers);

template <class Step>
duration time_of(Step step) {
    auto const began = std::chrono::steady_clock::now();
    step();
    return std::chrono::steady_clock::now() - began;
}

}  // namespace bench
