#include "locking/grant_history.hpp"

#include <algorithm>
#include <sstream>

namespace {

std::string words_of(grant const& one) {
    return one.resource + " to " + one.owner + " as " + std::to_string(one.fence);
}

bool are_rivals(grant const& one, grant const& other) {
    return one.resource == other.resource && (one.owner != other.owner || one.fence != other.fence);
}

/// Whether others left an instant in which it can have been granted. They are in the order of their answers.
bool can_be(grant const& one, std::vector<grant> const& others) {
    auto free_from = one.asked;
    for (auto const& other : others) {
        if (!are_rivals(one, other)) continue;
        if (other.answered > free_from) break;
        free_from = std::max(free_from, other.held_until);
    }
    return free_from <= one.answered;
}

}  // namespace

std::vector<std::string> overlaps(std::vector<grant> const& history) {
    auto in_order = history;
    std::ranges::sort(in_order, {}, &grant::answered);
    std::vector<std::string> result;
    for (auto const& one : history)
        if (!can_be(one, in_order)) result.push_back(words_of(one) + " while others held it");
    return result;
}

std::vector<std::string> falling_fences(std::vector<grant> const& history) {
    std::vector<std::string> result;
    for (auto const& one : history)
        for (auto const& later : history)
            if (are_rivals(one, later) && one.answered < later.asked && one.fence >= later.fence)
                result.push_back(words_of(later) + " after " + words_of(one));
    return result;
}

std::string to_line(grant const& one) {
    std::ostringstream line;
    line << one.resource << ' ' << one.owner << ' ' << one.fence;
    for (auto const time : {one.asked, one.answered, one.held_until}) line << ' ' << time.time_since_epoch().count();
    return line.str();
}

grant grant_from(std::string const& line) {
    std::istringstream from{line};
    grant              one;
    from >> one.resource >> one.owner >> one.fence;
    for (auto* const time : {&one.asked, &one.answered, &one.held_until}) {
        grant::time::rep count = 0;
        from >> count;
        *time = grant::time{grant::time::duration{count}};
    }
    return one;
}
