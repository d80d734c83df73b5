// decimal: an exact decimal number, for money and quantities.
//
//     stint::decimal price{"56.40"};
//     price -= stint::decimal{"15.60"};          // 40.80, exactly
//     price.to_string();                         // "40.80"
//
// A number is units * 10^-scale, with 64-bit units and a scale of 0 to 18, so 18 digits always fit. Nothing is ever
// rounded silently: a result that doesn't fit throws value_error, and a float or double is refused. Equal numbers
// compare equal whatever their scales: 1.5 == 1.50. A regular value type.
// (Fowler, PoEAA ch. 18, Money: keep amounts in integers.)
#pragma once

#include <compare>
#include <concepts>
#include <cstdint>
#include <iosfwd>
#include <string>
#include <string_view>
#include <utility>

namespace stint {

class decimal {
    // clang-format off: an attribute on a line of its own

    /// The right-hand side of an assignment to a const decimal, which is a mistake. With a decimal in its place this
    /// would be a copy assignment.
    struct operand_of_const {
        template <std::convertible_to<decimal> Number>
        __attribute__((unavailable("what is read is const: change the object that edit() gives, "
                                   "stock.edit().quantity -= sold")))
        operand_of_const(Number const&) {}
    };

    // clang-format on

public:
    static constexpr int max_scale = 18;

    constexpr decimal() noexcept = default;

    /// An integer. Unsigned values above the range of 64-bit signed ones throw value_error.
    template <std::integral Integer>
        requires(!std::same_as<Integer, bool>)
    constexpr decimal(Integer whole) : units_(checked(whole)) {}

    template <std::floating_point Real>
    decimal(Real) = delete;  // 15.60 is not 15.60 in binary: write decimal{"15.60"}

    /// From text such as "56.40", "-3", "+0.5". Throws value_error for anything else, for more than 18 decimals, and
    /// for a number that doesn't fit.
    explicit decimal(std::string_view text);
    explicit decimal(char const* text) : decimal(std::string_view(text)) {}

    /// units * 10^-scale. Throws value_error if scale is not 0 to 18.
    static decimal from_units(std::int64_t units, int scale);

    constexpr std::int64_t units() const noexcept { return units_; }
    constexpr int          scale() const noexcept { return scale_; }

    /// The same number with this many decimals. Throws value_error when digits would be lost.
    decimal rescaled(int scale) const;
    /// Whether rescaled(scale) would succeed.
    bool fits(int scale) const noexcept;

    /// As text with as many decimals as its scale: "40.80".
    std::string to_string() const;

    decimal& operator+=(decimal const& other);
    decimal& operator-=(decimal const& other);
    decimal& operator*=(decimal const& other);

    friend decimal operator+(decimal left, decimal const& right) { return left += right; }
    friend decimal operator-(decimal left, decimal const& right) { return left -= right; }
    friend decimal operator*(decimal left, decimal const& right) { return left *= right; }
    friend decimal operator-(decimal const& number) { return decimal{} -= number; }

    friend std::strong_ordering operator<=>(decimal const& left, decimal const& right) noexcept;
    friend bool operator==(decimal const& left, decimal const& right) noexcept { return (left <=> right) == 0; }

    friend std::ostream& operator<<(std::ostream& out, decimal const& number);

    // clang-format off: an attribute on a line of its own

    // Mistakes, each with its sentence (docs/decisions/0015).
    void operator=(operand_of_const) const;
    void operator+=(operand_of_const) const;
    void operator-=(operand_of_const) const;
    void operator*=(operand_of_const) const;

    template <std::floating_point Real>
    __attribute__((unavailable("a double is not exact: write stint::decimal{\"15.60\"}")))
    decimal& operator=(Real);
    template <std::floating_point Real>
    __attribute__((unavailable("a double is not exact: write stint::decimal{\"15.60\"}")))
    decimal& operator+=(Real);
    template <std::floating_point Real>
    __attribute__((unavailable("a double is not exact: write stint::decimal{\"15.60\"}")))
    decimal& operator-=(Real);
    template <std::floating_point Real>
    __attribute__((unavailable("a double is not exact: write stint::decimal{\"15.60\"}")))
    decimal& operator*=(Real);
    template <std::floating_point Real>
    __attribute__((unavailable("a double is not exact: write stint::decimal{\"15.60\"}")))
    friend bool operator==(decimal const&, Real);
    template <std::floating_point Real>
    __attribute__((unavailable("a double is not exact: write stint::decimal{\"15.60\"}")))
    friend std::strong_ordering operator<=>(decimal const&, Real);
    template <std::floating_point Real>
    __attribute__((unavailable("a double is not exact: write stint::decimal{\"15.60\"}")))
    friend decimal operator+(decimal const&, Real);
    template <std::floating_point Real>
    __attribute__((unavailable("a double is not exact: write stint::decimal{\"15.60\"}")))
    friend decimal operator-(decimal const&, Real);
    template <std::floating_point Real>
    __attribute__((unavailable("a double is not exact: write stint::decimal{\"15.60\"}")))
    friend decimal operator*(decimal const&, Real);
    template <std::floating_point Real>
    __attribute__((unavailable("a double is not exact: write stint::decimal{\"15.60\"}")))
    friend decimal operator*(Real, decimal const&);

    // clang-format on

private:
    template <std::integral Integer>
    static constexpr std::int64_t checked(Integer whole) {
        if (!std::in_range<std::int64_t>(whole)) refuse_integer();
        return static_cast<std::int64_t>(whole);
    }
    [[noreturn]] static void refuse_integer();

    std::int64_t units_ = 0;
    std::uint8_t scale_ = 0;
};

}  // namespace stint

template <>
struct std::hash<stint::decimal> {
    std::size_t operator()(stint::decimal const& number) const noexcept;
};
