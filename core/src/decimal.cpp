#include <stint/decimal.hpp>

#include <algorithm>
#include <array>
#include <limits>
#include <ostream>

#include <stint/error.hpp>

namespace stint {
namespace {

__extension__ typedef __int128 wide;

constexpr auto powers_of_ten = [] {
    std::array<std::int64_t, decimal::max_scale + 1> powers{1};
    for (std::size_t i = 1; i < powers.size(); ++i) powers[i] = powers[i - 1] * 10;
    return powers;
}();

constexpr wide power_of_ten(int exponent) noexcept {
    return powers_of_ten[static_cast<std::size_t>(exponent)];
}

constexpr bool fits_in_64_bits(wide number) noexcept {
    return number >= std::numeric_limits<std::int64_t>::min() && number <= std::numeric_limits<std::int64_t>::max();
}

constexpr bool is_scale(int scale) noexcept {
    return scale >= 0 && scale <= decimal::max_scale;
}

constexpr bool is_digit(char c) noexcept {
    return c >= '0' && c <= '9';
}

// Gives up trailing zeros where it must, digits never.
decimal narrowed(wide units, int scale, char const* operation) {
    while (scale > 0 && units % 10 == 0 && (scale > decimal::max_scale || !fits_in_64_bits(units))) {
        units /= 10;
        --scale;
    }
    if (!is_scale(scale) || !fits_in_64_bits(units))
        throw value_error(std::string("the ") + operation + " of two decimals has more digits than a decimal can hold");
    return decimal::from_units(static_cast<std::int64_t>(units), scale);
}

wide aligned(decimal const& number, int scale) noexcept {
    return number.units() * power_of_ten(scale - number.scale());
}

[[noreturn]] void refuse(std::string_view text, char const* problem) {
    throw value_error("'" + std::string(text) + "' is no decimal: " + problem);
}

// Takes the digits from the front of rest and appends them to units.
std::size_t take_digits(std::string_view& rest, std::uint64_t& units, std::string_view whole_text) {
    constexpr std::uint64_t most = std::uint64_t{1} << 63;  // of a negative number
    std::size_t             count = 0;
    for (; count < rest.size() && is_digit(rest[count]); ++count) {
        if (units > most / 10) refuse(whole_text, "it has too many digits");
        units = units * 10 + static_cast<std::uint64_t>(rest[count] - '0');
    }
    rest.remove_prefix(count);
    return count;
}

}  // namespace

decimal::decimal(std::string_view text) {
    auto       rest = text;
    bool const negative = rest.starts_with('-');
    if (negative || rest.starts_with('+')) rest.remove_prefix(1);

    std::uint64_t units = 0;
    std::size_t   decimals = 0;
    if (take_digits(rest, units, text) == 0) refuse(text, "a digit is expected");
    if (rest.starts_with('.')) {
        rest.remove_prefix(1);
        decimals = take_digits(rest, units, text);
        if (decimals == 0) refuse(text, "a digit is expected after the point");
    }
    if (!rest.empty()) refuse(text, "only digits, a sign and a point may stand in it");
    if (decimals > max_scale) refuse(text, "it has more than 18 decimals");
    auto const exact = negative ? -static_cast<wide>(units) : static_cast<wide>(units);
    if (!fits_in_64_bits(exact)) refuse(text, "it has too many digits");
    units_ = static_cast<std::int64_t>(exact);
    scale_ = static_cast<std::uint8_t>(decimals);
}

decimal decimal::from_units(std::int64_t units, int scale) {
    if (!is_scale(scale)) throw value_error("a decimal has 0 to 18 decimals, not " + std::to_string(scale));
    decimal result;
    result.units_ = units;
    result.scale_ = static_cast<std::uint8_t>(scale);
    return result;
}

bool decimal::fits(int scale) const noexcept {
    if (!is_scale(scale)) return false;
    return scale < scale_ ? units_ % power_of_ten(scale_ - scale) == 0 : fits_in_64_bits(aligned(*this, scale));
}

decimal decimal::rescaled(int scale) const {
    if (scale == scale_) return *this;
    if (!fits(scale))
        throw value_error(to_string() + " can't be kept exactly with " + std::to_string(scale) + " decimals");
    auto const units = scale < scale_ ? units_ / power_of_ten(scale_ - scale) : aligned(*this, scale);
    return from_units(static_cast<std::int64_t>(units), scale);
}

std::string decimal::to_string() const {
    auto const magnitude = units_ < 0 ? 0 - static_cast<std::uint64_t>(units_) : static_cast<std::uint64_t>(units_);
    auto       digits = std::to_string(magnitude);
    if (digits.size() <= scale_) digits.insert(0, scale_ + 1 - digits.size(), '0');
    if (scale_ > 0) digits.insert(digits.size() - scale_, 1, '.');
    return units_ < 0 ? '-' + digits : digits;
}

decimal& decimal::operator+=(decimal const& other) {
    int const scale = std::max(scale_, other.scale_);
    return *this = narrowed(aligned(*this, scale) + aligned(other, scale), scale, "sum");
}

decimal& decimal::operator-=(decimal const& other) {
    int const scale = std::max(scale_, other.scale_);
    return *this = narrowed(aligned(*this, scale) - aligned(other, scale), scale, "difference");
}

decimal& decimal::operator*=(decimal const& other) {
    return *this = narrowed(static_cast<wide>(units_) * other.units_, scale_ + other.scale_, "product");
}

std::strong_ordering operator<=>(decimal const& left, decimal const& right) noexcept {
    int const  scale = std::max(left.scale_, right.scale_);
    auto const a = aligned(left, scale), b = aligned(right, scale);
    return a < b ? std::strong_ordering::less : a > b ? std::strong_ordering::greater : std::strong_ordering::equal;
}

std::ostream& operator<<(std::ostream& out, decimal const& number) {
    return out << number.to_string();
}

void decimal::refuse_integer() {
    throw value_error("an unsigned integer above 9223372036854775807 is too large for a decimal");
}

}  // namespace stint

std::size_t std::hash<stint::decimal>::operator()(stint::decimal const& number) const noexcept {
    auto units = number.units();
    auto scale = number.scale();
    for (; scale > 0 && units % 10 == 0; --scale) units /= 10;
    return std::hash<std::int64_t>{}(units) ^ (static_cast<std::size_t>(scale) << 1);
}
