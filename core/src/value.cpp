#include <stint/value.hpp>

#include <array>
#include <charconv>
#include <cmath>
#include <cstdio>
#include <string_view>

#include "civil_time.hpp"

namespace stint {
namespace {

std::string shortest(double number) {
    std::array<char, 32> buffer;
    auto const           end = std::to_chars(buffer.data(), buffer.data() + buffer.size(), number).ptr;
    return {buffer.data(), end};
}

std::string hexadecimal(char c) {
    std::array<char, 8> buffer;
    std::snprintf(buffer.data(), buffer.size(), "\\x%02x", static_cast<unsigned>(static_cast<unsigned char>(c)));
    return buffer.data();
}

// On one line whatever it holds.
std::string quoted(std::string_view text) {
    std::string result = "'";
    for (char const c : text) {
        if (c == '\'') result += "''";
        else if (c == '\n') result += "\\n";
        else if (static_cast<unsigned char>(c) < ' ') result += hexadecimal(c);
        else result += c;
    }
    return result += '\'';
}

struct printer {
    std::string operator()(null_t) const { return "null"; }
    std::string operator()(bool truth) const { return truth ? "true" : "false"; }
    std::string operator()(std::int64_t number) const { return std::to_string(number); }
    std::string operator()(double number) const { return shortest(number); }
    std::string operator()(std::string const& text) const { return quoted(text); }
    std::string operator()(decimal const& number) const { return number.to_string(); }
    std::string operator()(timestamp time) const { return to_string(time); }
    std::string operator()(key_of_row key) const { return std::string("@") += std::to_string(key.row); }
};

}  // namespace

bool identical(double left, double right) noexcept {
    if (std::isnan(left)) return std::isnan(right);
    return left == right && std::signbit(left) == std::signbit(right);
}

bool identical(value const& left, value const& right) noexcept {
    auto const* const number = std::get_if<double>(&left);
    auto const* const other = std::get_if<double>(&right);
    return number != nullptr && other != nullptr ? identical(*number, *other) : left == right;
}

std::string to_string(value const& v) {
    return std::visit(printer{}, v);
}

std::string to_string(timestamp time) {
    auto const           at = to_civil(time);
    std::array<char, 64> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%s%04lld-%02u-%02uT%02u:%02u:%02u.%06uZ", at.year < 0 ? "-" : "",
                  static_cast<long long>(at.year < 0 ? -at.year : at.year), at.month, at.day, at.hour, at.minute,
                  at.second, at.microsecond);
    return buffer.data();
}

}  // namespace stint
