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
// Member types: bool, integers, double, std::string, decimal (with its scale), sys_time of microseconds or
// coarser, id<U> (a foreign key), and std::optional of these (a nullable column). The compiler refuses a mapping that
// forgets a member; a class that is not a plain aggregate states how many it has: stint::members(n). A double is kept as it is, NaN
// on PostgreSQL, too; SQLite refuses NaN, and keeps -0.0 as 0.0.
//
// A reference is indexed by create_tables unless it says not_indexed (create_tables.hpp says what that costs):
//
//     stint::field("stock", &document::stock, stint::not_indexed)
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
#include <stint/detail/member_count.hpp>
#include <stint/id.hpp>
#include <stint/version.hpp>

namespace stint {

/// Specialise it for each class that is stored, with a member `static constexpr auto value = stint::table(...)`.
template <class T>
struct mapping;

template <class T>
concept mapped = requires { mapping<T>::value; };

/// How many decimals a column of exact numbers keeps; a value with more is refused, never rounded.
struct scale {
    constexpr explicit scale(int places) : decimals(static_cast<std::uint8_t>(places)) {
        if (places < 0 || places > decimal::max_scale) throw "a scale is 0 to 18";  // refused by the compiler
    }
    std::uint8_t decimals;
};

/// Of a reference: create_tables makes no index for it. For a table whose rows are written far more often than parents are removed
/// or children looked for, or whose own index begins with the column.
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

/// The version column that optimistic locking compares, kept beside the object.
constexpr hidden_version_mapping version(char const* column) {
    return {column};
}
/// The same, also shown in a member, which the library writes: whatever a program puts there (a copy of a form's, say) is no change, and
/// add(), commit() whatever its end, rollback() and reload() put the number back that tracked<T>::version() tells.
template <class T>
constexpr version_mapping<T> version(char const* column, version_number T::* member) {
    return {column, member};
}

namespace detail {

template <class>
inline constexpr bool is_option_of_field = false;
template <>
inline constexpr bool is_option_of_field<scale> = true;
template <>
inline constexpr bool is_option_of_field<not_indexed_t> = true;

template <class Field>
constexpr void apply(scale option, Field& to) {
    static_assert(Field::traits::kind == data_type::numeric, "only a decimal's column has a scale");
    to.decimals = option.decimals;
}
template <class Field>
constexpr void apply(not_indexed_t, Field& to) {
    static_assert(!std::is_void_v<typename Field::traits::referenced>,
                  "only a reference is indexed, and can be not_indexed");
    to.indexed = false;
}

}  // namespace detail

/// A column for a member. Options: scale(n), which a decimal needs; not_indexed, of a reference.
template <class T, class Member, class... Options>
constexpr field_mapping<T, Member> field(char const* column, Member T::* member, Options... options) {
    static_assert(detail::column_traits<Member>::supported,
                  "this member type can't be stored: use bool, an integer, double, std::string, stint::decimal, "
                  "a sys_time of microseconds or coarser, stint::id<U>, or std::optional of one of these");
    static_assert((detail::is_option_of_field<Options> && ...), "a field's options are scale(n) and not_indexed");
    field_mapping<T, Member> result{column, member};
    if constexpr (detail::column_traits<Member>::supported && (detail::is_option_of_field<Options> && ...)) {
        static_assert(detail::column_traits<Member>::kind != data_type::numeric ||
                          (std::is_same_v<Options, scale> || ...),
                      "a decimal's column has a scale: field(\"price\", &item::price, stint::scale(2))");
        (detail::apply(options, result), ...);
    }
    return result;
}

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

template <class One, class Other>
constexpr bool same_member(One const& one, Other const& other) noexcept {
    if constexpr (std::is_same_v<One, Other> && requires { one.member; }) {
        return one.member == other.member;
    } else {
        return false;
    }
}

/// Whether two parts name the same member, or the same column.
template <class... Named>
constexpr bool has_twins(Named const&... parts) {
    auto const has_twin = [&](auto const& one) {
        return ((std::size_t{std::string_view(one.column) == parts.column} + ...) > 1) ||
               ((std::size_t{same_member(one, parts)} + ...) > 1);
    };
    return (has_twin(parts) || ...);
}

}  // namespace detail

/// What table() makes: the description of one class.
template <class T, class Version, class Fields, class Attributes>
struct table_mapping {
    using object_type = T;

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
template <class... Parts>
constexpr auto table(char const* name, Parts... parts) {
    using T = typename detail::first_key_owner<Parts...>::type;
    static_assert((std::size_t{detail::is_key<Parts>} + ... + 0) == 1, "a table has one key");
    static_assert((std::size_t{detail::is_version<Parts>} + ... + 0) == 1, "a table has one version column");
    static_assert((detail::belongs_to<T, Parts>() && ...), "every part of a table names members of the same class");
    static_assert(std::is_default_constructible_v<T> && std::is_copy_constructible_v<T> && std::is_copy_assignable_v<T>,
                  "a mapped class can be default-constructed and copied");

    constexpr std::size_t named = 1 + (std::size_t{detail::is_shown_version<Parts>} + ... + 0) +
                                  (std::size_t{detail::is_field<Parts>} + ... + 0);
    auto const stated = detail::only<detail::wants_members>(parts...);
    if constexpr (std::tuple_size_v<decltype(stated)> > 0) {
        if (std::get<0>(stated).count != named) throw "the mapping doesn't name as many members as it states";
    } else {
        static_assert(std::is_aggregate_v<T>, "not a plain aggregate: state its members, stint::members(n)");
        static_assert(!std::is_aggregate_v<T> || detail::member_count<T>() == named,
                      "the mapping forgets a member of the class");
    }

    if (std::apply([](auto const&... each) { return detail::has_twins(each...); },
                   detail::only<detail::wants_column>(parts...)))
        throw "the mapping names a member or a column twice";

    auto const version = std::get<0>(detail::only<detail::wants_version>(parts...));
    auto const fields = detail::only<detail::wants_field>(parts...);
    auto const attributes = detail::only<detail::wants_attribute>(parts...);
    return table_mapping<T, std::remove_const_t<decltype(version)>, std::remove_const_t<decltype(fields)>,
                         std::remove_const_t<decltype(attributes)>>{
        name, std::get<0>(detail::only<detail::wants_key>(parts...)), version, fields, attributes};
}

}  // namespace stint
