// Random times, so that those who collided don't meet again (private to the room).
#pragma once

#include <chrono>
#include <cstdint>
#include <random>

namespace stint {

/// Between half of it and all of it.
inline std::chrono::microseconds jittered(std::chrono::microseconds time) {
    thread_local std::minstd_rand               random{std::random_device{}()};
    std::uniform_int_distribution<std::int64_t> between{time.count() / 2, time.count()};
    return std::chrono::microseconds{between(random)};
}

}  // namespace stint
