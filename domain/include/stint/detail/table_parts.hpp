// What a part of a table() is, told by its type: a key, a version, a field, or something else.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <stint/id.hpp>
#include <stint/version.hpp>

namespace stint {

template <class T>
struct key_mapping;
struct hidden_version_mapping;
template <class T>
struct version_mapping;
template <class T, class Member>
struct field_mapping;
struct members;

namespace detail {

template <class>
inline constexpr bool is_key = false;
template <class T>
inline constexpr bool is_key<key_mapping<T>> = true;

template <class>
inline constexpr bool is_version = false;
template <>
inline constexpr bool is_version<hidden_version_mapping> = true;
template <class T>
inline constexpr bool is_version<version_mapping<T>> = true;

template <class>
inline constexpr bool is_shown_version = false;
template <class T>
inline constexpr bool is_shown_version<version_mapping<T>> = true;

template <class>
inline constexpr bool is_field = false;
template <class T, class Member>
inline constexpr bool is_field<field_mapping<T, Member>> = true;

template <class Part>
inline constexpr bool is_column = is_key<Part> || is_version<Part> || is_field<Part>;

/// The tuple of those parts that Wanted holds for.
template <template <class> class Wanted, class... Parts>
constexpr auto only(Parts const&... parts) {
    return std::tuple_cat([&] {
        if constexpr (Wanted<Parts>::value) {
            return std::tuple<Parts>{parts};
        } else {
            return std::tuple<>{};
        }
    }()...);
}

template <class Part>
struct wants_key : std::bool_constant<is_key<Part>> {};
template <class Part>
struct wants_version : std::bool_constant<is_version<Part>> {};
template <class Part>
struct wants_field : std::bool_constant<is_field<Part>> {};
template <class Part>
struct wants_column : std::bool_constant<is_column<Part>> {};
template <class Part>
struct wants_members : std::bool_constant<std::is_same_v<Part, members>> {};
template <class Part>
struct wants_attribute : std::bool_constant<!is_column<Part> && !std::is_same_v<Part, members>> {};

template <class Part>
struct owner_of {
    using type = void;
};
template <class T>
struct owner_of<key_mapping<T>> {
    using type = T;
};

template <class T, class Part>
constexpr bool belongs_to() {
    if constexpr (is_key<Part> || is_field<Part> || is_shown_version<Part>) {
        return std::is_same_v<typename Part::owner, T>;
    } else {
        return true;
    }
}

template <class... Parts>
struct first_key_owner;
template <class Part, class... Parts>
struct first_key_owner<Part, Parts...> : std::conditional_t<is_key<Part>, owner_of<Part>, first_key_owner<Parts...>> {};
template <>
struct first_key_owner<> {
    using type = void;
};

template <class Wanted, class Given>
constexpr Wanted const* address_if(Given const& given, Wanted const* otherwise) noexcept {
    if constexpr (std::is_same_v<Wanted, Given>) {
        return &given;
    } else {
        return otherwise;
    }
}

template <class Left, class Right>
constexpr bool same_member(Left const& left, Right const& right) noexcept {
    if constexpr (std::is_same_v<Left, Right> && requires { left.member; }) {
        return left.member == right.member;
    } else {
        return false;
    }
}

/// Whether two parts name the same member, or the same column.
template <class... Named>
constexpr bool has_twins(Named const&... parts) {
    auto const has_twin = [&](auto const& part) {
        return ((std::size_t{std::string_view(part.column) == parts.column} + ...) > 1) ||
               ((std::size_t{same_member(part, parts)} + ...) > 1);
    };
    return (has_twin(parts) || ...);
}

/// Of which type the member of a part is.
template <class Part>
struct member_of {
    using type = void;
};
template <class T>
struct member_of<key_mapping<T>> {
    using type = id<T>;
};
template <class T>
struct member_of<version_mapping<T>> {
    using type = version_number;
};
template <class T, class Member>
struct member_of<field_mapping<T, Member>> {
    using type = Member;
};

template <class Part>
inline constexpr bool names_member = !std::is_void_v<typename member_of<Part>::type>;
template <class Member, class... Parts>
inline constexpr std::size_t named_of_type = (std::size_t{std::is_same_v<typename member_of<Parts>::type, Member>} +
                                              ... + 0);

}  // namespace detail

}  // namespace stint
