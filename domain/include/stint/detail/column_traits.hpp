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

/// A key travels as its raw number; none is null. The unit of work puts the row's number where it is pending.
template <class T>
struct column_traits<id<T>> {
    using referenced = T;
    static constexpr bool      supported = true;
    static constexpr bool      nullable = false;
    static constexpr data_type kind = data_type::integer;

    static value to_value(id<T> const& key) { return key.is_none() ? value{null} : value{key.raw()}; }
    static id<T> from_value(value&& v) { return id<T>::from_raw(std::get<std::int64_t>(v)); }
    static bool  same(id<T> const& left, id<T> const& right) noexcept { return left == right; }
    static std::optional<std::int64_t> referred(id<T> const& key) noexcept {
        return key.is_none() ? std::nullopt : std::optional{key.raw()};
    }
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
    static std::optional<std::int64_t> referred(std::optional<Member> const& member) noexcept {
        return member ? column_traits<Member>::referred(*member) : std::nullopt;
    }
};

}  // namespace stint::detail
