#include "locking/grant_history.hpp"

#include <algorithm>
#include <sstream>

namespace {

std::string words_of(grant const& grant) {
    return grant.resource + " to " + grant.owner + " as " + std::to_string(grant.fence);
}

bool are_rivals(grant const& left, grant const& right) {
    return left.resource == right.resource && (left.owner != right.owner || left.fence != right.fence);
}

/// Whether others left an instant in which it can have been granted. They are in the order of their answers.
bool can_be(grant const& claim, std::vector<grant> const& others) {
    auto free_from = claim.asked;
    for (auto const& other : others) {
        if (!are_rivals(claim, other)) continue;
        if (other.answered > free_from) break;
        free_from = std::max(free_from, other.held_until);
    }
    return free_from <= claim.answered;
}

}  // namespace

std::vector<std::string> overlaps(std::vector<grant> const& history) {
    auto in_order = history;
    std::ranges::sort(in_order, {}, &grant::answered);
    std::vector<std::string> result;
    for (auto const& grant : history)
        if (!can_be(grant, in_order)) result.push_back(words_of(grant) + " while others held it");
    return result;
}

std::vector<std::string> falling_fences(std::vector<grant> const& history) {
    std::vector<std::string> result;
    for (auto const& grant : history)
        for (auto const& later : history)
            if (are_rivals(grant, later) && grant.answered < later.asked && grant.fence >= later.fence)
                result.push_back(words_of(later) + " after " + words_of(grant));
    return result;
}

std::string to_line(grant const& grant) {
    std::ostringstream line;
    line << grant.resource << ' ' << grant.owner << ' ' << grant.fence;
    for (auto const time : {grant.asked, grant.answered, grant.held_until})
        line << ' ' << time.time_since_epoch().count();
    return line.str();
}

grant grant_from(std::string const& line) {
    std::istringstream from{line};
    grant              grant;
    from >> grant.resource >> grant.owner >> grant.fence;
    for (auto* const time : {&grant.asked, &grant.answered, &grant.held_until}) {
        grant::time::rep count = 0;
        from >> count;
        *time = grant::time{grant::time::duration{count}};
    }
    return grant;
}
