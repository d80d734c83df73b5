#include <stint/conflict.hpp>

#include <algorithm>
#include <utility>

namespace stint {

namespace {

/// One that is worst, or what they all are.
error_kind kind_of(std::vector<conflict> const& conflicts) {
    for (auto const worst : {error_kind::access, error_kind::locked})
        if (std::ranges::find(conflicts, worst, &conflict::kind) != conflicts.end()) return worst;
    auto const first = conflicts.front().kind;
    bool const is_each = std::ranges::all_of(conflicts, [&](conflict const& row) { return row.kind == first; });
    return is_each ? first : error_kind::conflict;
}

/// What is worst.
advice advice_for(std::vector<conflict> const& conflicts) {
    for (auto const worst : {advice::fix_the_code, advice::ask_a_person, advice::wait_and_retry})
        if (std::ranges::find(conflicts, worst, &conflict::next) != conflicts.end()) return worst;
    return advice::reload_and_retry;
}

error_subject subject_of(std::vector<conflict> const& conflicts) {
    auto const&   first = conflicts.front();
    error_subject result{.table = first.table, .key = first.key};
    for (auto const& column : first.columns) result.columns.push_back(column.column);
    return result;
}

std::string text_of(std::vector<conflict> const& conflicts) {
    std::string text = "commit refused, nothing was written: ";
    for (auto const& row : conflicts) {
        if (&row != &conflicts.front()) text += "; ";
        text += to_string(row);
    }
    return text;
}

std::string versions_of(conflict const& row) {
    if (!row.expected) return {};
    auto const read = std::to_string(row.expected->value());
    return row.found ? " (version " + read + " was read, " + std::to_string(row.found->value()) + " is there)"
                     : " (version " + read + " was read)";
}

}  // namespace

std::string to_string(conflict const& row) {
    std::string text = row.table + " " + row.key + ": " + std::string(row.reason.name()) + versions_of(row);
    if (row.lock) text += "; " + to_string(*row.lock);
    char const* before_each = "; ";
    for (auto const& column : row.columns) {
        text += before_each + column.column + ": " + to_string(column.base) + " was read, " + to_string(column.mine) +
                " is mine, " + to_string(column.theirs) + " is theirs";
        before_each = ", ";
    }
    return text;
}

conflict_error::conflict_error(std::vector<conflict> conflicts)
    : error(text_of(conflicts), kind_of(conflicts), advice_for(conflicts), subject_of(conflicts)),
      conflicts_(std::move(conflicts)) {}

}  // namespace stint
