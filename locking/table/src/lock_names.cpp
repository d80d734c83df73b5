#include "lock_names.hpp"

#include <algorithm>
#include <span>
#include <string_view>

#include <stint/error.hpp>
#include <stint/value.hpp>

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

/// So that no text looks like two parts of a name.
std::string escaped(std::string_view text) {
    std::string result;
    for (char const letter : text) {
        if (letter == '%') {
            result += "%25";
        } else if (letter == '/') {
            result += "%2F";
        } else {
            result += letter;
        }
    }
    return result;
}

std::string unescaped(std::string_view text) {
    std::string result;
    while (!text.empty()) {
        bool const is_percent = text.starts_with("%25"), is_slash = text.starts_with("%2F");
        result += is_percent ? '%' : is_slash ? '/' : text.front();
        text.remove_prefix(is_percent || is_slash ? 3 : 1);
    }
    return result;
}

std::string part_of_name(value const& column) {
    if (auto const* number = std::get_if<std::int64_t>(&column)) return std::to_string(*number);
    if (auto const* text = std::get_if<std::string>(&column)) return escaped(*text);
    throw usage_error("a lock can't be named by the key " + to_string(column) + ": integers and texts are keys");
}

}  // namespace

std::string lock_name(std::string_view table, std::span<value const> key) {
    std::string name = escaped(table);
    for (auto const& column : key) name += '/' + part_of_name(column);
    return name;
}

std::string lock_name(std::string_view table, std::int64_t key) {
    value const number{key};
    return lock_name(table, {&number, 1});
}

error_subject subject_of_name(std::string_view name) {
    auto slash = name.find('/');
    if (slash == std::string_view::npos) return {.key = std::string(name)};
    error_subject result{.table = unescaped(name.substr(0, slash))};
    for (auto const* separator = ""; slash != std::string_view::npos; separator = ", ") {
        name.remove_prefix(slash + 1);
        slash = name.find('/');
        result.key += separator + unescaped(name.substr(0, slash));
    }
    return result;
}

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
