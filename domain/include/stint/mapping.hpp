// mapping<T>: how objects of a plain class are stored, said once, checked by the compiler.
//
//     template <> struct stint::mapping<accounting::stock> {
//         static constexpr auto value = stint::table("stocks",
//             stint::key    ("id",       &accounting::stock::id),
//             stint::version("version"),
//             stint::field  ("name",     &accounting::stock::name),
//             stint::field  ("quantity", &accounting::stock::quantity, stint::scale(2)));
//     };
//
// A class may have any name, filter or table, too. Write it with its namespace, as here: a mapping is inside of stint,
// whose own names are found first. A class without a namespace is ::filter.
//
// Member types: bool, integers, double, std::string, decimal (with its scale), sys_time of microseconds or
// coarser, id<U> (a foreign key), and std::optional of these (a nullable column). The compiler refuses a mapping that
// forgets a member, and names the member; a class that is not a plain aggregate states how many it has:
// stint::members(n). A double is kept as it is, NaN on PostgreSQL, too; SQLite refuses NaN, and keeps -0.0 as 0.0.
//
// A reference is indexed by create_tables unless it says not_indexed (create_tables.hpp says what that costs):
//
//     stint::field("stock", &accounting::document::stock, stint::not_indexed)
//
// Anything else given to table() is kept as an open attribute for the rooms above (attribute<A>()), such as
// the lock policy of the class. Names are string literals; a column's name is taken to the letter.
// (Fowler, PoEAA ch. 13, Metadata Mapping; ch. 10, Data Mapper.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string_view>
#include <tuple>
#include <type_traits>

#include <stint/detail/column_traits.hpp>
#include <stint/detail/mapping_mistakes.hpp>
#include <stint/detail/table_checks.hpp>
#include <stint/detail/table_parts.hpp>
#include <stint/id.hpp>
#include <stint/version.hpp>

namespace stint {

/// Specialise it for each class that is stored, with a member `static constexpr auto value = stint::table(...)`.
template <class T>
struct mapping;

namespace detail {

template <class T>
inline constexpr bool has_mapping = requires { mapping<T>::value.fields; };

/// Whether each class that a field of this tuple refers to has a mapping.
template <class Fields>
inline constexpr bool refers_to_mapped = false;
template <class... Fields>
inline constexpr bool refers_to_mapped<std::tuple<Fields...>> =
    ((std::is_void_v<typename Fields::traits::referenced> || has_mapping<typename Fields::traits::referenced>) && ...);

}  // namespace detail

/// A class that is stored: it has a mapping, and so has each class that it refers to.
template <class T>
concept mapped = detail::has_mapping<T> &&
                 detail::refers_to_mapped<std::remove_cvref_t<decltype(mapping<T>::value.fields)>>;

/// How many decimals a column of exact numbers keeps; a value with more is refused, never rounded.
struct scale {
    constexpr explicit scale(detail::a_scale_is_0_to_18 places) noexcept : decimals(places.number) {}
    std::uint8_t decimals;
};

/// Of a reference: create_tables makes no index for it. For a table whose rows are written far more often than parents
/// are removed or children looked for, or whose own index begins with the column.
struct not_indexed_t {};
inline constexpr not_indexed_t not_indexed{};

/// How many members a class has that is not a plain aggregate.
struct members {
    constexpr explicit members(std::size_t number) : count(number) {}
    std::size_t count;
};

template <class T>
struct key_mapping {
    using owner = T;
    char const* column;
    id<T> T::* member;
};

struct hidden_version_mapping {
    char const* column;
};

template <class T>
struct version_mapping {
    using owner = T;
    char const*    column;
    version_number T::* member;
};

template <class T, class Member>
struct field_mapping {
    using owner = T;
    using member_type = Member;
    using traits = detail::column_traits<Member>;

    char const* column;
    Member T::*  member;
    std::uint8_t decimals = 0;
    bool         indexed = true;  ///< where it is a reference

    constexpr column_type type() const { return {traits::kind, decimals}; }
};

/// The key: one integer column.
template <class T>
constexpr key_mapping<T> key(char const* column, id<T> T::* member) {
    return {column, member};
}
// clang-format off: an attribute on a line of its own

/// Mistakes, each with its sentence.
template <class T, class Member>
    requires(!std::is_same_v<Member, id<T>>)
__attribute__((unavailable("the key of a class T is a member of type stint::id<T>, in T itself and not in a base class")))
constexpr key_mapping<T> key(char const* column, Member T::*) {
    return {column, nullptr};
}
template <class T, class Member>
__attribute__((unavailable("the column's name comes first: stint::key(\"id\", &stock::id)")))
constexpr key_mapping<T> key(Member T::*) {
    return {"", nullptr};
}

// clang-format on

/// The version column that optimistic locking compares, kept beside the object.
constexpr hidden_version_mapping version(char const* column) {
    return {column};
}
/// The same, also shown in a member, which the library writes: whatever a program puts there (a copy of a form's, say)
/// is no change, and add(), commit() whatever its end, rollback() and reload() put the number back that
/// tracked<T>::version() tells.
template <class T>
constexpr version_mapping<T> version(char const* column, version_number T::* member) {
    return {column, member};
}
// clang-format off
template <class T, class Member>
    requires(!std::is_same_v<Member, version_number>)
__attribute__((unavailable("a version is shown in a member of type stint::version_number")))
constexpr version_mapping<T> version(char const* column, Member T::*) {
    return {column, nullptr};
}
// clang-format on

namespace detail {

template <class Field>
constexpr void apply(scale option, Field& field) {
    field.decimals = option.decimals;
}
template <class Field>
constexpr void apply(not_indexed_t, Field& field) {
    field.indexed = false;
}

template <class... Options>
inline constexpr bool has_scale = (std::is_same_v<Options, scale> || ...);
template <class... Options>
inline constexpr bool has_not_indexed = (std::is_same_v<Options, not_indexed_t> || ...);
template <class... Options>
inline constexpr bool are_options_of_field =
    ((std::is_same_v<Options, scale> || std::is_same_v<Options, not_indexed_t>) && ...);

/// What is wrong with a field of this type and with these options.
template <class Member, class... Options>
constexpr auto mistake_of_field() {
    using traits = column_traits<Member>;
    if constexpr (std::is_same_v<Member, version_number>) {
        return version_as_field{};
    } else if constexpr (!traits::supported) {
        return type_not_stored{};
    } else if constexpr (!are_options_of_field<Options...>) {
        return unknown_option{};
    } else if constexpr (traits::kind == data_type::numeric && !has_scale<Options...>) {
        return decimal_without_scale{};
    } else if constexpr (traits::kind != data_type::numeric && has_scale<Options...>) {
        return scale_without_decimal{};
    } else if constexpr (std::is_void_v<typename traits::referenced> && has_not_indexed<Options...>) {
        return not_indexed_without_reference{};
    } else {
        return no_mistake{};
    }
}

template <class Member, class... Options>
using field_name = checked_name<decltype(mistake_of_field<Member, Options...>())>;

}  // namespace detail

/// A column for a member. Options: scale(n), which a decimal needs; not_indexed, of a reference.
template <class T, class Member, class... Options>
constexpr field_mapping<T, Member> field(detail::field_name<Member, Options...> column, Member T::* member,
                                         Options... options) {
    field_mapping<T, Member> result{column.text, member};
    if constexpr (detail::are_options_of_field<Options...>) (detail::apply(options, result), ...);
    return result;
}
// clang-format off
template <class T, class Member, class... Options>
__attribute__((unavailable("the column's name comes first: stint::field(\"name\", &stock::name)")))
constexpr field_mapping<T, Member> field(Member T::* member, Options...) {
    return {"", member};
}
// clang-format on

/// What table() makes: the description of one class.
template <class T, class Version, class Fields, class Attributes, class Rule>
struct table_mapping {
    using object_type = T;

    Rule             rule;
    std::string_view name;
    key_mapping<T>   key;
    Version          version;
    Fields           fields;      // tuple of field_mapping
    Attributes       attributes;  // tuple of whatever else was given

    /// The open attribute of this type, or null.
    template <class Attribute>
    constexpr Attribute const* attribute() const noexcept {
        return std::apply(
            [](auto const&... given) {
                Attribute const* found = nullptr;
                ((found = detail::address_if<Attribute>(given, found)), ...);
                return found;
            },
            attributes);
    }
};

/// Describes the table of a class: one key, one version, any number of fields, open attributes; in any order.
template <class... Parts, class Rule = detail::rule_of_table<Parts...>>
consteval auto table(detail::table_name<Parts...> name, Parts... parts) {
    using mistake = decltype(detail::mistake_of_table<Parts...>());
    using T = typename detail::first_key_owner<Parts...>::type;
    if constexpr (std::is_same_v<mistake, detail::not_one_key> || std::is_same_v<mistake, detail::not_one_version>) {
        return mistake{};
    } else {
        if constexpr (detail::is_forgetful<mistake>) static_cast<void>(&detail::name_forgotten<T>);
        Rule const rule{!std::is_same_v<mistake, detail::no_mistake> || detail::has_fit_values(parts...)};
        auto const version = std::get<0>(detail::only<detail::wants_version>(parts...));
        auto const fields = detail::only<detail::wants_field>(parts...);
        auto const attributes = detail::only<detail::wants_attribute>(parts...);
        return table_mapping<T, std::remove_const_t<decltype(version)>, std::remove_const_t<decltype(fields)>,
                             std::remove_const_t<decltype(attributes)>, Rule>{
            rule, name.text, std::get<0>(detail::only<detail::wants_key>(parts...)), version, fields, attributes};
    }
}

}  // namespace stint
