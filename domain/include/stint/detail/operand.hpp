// Which column a member is kept in, and what the member may be compared with (query.hpp).
#pragma once

#include <concepts>
#include <optional>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <stint/data_mapper.hpp>
#include <stint/mapping.hpp>
#include <stint/object_key.hpp>
#include <stint/value.hpp>

namespace stint {

namespace detail {

[[noreturn]] void refuse_unmapped_member(std::string_view table);

/// The column of a member. Constant folded where the member is a constant.
template <class T, class Member>
column column_of(Member T::* member) {
    auto const& description = mapping<T>::value;
    if constexpr (std::is_same_v<Member, id<T>>) {
        if (description.key.member == member) return mapper_of<T>().key();
    }
    if constexpr (std::is_same_v<Member, version_number>) return mapper_of<T>().version();
    column     result;
    bool       found = false;
    auto const look_at = [&](auto const& part) {
        if constexpr (std::is_same_v<decltype(part.member), Member T::* const> ||
                      std::is_same_v<decltype(part.member), Member T::*>) {
            if (part.member == member) {
                result = {part.column, part.type()};
                found = true;
            }
        }
    };
    std::apply([&](auto const&... part) { (look_at(part), ...); }, description.fields);
    if (!found) refuse_unmapped_member(description.name);
    return result;
}

template <class Member>
struct without_optional {
    using type = Member;
};
template <class Member>
struct without_optional<std::optional<Member>> {
    using type = Member;
};

/// Whether a member of this plain type can be compared with a value that was given: nothing of it may get lost.
template <class Given, class Plain>
concept comparable_with = std::is_same_v<Given, Plain> ||
                          (std::is_convertible_v<Given const&, Plain> &&
                           std::is_arithmetic_v<Given> == std::is_arithmetic_v<Plain> &&
                           !(std::is_integral_v<Plain> && std::is_floating_point_v<Given>)) ||
                          (std::is_same_v<Plain, decimal> && std::is_integral_v<Given> &&
                           !std::is_same_v<Given, bool>) ||
                          (plain_integer<Plain> && std::is_enum_v<Given> && std::is_convertible_v<Given, Plain>);

/// What a member is compared with.
template <class Plain>
struct operand {
    value      content;
    object_key pending{};  ///< instead, where it is the id of an object that has no key yet

    template <comparable_with<Plain> Given>
    operand(Given const& given) {
        if constexpr (is_id<Plain>) {
            Plain const& id = given;  // may be converted from another type
            if (id.is_pending()) {
                pending = {&mapper_of<typename column_traits<Plain>::referenced>(), id.key()};
            } else {
                content = column_traits<Plain>::to_value(id);
            }
        } else {
            content = stored(given);
        }
    }

    // clang-format off: an attribute on a line of its own

    // Mistakes, each with its sentence.
    template <class Given>
    __attribute__((unavailable("a member is compared with a value of its own type: text with text, an id with an id of the "
                               "same class, a decimal with a decimal and never with a double")))
    operand(Given const&) {}
    __attribute__((unavailable("this member is never null: only one that is std::optional is compared with std::nullopt")))
    operand(std::nullopt_t) {}

    // clang-format on

private:
    /// An integer keeps its own type on its way, so that one that is too large for the member's finds nothing, not
    /// another.
    template <class Given>
    static value stored(Given const& given) {
        if constexpr (plain_integer<Plain> && plain_integer<Given>) {
            return column_traits<Given>::to_value(given);
        } else {
            return column_traits<Plain>::to_value(static_cast<Plain const&>(given));
        }
    }
};

}  // namespace detail

}  // namespace stint
