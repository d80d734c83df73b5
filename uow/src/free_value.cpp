#include "free_value.hpp"

#include <algorithm>
#include <array>
#include <chrono>
#include <limits>
#include <string>
#include <string_view>

namespace stint {

namespace {

constexpr std::size_t      token_length = 12;
constexpr std::string_view digits = "0123456789abcdefghijklmnopqrstuvwxyz";

std::string token(std::uint64_t number, std::size_t length) {
    std::string result(length, digits.front());
    for (auto digit = result.rbegin(); digit != result.rend(); ++digit, number /= digits.size())
        *digit = digits[number % digits.size()];
    return result;
}

bool starts_a_character(char byte) noexcept {
    return (static_cast<unsigned char>(byte) & 0xC0U) != 0x80U;  // UTF-8
}

std::size_t characters_in(std::string_view text) noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(text, starts_a_character));
}

std::string first_characters(std::string_view text, std::size_t count) {
    std::size_t end = 0;
    for (; end < text.size(); ++end)
        if (starts_a_character(text[end]) && count-- == 0) break;
    return std::string(text.substr(0, end));
}

/// The beginning of the row's own text, and a token.
std::string free_text(std::string_view own, std::optional<std::size_t> limit, distance how_far, std::uint64_t number) {
    auto const most = limit.value_or(std::numeric_limits<std::size_t>::max());
    auto const length = characters_in(own);
    auto const wanted = how_far == distance::far ? length + 1 + token_length : std::max<std::size_t>(length, 1);
    auto const given = std::min(wanted, most);
    auto const of_token = std::min(given, token_length);
    auto       text = first_characters(own, given - of_token);
    if (characters_in(text) + of_token < given) text += '~';
    return text + token(number, of_token);
}

/// Whole numbers that fit into a column which keeps units of 10^-scale.
std::int64_t largest_whole(unique_rule::part const& column, std::int64_t units) {
    return std::min(column.largest.value_or(std::numeric_limits<std::int64_t>::max()),
                    std::numeric_limits<std::int64_t>::max() / units - 1);
}

std::int64_t power_of_ten(int exponent) {
    std::int64_t result = 1;
    for (; exponent > 0; --exponent) result *= 10;
    return result;
}

std::optional<std::int64_t> sum(std::int64_t left, std::int64_t right) {
    if (left > std::numeric_limits<std::int64_t>::max() - right) return {};
    return left + right;
}

std::optional<value> free_number(value_in_use const& of, distance how_far, std::int64_t index) {
    auto const* const highest = std::get_if<std::int64_t>(&of.highest);
    if (how_far == distance::far) return largest_whole(of.column, 1) - index;
    return highest ? sum(*highest, 1 + index) : std::nullopt;
}

std::optional<value> free_decimal(value_in_use const& of, distance how_far, std::int64_t index) {
    auto const        scale = of.type.scale;
    auto const        units = power_of_ten(scale);
    auto const* const highest = std::get_if<decimal>(&of.highest);
    if (how_far == distance::far) return decimal::from_units((largest_whole(of.column, units) - index) * units, scale);
    if (!highest || !highest->fits(scale)) return {};
    auto const above = sum(highest->rescaled(scale).units(), (1 + index) * units);
    return above ? std::optional<value>{decimal::from_units(*above, scale)} : std::nullopt;
}

std::optional<value> free_real(value_in_use const& of, distance how_far, std::int64_t index) {
    auto const* const highest = std::get_if<double>(&of.highest);
    if (how_far == distance::far) return 1e15 - static_cast<double>(index);
    return highest ? std::optional<value>{*highest + 1 + static_cast<double>(index)} : std::nullopt;
}

std::optional<value> free_instant(value_in_use const& of, distance how_far, std::int64_t index) {
    using namespace std::chrono;
    auto const* const highest = std::get_if<timestamp>(&of.highest);
    if (how_far == distance::far) return timestamp{sys_days{year{9999} / 12 / 1}} - seconds{index};
    return highest ? std::optional<value>{*highest + seconds{1 + index}} : std::nullopt;
}

}  // namespace

bool has_free_values(data_type kind) noexcept {
    return kind != data_type::boolean;
}

std::optional<value> free_value(value_in_use const& of, distance how_far, std::uint64_t index, std::uint64_t start) {
    auto const place = static_cast<std::int64_t>(index);
    switch (of.type.kind) {
    case data_type::integer: return free_number(of, how_far, place);
    case data_type::numeric: return free_decimal(of, how_far, place);
    case data_type::real: return free_real(of, how_far, place);
    case data_type::instant: return free_instant(of, how_far, place);
    case data_type::text:
        if (auto const* const own = std::get_if<std::string>(&of.own))
            return free_text(*own, of.column.length, how_far, start + index);
        return {};
    default: return {};
    }
}

bool is_short_text(value const& free) noexcept {
    auto const* const text = std::get_if<std::string>(&free);
    return text != nullptr && characters_in(*text) < token_length;
}

}  // namespace stint
