// Queries in the words of the domain: which objects of a class, in which order, how many.
//
//     work.find<document>(where(&document::stock) == id && where(&document::processed) == false,
//                         order_by(&document::id), limit(10));
//
// where() names a member, comparisons give a filter, && joins filters. A member that is optional can be compared
// with its plain type and with std::nullopt. Comparing with null is null-safe: == std::nullopt finds the nulls.
// A filter is a value and can be kept; nothing is read until it is given to a unit of work.
// Building one throws usage_error for a member that the mapping does not name, and value_error for a number with
// more decimals than its column.
// (Fowler, PoEAA ch. 13, Query Object.)
#pragma once

#include <concepts>
#include <cstdint>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>
#include <stint/mapping.hpp>
#include <stint/selection.hpp>

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

template <class Member>
value query_value(column const& what, Member const& content) {
    auto result = column_traits<Member>::to_value(content);
    if (auto const* number = std::get_if<decimal>(&result)) return number->rescaled(what.type.scale);
    return result;
}

}  // namespace detail

/// What must hold of the objects that are looked for.
template <class T>
struct filter {
    std::vector<comparison> all;

    friend filter operator&&(filter left, filter right) {
        for (auto& one : right.all) left.all.push_back(std::move(one));
        return left;
    }
};

/// A member that is about to be compared.
template <class T, class Member>
class attribute {
public:
    using plain = typename detail::without_optional<Member>::type;

    explicit attribute(Member T::* member) : column_(detail::column_of(member)) {}

    friend filter<T> operator==(attribute const& a, plain const& v) { return a.compared(comparison::test::equal, v); }
    friend filter<T> operator!=(attribute const& a, plain const& v) {
        return a.compared(comparison::test::not_equal, v);
    }
    friend filter<T> operator<(attribute const& a, plain const& v) { return a.compared(comparison::test::less, v); }
    friend filter<T> operator<=(attribute const& a, plain const& v) {
        return a.compared(comparison::test::less_equal, v);
    }
    friend filter<T> operator>(attribute const& a, plain const& v) { return a.compared(comparison::test::greater, v); }
    friend filter<T> operator>=(attribute const& a, plain const& v) {
        return a.compared(comparison::test::greater_equal, v);
    }

    friend filter<T> operator==(attribute const& a, std::nullopt_t) { return a.with_null(comparison::test::equal); }
    friend filter<T> operator!=(attribute const& a, std::nullopt_t) { return a.with_null(comparison::test::not_equal); }

private:
    filter<T> compared(comparison::test how, plain const& v) const {
        return {{{column_, how, {detail::query_value<plain>(column_, v)}}}};
    }
    filter<T> with_null(comparison::test how) const {
        static_assert(detail::column_traits<Member>::nullable, "this member is never null");
        return {{{column_, how, {value{null}}}}};
    }

    column column_;
};

template <class T, class Member>
attribute<T, Member> where(Member T::* member) {
    return attribute<T, Member>{member};
}

template <class T>
struct order {
    std::vector<ordering> by;
};

/// The smallest first; several are given to find() one after the other.
template <class T, class Member>
order<T> order_by(Member T::* member) {
    return {{{detail::column_of(member), false}}};
}
/// The largest first.
template <class T, class Member>
order<T> order_by_descending(Member T::* member) {
    return {{{detail::column_of(member), true}}};
}

/// At most so many.
struct limit {
    constexpr explicit limit(std::uint64_t number) : count(number) {}
    std::uint64_t count;
};

namespace detail {

template <class T>
void add_part(selection& to, filter<T> part) {
    for (auto& one : part.all) to.where.push_back(std::move(one));
}
template <class T>
void add_part(selection& to, order<T> part) {
    for (auto& one : part.by) to.order_by.push_back(std::move(one));
}
template <class T>
void add_part(selection& to, limit part) {
    to.limit = part.count;
}

}  // namespace detail

/// The read that finds objects of T; the parts are filters, orders and a limit.
template <mapped T, class... Parts>
selection select_where(Parts... parts) {
    auto const& mapper = mapper_of<T>();
    selection   result{.table = mapper.table(), .columns = {mapper.columns().begin(), mapper.columns().end()}};
    (detail::add_part<T>(result, std::move(parts)), ...);
    return result;
}

}  // namespace stint
