#include "lock_names.hpp"

#include <algorithm>
#include <string_view>

#include <stint/error.hpp>

namespace stint {

namespace {

constexpr std::size_t longest_name = 500;
constexpr std::size_t longest_owner = 200;
constexpr std::size_t longest_remark = 1000;

void check_text(std::string_view subject, std::string_view text, std::size_t longest) {
    if (text.size() > longest)
        throw value_error(std::string(subject) + " has " + std::to_string(text.size()) + " bytes; " +
                          std::to_string(longest) + " are kept");
    if (text.find('\0') != std::string_view::npos)
        throw value_error(std::string(subject) + " contains a zero byte, which can't be stored");
}

void check_filled(std::string_view subject, std::string_view text, std::size_t longest) {
    if (text.empty()) throw usage_error(std::string(subject) + " is empty");
    check_text(subject, text, longest);
}

}  // namespace

std::vector<std::string> checked_names(std::vector<std::string> names) {
    for (auto const& name : names) check_filled("the name of a lock", name, longest_name);
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    return names;
}

void check_owner(std::string const& owner) {
    check_filled("the owner of a lock", owner, longest_owner);
}

void check_request(lock_request const& request) {
    check_owner(request.owner);
    check_text("the label of a lock", request.label, longest_remark);
    check_text("the reason of a lock", request.reason, longest_remark);
    check_lease_time(request.lease);
}

void check_break(std::string const& name, lock_break const& terms) {
    check_filled("the name of a lock", name, longest_name);
    check_filled("the name of whoever breaks a lock", terms.breaker, longest_remark);
    check_text("the reason of a break", terms.reason, longest_remark);
    if (terms.grace.count() < 0 || terms.grace > lock_table::longest_lease)
        throw usage_error("the grace of a break is 0 ms to 31 days, not " + std::to_string(terms.grace.count()) +
                          " ms");
}

void check_lease_time(std::chrono::milliseconds time) {
    if (time.count() < 1 || time > lock_table::longest_lease)
        throw usage_error("a lock is leased for 1 ms to 31 days, not for " + std::to_string(time.count()) + " ms");
}

}  // namespace stint
