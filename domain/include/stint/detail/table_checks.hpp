// What is wrong with the parts of a table(), and which sentence says so (docs/decisions/0015).
//
// What the parts' types tell is found first; what only their values tell, by a rule that is a class with a sentence for
// its name; a forgotten member last, when the mapping's value is known, so that it can be named.
#pragma once

#include <cstddef>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#include <stint/detail/mapping_mistakes.hpp>
#include <stint/detail/member_count.hpp>
#include <stint/detail/member_list.hpp>
#include <stint/detail/table_parts.hpp>

namespace stint {

template <class T>
struct mapping;
struct scale;
struct not_indexed_t;

namespace detail {

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

/// Instantiated last of all, when the mapping's value is known: refuses each member that it forgets, by name.
template <class T>
void name_forgotten() {
    []<std::size_t... Place>(std::index_sequence<Place...>) {
        (check_named<T, std::get<Place>(members_of<T>()), is_named<T, std::get<Place>(members_of<T>())>()>(), ...);
    }(std::make_index_sequence<std::tuple_size_v<decltype(members_of<T>())>>{});
}

}  // namespace detail

}  // namespace stint
