// grant_history: what was granted to whom and when, as the holders saw it, and whether all of it can be true.
//
//     history.push_back({.resource = "r/1", .owner = "desk 7", .fence = 12, .asked = then, .answered = now, ...});
//     CHECK(overlaps(history) == std::vector<std::string>{});
//
// The times are of the steady clock, which all processes of a machine share. Whether a lock table says the truth isn't
// asked of the lock table: a grant took place at some instant between the question and the answer, and its holder
// had it until what he was promised had passed, or until he gave it back.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>
#include <vector>

struct grant {
    using time = std::chrono::steady_clock::time_point;

    std::string  resource{};
    std::string  owner{};
    std::int64_t fence = 0;
    time         asked{};
    time         answered{};
    time         held_until{};  ///< known for sure: asked to release it then, or what was promised had passed

    friend bool operator==(grant const&, grant const&) = default;
};

/// Grants of what another held all the while, a line each.
std::vector<std::string> overlaps(std::vector<grant> const& history);
/// Grants that came after another of the same resource, with a fence that isn't higher, a line each.
std::vector<std::string> falling_fences(std::vector<grant> const& history);

/// On its way between processes. The words of a grant have no spaces.
std::string to_line(grant const& grant);
grant       grant_from(std::string const& line);
