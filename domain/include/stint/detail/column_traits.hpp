// column_traits<Member>: which member types can be mapped, and how each becomes a value and back.
//
// kind        the portable type of its column
// nullable    whether null is one of its states
// same        whether two are stored alike
// from_value  takes a value that an engine read for a column of this kind; throws value_error when it
//             does not fit the member
#pragma once

#include <chrono>
#include <concepts>
#include <cstdint>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <variant>

#include <stint/column.hpp>
#include <stint/id.hpp>
#include <stint/value.hpp>

namespace stint::detail {

[[noreturn]] void refuse_integer_range(std::int64_t number);
[[noreturn]] void refuse_key_range(std::int64_t number);

/// The key that a column of integers holds. Throws value_error for a number that no key can have.
inline row_key key_of_number(std::int64_t number) {
    if (!integer_key::fits(number)) refuse_key_range(number);
    return integer_key::of(number);
}

template <class Member>
struct column_traits {
    static constexpr bool supported = false;
    static constexpr bool nullable = false;
};

/// Most types: stored as one alternative of value.
template <class Member, class Stored, data_type Kind>
struct plain_column {
    using referenced = void;
    static constexpr bool      supported = true;
    static constexpr bool      nullable = false;
    static constexpr data_type kind = Kind;

    static value  to_value(Member const& member) { return Stored(member); }
    static Member from_value(value&& v) { return Member(std::get<Stored>(std::move(v))); }
    static bool   same(Member const& left, Member const& right) { return left == right; }
};

template <>
struct column_traits<bool> : plain_column<bool, bool, data_type::boolean> {};
template <>
struct column_traits<double> : plain_column<double, double, data_type::real> {
    static bool same(double left, double right) noexcept { return identical(left, right); }
};
template <>
struct column_traits<std::string> : plain_column<std::string, std::string, data_type::text> {};
template <>
struct column_traits<decimal> : plain_column<decimal, decimal, data_type::numeric> {};

template <class Member>
concept plain_integer = std::integral<Member> && !std::same_as<Member, bool> && !std::same_as<Member, char> &&
                        !std::same_as<Member, wchar_t> && !std::same_as<Member, char8_t> &&
                        !std::same_as<Member, char16_t> && !std::same_as<Member, char32_t>;

template <plain_integer Member>
struct column_traits<Member> : plain_column<Member, std::int64_t, data_type::integer> {
    static value to_value(Member member) {
        if (!std::in_range<std::int64_t>(member)) refuse_integer_range(static_cast<std::int64_t>(member));
        return static_cast<std::int64_t>(member);
    }
    static Member from_value(value&& v) {
        auto const number = std::get<std::int64_t>(v);
        if (!std::in_range<Member>(number)) refuse_integer_range(number);
        return static_cast<Member>(number);
    }
};

/// Points in time no finer than the microseconds that databases keep.
template <class Duration>
    requires std::is_convertible_v<Duration, std::chrono::microseconds>
struct column_traits<std::chrono::time_point<std::chrono::system_clock, Duration>>
    : plain_column<std::chrono::time_point<std::chrono::system_clock, Duration>, timestamp, data_type::instant> {
    using member = std::chrono::time_point<std::chrono::system_clock, Duration>;
    static member from_value(value&& v) { return std::chrono::floor<Duration>(std::get<timestamp>(v)); }
};

/// A reference to a row. One that is pending has no value yet: the unit of work asks for it by referred().
template <class T>
struct column_traits<id<T>> {
    using referenced = T;
    static constexpr bool      supported = true;
    static constexpr bool      nullable = false;
    static constexpr data_type kind = data_type::integer;

    static value to_value(id<T> const& member) { return member.is_none() ? value{null} : value{member.value()}; }
    static id<T> from_value(value&& v) { return id<T>{key_of_number(std::get<std::int64_t>(v))}; }
    static bool  same(id<T> const& left, id<T> const& right) noexcept { return left == right; }

    /// None where it refers to nothing.
    static row_key referred(id<T> const& member) noexcept { return member.key(); }
    static void    refer(id<T>& member, row_key key) noexcept { member = id<T>{key}; }
};

template <class Member>
    requires column_traits<Member>::supported
struct column_traits<std::optional<Member>> : column_traits<Member> {
    static constexpr bool nullable = true;

    static value to_value(std::optional<Member> const& member) {
        return member ? column_traits<Member>::to_value(*member) : value{null};
    }
    static std::optional<Member> from_value(value&& v) {
        if (is_null(v)) return std::nullopt;
        return column_traits<Member>::from_value(std::move(v));
    }
    static bool same(std::optional<Member> const& left, std::optional<Member> const& right) {
        return left && right ? column_traits<Member>::same(*left, *right) : left.has_value() == right.has_value();
    }
    static row_key referred(std::optional<Member> const& member) noexcept {
        return member ? column_traits<Member>::referred(*member) : row_key{};
    }
    static void refer(std::optional<Member>& member, row_key key) noexcept {
        column_traits<Member>::refer(member.emplace(), key);
    }
};

}  // namespace stint::detail
