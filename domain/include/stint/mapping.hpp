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
#include <stint/detail/member_count.hpp>
#include <stint/detail/member_list.hpp>
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
constexpr void apply(scale option, Field& to) {
    to.decimals = option.decimals;
}
template <class Field>
constexpr void apply(not_indexed_t, Field& to) {
    to.indexed = false;
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

namespace detail {

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

template <class Member, class... Listed>
constexpr std::size_t count_of_type(std::tuple<Listed...> const&) {
    return (std::size_t{std::is_same_v<typename Listed::type, Member>} + ... + 0);
}

/// The members that these parts may have forgotten: of each type of which fewer members are named than the class has.
template <class T, class... Parts>
constexpr auto forgotten_members() {
    constexpr auto members = members_of<T>();
    return [&]<std::size_t... Place>(std::index_sequence<Place...>) {
        return (forgets<>{} + ... + [&] {
            constexpr auto each = std::get<Place>(members);
            using type = typename std::remove_cvref_t<decltype(each)>::type;
            if constexpr (named_of_type<type, Parts...> < count_of_type<type>(members)) {
                return forgets<each>{};
            } else {
                return forgets<>{};
            }
        }());
    }(std::make_index_sequence<std::tuple_size_v<decltype(members)>>{});
}

template <class T, class... Parts>
constexpr auto mistake_of_members() {
    constexpr std::size_t named = (std::size_t{names_member<Parts>} + ... + 0);
    if constexpr (!std::is_aggregate_v<T> || has_base<T>()) {
        return no_plain_aggregate{};
    } else if constexpr (named < member_count<T>()) {
        return forgotten_members<T, Parts...>();
    } else if constexpr (named > member_count<T>()) {
        return named_twice{};
    } else {
        return no_mistake{};
    }
}

/// What would be kept as an open attribute, though it belongs to a part.
template <class Part>
inline constexpr bool is_misplaced = std::is_same_v<Part, scale> || std::is_same_v<Part, not_indexed_t> ||
                                     std::is_member_pointer_v<Part> || std::is_convertible_v<Part, std::string_view>;

/// What is wrong with a table of these parts, as far as their types tell it.
template <class... Parts>
constexpr auto mistake_of_table() {
    using T = typename first_key_owner<Parts...>::type;
    if constexpr ((std::size_t{is_key<Parts>} + ... + 0) != 1) {
        return not_one_key{};
    } else if constexpr ((std::size_t{is_version<Parts>} + ... + 0) != 1) {
        return not_one_version{};
    } else if constexpr ((is_misplaced<Parts> || ...)) {
        return misplaced_part{};
    } else if constexpr (!(belongs_to<T, Parts>() && ...)) {
        return member_of_another_class{};
    } else if constexpr (!std::is_default_constructible_v<T> || !std::is_copy_constructible_v<T> ||
                         !std::is_copy_assignable_v<T>) {
        return not_copied{};
    } else if constexpr ((std::is_same_v<Parts, members> || ...)) {
        return no_mistake{};
    } else {
        return mistake_of_members<T, Parts...>();
    }
}

template <class... Parts>
using table_name = checked_name<decltype(mistake_of_table<Parts...>())>;

/// What must hold of the parts' values; their types don't tell it.
template <class... Parts>
using rule_of_table = std::conditional_t<(std::is_same_v<Parts, members> || ...),
                                         the_mapping_names_each_member_and_column_once_and_as_many_as_it_states,
                                         the_mapping_names_each_member_and_column_once>;

template <class... Parts>
constexpr bool has_fit_values(Parts const&... parts) {
    constexpr std::size_t named = (std::size_t{names_member<Parts>} + ... + 0);
    auto const            stated = only<wants_members>(parts...);
    if constexpr (std::tuple_size_v<decltype(stated)> > 0) {
        if (std::get<0>(stated).count != named) return false;
    }
    return !std::apply([](auto const&... each) { return has_twins(each...); }, only<wants_column>(parts...));
}

/// Instantiated last of all, when the mapping's value is known: refuses each member that it forgets, by name.
template <class T>
void name_forgotten();

}  // namespace detail

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

namespace detail {

/// Whether the mapping of T names a member.
template <class T, auto Member>
constexpr bool is_named() {
    constexpr auto const& value = mapping<T>::value;
    auto const            is_it = [](auto const&... part) { return (is_same_member(part.member, Member) || ...); };
    bool const            shown = [&] {
        if constexpr (is_shown_version<std::remove_cvref_t<decltype(value.version)>>) {
            return is_it(value.version);
        } else {
            return false;
        }
    }();
    return shown || is_it(value.key) || std::apply(is_it, value.fields);
}

template <class T, auto Member, bool Named>
constexpr void check_named() {
    static_assert(Named, "the mapping forgets this member of the class");
}

template <class T>
void name_forgotten() {
    []<std::size_t... Place>(std::index_sequence<Place...>) {
        (check_named<T, std::get<Place>(members_of<T>()), is_named<T, std::get<Place>(members_of<T>())>()>(), ...);
    }(std::make_index_sequence<std::tuple_size_v<decltype(members_of<T>())>>{});
}

}  // namespace detail

}  // namespace stint
