#include "parameters.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>
#include <set>

#include <stint/error.hpp>

namespace stint {
namespace {

constexpr std::size_t most_parameters = 65535;  // PostgreSQL's

bool is_digit(char c) noexcept {
    return std::isdigit(static_cast<unsigned char>(c)) != 0;
}

bool is_of_name(char c) noexcept {
    return std::isalnum(static_cast<unsigned char>(c)) != 0 || c == '_' || static_cast<signed char>(c) < 0;
}

std::size_t past(std::string_view sql, std::string_view end, std::size_t start) noexcept {
    auto const found = sql.find(end, start);
    return found == std::string_view::npos ? sql.size() : found + end.size();
}

/// Of E'...', where a backslash takes the next sign's meaning.
std::size_t past_escaped(std::string_view sql, std::size_t start) noexcept {
    for (; start < sql.size() && sql[start] != '\''; ++start)
        if (sql[start] == '\\') ++start;
    return std::min(start + 1, sql.size());
}

/// $tag$; empty: no text begins here.
std::string_view dollar_quote(std::string_view sql, std::size_t at) noexcept {
    auto const end = std::ranges::find_if_not(sql.substr(at + 1), is_of_name) - sql.begin();
    auto const close = static_cast<std::size_t>(end);
    bool const is_number = at + 1 < sql.size() && is_digit(sql[at + 1]);
    bool const is_in_name = at > 0 && is_of_name(sql[at - 1]);
    if (close >= sql.size() || sql[close] != '$' || is_number || is_in_name) return {};
    return sql.substr(at, close + 1 - at);
}

/// Where what begins here ends that no parameter can be in: a text, a quoted name, a remark. Nothing begins here: where
/// it is.
std::size_t past_quotation(std::string_view sql, std::size_t at) noexcept {
    auto const rest = sql.substr(at);
    bool const is_escaping = at > 0 && (sql[at - 1] == 'E' || sql[at - 1] == 'e') &&
                             (at == 1 || !is_of_name(sql[at - 2]));
    if (rest.starts_with('\'')) return is_escaping ? past_escaped(sql, at + 1) : past(sql, "'", at + 1);
    if (rest.starts_with('"')) return past(sql, "\"", at + 1);
    if (rest.starts_with("--")) return past(sql, "\n", at);
    if (rest.starts_with("/*")) return past(sql, "*/", at + 2);
    if (rest.starts_with("::")) return at + 2;
    if (!rest.starts_with('$')) return at;
    auto const quote = dollar_quote(sql, at);
    return quote.empty() ? at : past(sql, quote, at + quote.size());
}

}  // namespace

std::size_t parameter_number(std::string_view name, std::string_view sql) {
    std::size_t number = 0;
    auto const  digits = name.substr(std::min<std::size_t>(1, name.size()));
    auto const  read = std::from_chars(digits.data(), digits.data() + digits.size(), number);
    bool const  is_number = read.ec == std::errc{} && read.ptr == digits.data() + digits.size();
    if (is_number && number > 0 && number <= most_parameters) return number;
    throw usage_error("parameters are written :1, :2 and so on, not " + std::string(name) + ": " + std::string(sql));
}

void refuse_gap(std::string_view sql) {
    throw usage_error("parameters are numbered from :1 and leave no number out: " + std::string(sql));
}

numbered_sql with_dollars(std::string_view sql) {
    numbered_sql          result;
    std::set<std::size_t> numbers;
    for (std::size_t at = 0; at < sql.size();) {
        auto end = past_quotation(sql, at);
        if (end == at && sql[at] == ':' && at + 1 < sql.size() && is_digit(sql[at + 1])) {
            end = at + 1;
            while (end < sql.size() && is_digit(sql[end])) ++end;
            auto const number = parameter_number(sql.substr(at, end - at), sql);
            numbers.insert(number);
            result.sql += '$' + std::to_string(number);
        } else {
            end = std::max(end, at + 1);
            result.sql += sql.substr(at, end - at);
        }
        at = end;
    }
    if (!numbers.empty() && *numbers.rbegin() != numbers.size()) refuse_gap(sql);
    result.parameters = numbers.size();
    return result;
}

}  // namespace stint
