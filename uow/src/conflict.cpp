#include <stint/conflict.hpp>

#include <algorithm>

namespace stint {

namespace {

advice advice_for(std::vector<conflict> const& conflicts) {
    auto const any = [&](reason why) {
        return std::any_of(conflicts.begin(), conflicts.end(), [&](conflict const& one) { return one.why == why; });
    };
    if (any(reason::suppressed())) return advice::fix_the_code;
    if (any(reason::bound())) return advice::wait_and_retry;
    return advice::reload_and_retry;
}

std::string text_of(std::vector<conflict> const& conflicts) {
    std::string text = "commit refused, nothing was written: ";
    for (auto const& one : conflicts) {
        if (&one != &conflicts.front()) text += "; ";
        text += to_string(one);
    }
    return text;
}

std::string versions_of(conflict const& one) {
    if (!one.expected) return {};
    auto const read = std::to_string(one.expected->value());
    return one.found ? " (version " + read + " was read, " + std::to_string(one.found->value()) + " is there)"
                     : " (version " + read + " was read)";
}

}  // namespace

std::string to_string(conflict const& one) {
    std::string text = one.table + " " + one.key + ": " + std::string(one.why.name()) + versions_of(one);
    if (one.lock) text += "; " + to_string(*one.lock);
    char const* before_each = "; ";
    for (auto const& column : one.columns) {
        text += before_each + column.column + ": " + to_string(column.base) + " was read, " + to_string(column.mine) +
                " is mine, " + to_string(column.theirs) + " is theirs";
        before_each = ", ";
    }
    return text;
}

conflict_error::conflict_error(std::vector<conflict> conflicts)
    : error(text_of(conflicts), advice_for(conflicts)), conflicts_(std::move(conflicts)) {}

}  // namespace stint
