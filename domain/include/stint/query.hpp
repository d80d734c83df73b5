// Queries in the words of the domain: which objects of a class, in which order, how many.
//
//     work.find<document>(stint::where(&document::stock) == id && stint::where(&document::processed) == false,
//                         stint::order_by(&document::id), stint::limit(10));
//
// where() names a member, comparisons give a filter, && joins filters. A member that is optional can be compared
// with its plain type and with std::nullopt. Comparing with null is null-safe: == std::nullopt finds the nulls.
// A filter is a value and can be kept; nothing is read until it is given to a unit of work.
// A value of another type does not compile; an integer may be larger than the member can be, and finds nothing then.
// Building a filter throws usage_error for a member that the mapping does not name, and value_error for a number with
// more decimals than its column.
// (Fowler, PoEAA ch. 13, Query Object.)
#pragma once

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <stint/data_mapper.hpp>
#include <stint/detail/operand.hpp>
#include <stint/mapping.hpp>
#include <stint/object_key.hpp>
#include <stint/selection.hpp>

namespace stint {

/// A comparison with the id of an object that has no key yet: the unit of work puts its key there.
struct pending_operand {
    std::size_t comparison;  ///< which
    object_key  object;
};

template <class T>
struct filter;

namespace detail {

/// Puts a filter's comparisons behind others.
template <class T>
void append(std::vector<comparison>& comparisons, std::vector<pending_operand>& pending, filter<T> more) {
    for (auto const& operand : more.pending)
        pending.push_back({comparisons.size() + operand.comparison, operand.object});
    for (auto& comparison : more.comparisons) comparisons.push_back(std::move(comparison));
}

}  // namespace detail

/// What must hold of the objects that are looked for.
template <class T>
struct filter {
    std::vector<comparison>      comparisons;
    std::vector<pending_operand> pending{};

    friend filter operator&&(filter left, filter right) {
        detail::append(left.comparisons, left.pending, std::move(right));
        return left;
    }

    // clang-format off: an attribute on a line of its own

    // Mistakes, each with its sentence.
    __attribute__((unavailable("filters are joined by && alone: for || ask twice")))
    friend filter operator||(filter left, filter) { return left; }
    __attribute__((unavailable("a filter can't be negated: compare with the opposite, != for ==")))
    friend filter operator!(filter negated) { return negated; }
    // clang-format on
};

/// A member that is about to be compared.
template <class T, class Member>
class attribute {
public:
    using operand = detail::operand<typename detail::without_optional<Member>::type>;

    explicit attribute(Member T::* member) : column_(detail::column_of(member)) {}

    friend filter<T> operator==(attribute const& a, operand v) {
        return a.compared(comparison::test::equal, std::move(v));
    }
    friend filter<T> operator!=(attribute const& a, operand v) {
        return a.compared(comparison::test::not_equal, std::move(v));
    }
    friend filter<T> operator<(attribute const& a, operand v) {
        return a.compared(comparison::test::less, std::move(v));
    }
    friend filter<T> operator<=(attribute const& a, operand v) {
        return a.compared(comparison::test::less_equal, std::move(v));
    }
    friend filter<T> operator>(attribute const& a, operand v) {
        return a.compared(comparison::test::greater, std::move(v));
    }
    friend filter<T> operator>=(attribute const& a, operand v) {
        return a.compared(comparison::test::greater_equal, std::move(v));
    }

    friend filter<T> operator==(attribute const& a, std::nullopt_t)
        requires(detail::column_traits<Member>::nullable)
    {
        return a.with_null(comparison::test::equal);
    }
    friend filter<T> operator!=(attribute const& a, std::nullopt_t)
        requires(detail::column_traits<Member>::nullable)
    {
        return a.with_null(comparison::test::not_equal);
    }

    // clang-format off: an attribute on a line of its own

    // Mistakes, each with its sentence.
    __attribute__((unavailable("a member is compared with a value, not with another member")))
    friend filter<T> operator==(attribute const&, attribute const&) { return {}; }
    template <class Other>
        requires(!std::is_same_v<Other, attribute>)
    __attribute__((unavailable("a member is compared by ==, not by =")))
    filter<T> operator=(Other const&) const { return {}; }
    // clang-format on

private:
    filter<T> compared(comparison::test test, operand v) const {
        if (auto const* number = std::get_if<decimal>(&v.content)) v.content = number->rescaled(column_.type.scale);
        filter<T> result{{{column_, test, {std::move(v.content)}}}};
        if (v.pending.type != nullptr) result.pending.push_back({0, v.pending});
        return result;
    }
    filter<T> with_null(comparison::test test) const { return {{{column_, test, {value{null}}}}}; }

    column column_;
};

template <mapped T, class Member>
    requires(!std::is_function_v<Member>)
attribute<T, Member> where(Member T::* member) {
    return attribute<T, Member>{member};
}

/// In which order. Not called order, as many an application's class is.
template <class T>
struct object_order {
    std::vector<ordering> orderings;
};

/// The smallest first; several are given to find() one after the other.
template <mapped T, class Member>
    requires(!std::is_function_v<Member>)
object_order<T> order_by(Member T::* member) {
    return {{{detail::column_of(member), false}}};
}
/// The largest first.
template <mapped T, class Member>
    requires(!std::is_function_v<Member>)
object_order<T> order_by_descending(Member T::* member) {
    return {{{detail::column_of(member), true}}};
}

/// At most so many.
struct limit {
    constexpr explicit limit(std::uint64_t number) : count(number) {}
    // clang-format off
    template <class Number>
        requires(!std::is_integral_v<Number> && !std::is_same_v<Number, limit>)
    __attribute__((unavailable("a limit is an integer: limit(10)")))
    constexpr explicit limit(Number const&) : count(0) {}
    // clang-format on

    std::uint64_t count;
};

// clang-format off: an attribute on a line of its own

// Mistakes, each with its sentence.
template <class T, class Member>
    requires(!mapped<T> && !std::is_function_v<Member>)
__attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
attribute<T, Member> where(Member T::* member);
template <class T, class Member>
    requires(!mapped<T> && !std::is_function_v<Member>)
__attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
object_order<T> order_by(Member T::* member);
template <class T, class Member>
    requires(!mapped<T> && !std::is_function_v<Member>)
__attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
object_order<T> order_by_descending(Member T::* member);

template <class Other>
    requires(!std::is_member_object_pointer_v<Other>)
__attribute__((unavailable("where() takes a member: where(&stock::name)")))
detail::any_member where(Other const& other);
template <class Other>
    requires(!std::is_member_object_pointer_v<Other>)
__attribute__((unavailable("order_by() takes a member: order_by(&stock::name)")))
detail::any_member order_by(Other const& other);
template <class Other>
    requires(!std::is_member_object_pointer_v<Other>)
__attribute__((unavailable("order_by_descending() takes a member: order_by_descending(&stock::name)")))
detail::any_member order_by_descending(Other const& other);

// clang-format on

/// A read of objects.
struct object_query {
    selection                    rows;
    std::vector<pending_operand> pending{};  ///< in rows.where
};

namespace detail {

/// What find() of T takes.
template <class Part, class T>
inline constexpr bool is_query_part = std::is_same_v<Part, filter<T>> || std::is_same_v<Part, object_order<T>> ||
                                      std::is_same_v<Part, limit>;

template <class T>
void add_part(object_query& query, filter<T> part) {
    append(query.rows.where, query.pending, std::move(part));
}
template <class T>
void add_part(object_query& query, object_order<T> part) {
    for (auto& ordering : part.orderings) query.rows.order_by.push_back(std::move(ordering));
}
template <class T>
void add_part(object_query& query, limit part) {
    query.rows.limit = part.count;
}

}  // namespace detail

/// What finds objects of T; the parts are filters, orders and a limit.
template <mapped T, class... Parts>
    requires(detail::is_query_part<Parts, T> && ...)
object_query query_of(Parts... parts) {
    auto const&  mapper = mapper_of<T>();
    object_query result{{.table = mapper.table(), .columns = {mapper.columns().begin(), mapper.columns().end()}}};
    (detail::add_part<T>(result, std::move(parts)), ...);
    return result;
}

}  // namespace stint
