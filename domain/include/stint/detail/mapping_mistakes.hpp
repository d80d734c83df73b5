// What can be wrong with a mapping, and the sentence in which the compiler says it.
//
// Each mistake is a type. The name of a column or table is taken as checked_name<Mistake>; only
// checked_name<no_mistake> is available, the others say what is wrong. So the error stands where the mapping is
// written, and comes first (docs/decisions/0015).
//
// What depends on values is checked by types that are called like the rule. Where it is broken, they leave their member
// without a value: compilers then name the type where the mapping is written. What is thrown they report where it is
// thrown.
#pragma once

#include <cstdint>

#include <stint/decimal.hpp>

namespace stint::detail {

struct a_scale_is_0_to_18 {
    consteval a_scale_is_0_to_18(int places) {
        if (places >= 0 && places <= decimal::max_scale) number = static_cast<std::uint8_t>(places);
    }
    std::uint8_t number;
};

struct the_mapping_names_each_member_and_column_once {
    constexpr explicit the_mapping_names_each_member_and_column_once(bool holds) {
        if (holds) is_kept = true;
    }
    bool is_kept;
};

struct the_mapping_names_each_member_and_column_once_and_as_many_as_it_states {
    constexpr explicit the_mapping_names_each_member_and_column_once_and_as_many_as_it_states(bool holds) {
        if (holds) is_kept = true;
    }
    bool is_kept;
};

struct no_mistake {};

struct version_as_field {};
struct type_not_stored {};
struct unknown_option {};
struct decimal_without_scale {};
struct scale_without_decimal {};
struct not_indexed_without_reference {};

struct not_one_key {};
struct not_one_version {};
struct misplaced_part {};
struct member_of_another_class {};
struct not_copied {};
struct no_plain_aggregate {};
struct named_twice {};

/// The members that may be forgotten, each as a member<...>; none where the compiler can't tell them.
template <auto... Members>
struct forgets {
    template <auto... More>
    friend constexpr forgets<Members..., More...> operator+(forgets, forgets<More...>) noexcept {
        return {};
    }
};

template <class>
inline constexpr bool is_forgetful = false;
template <auto... Members>
inline constexpr bool is_forgetful<forgets<Members...>> = true;

struct plain_name {
    constexpr explicit plain_name(char const* name) noexcept : text(name) {}
    char const* text;
};

template <class Mistake>
struct checked_name;

template <>
struct checked_name<no_mistake> : plain_name {
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};

// clang-format off: an attribute on a line of its own

template <>
struct checked_name<version_as_field> : plain_name {
    __attribute__((unavailable("a version is mapped by stint::version(), not by stint::field()")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <>
struct checked_name<type_not_stored> : plain_name {
    __attribute__((unavailable("this member type can't be stored: use bool, an integer, double, std::string, "
                               "stint::decimal, a sys_time of microseconds or coarser, stint::id<U>, or "
                               "std::optional of one of these")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <>
struct checked_name<unknown_option> : plain_name {
    __attribute__((unavailable("a field's options are scale(n) and not_indexed")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <>
struct checked_name<decimal_without_scale> : plain_name {
    __attribute__((unavailable("a decimal's column has a scale: field(\"price\", &item::price, stint::scale(2))")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <>
struct checked_name<scale_without_decimal> : plain_name {
    __attribute__((unavailable("only a decimal's column has a scale")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <>
struct checked_name<not_indexed_without_reference> : plain_name {
    __attribute__((unavailable("only a reference is indexed, and can be not_indexed")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <>
struct checked_name<not_one_key> : plain_name {
    __attribute__((unavailable("a table has one key: stint::key(\"id\", &stock::id)")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <>
struct checked_name<not_one_version> : plain_name {
    __attribute__((unavailable("a table has one version column: stint::version(\"version\")")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <>
struct checked_name<misplaced_part> : plain_name {
    __attribute__((unavailable("scale(n), not_indexed, a column's name and a member belong inside a field: "
                               "stint::field(\"price\", &item::price, stint::scale(2))")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <>
struct checked_name<member_of_another_class> : plain_name {
    __attribute__((unavailable("every part of a table names members of the same class, none of a base class")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <>
struct checked_name<not_copied> : plain_name {
    __attribute__((unavailable("a mapped class can be default-constructed and copied")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <>
struct checked_name<no_plain_aggregate> : plain_name {
    __attribute__((unavailable("not a plain aggregate without base classes: state how many members are mapped, "
                               "stint::members(n)")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <auto... Members>
struct checked_name<forgets<Members...>> : plain_name {
    __attribute__((unavailable("the mapping forgets a member of the class")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};
template <>
struct checked_name<named_twice> : plain_name {
    __attribute__((unavailable("the mapping names a member twice")))
    constexpr checked_name(char const* name) noexcept : plain_name(name) {}
};

// clang-format on

}  // namespace stint::detail
