// members_of<T>(): the members of an aggregate without bases, as addresses that compilers print by name.
//
// C++20 can't list the members of a class. But it takes an object apart into bindings, and compilers print the address
// of a member with its name. The object never exists; only addresses in it are used. Only for mappings that are wrong:
// there are classes that can't be taken apart so.
#pragma once

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>

#include <stint/detail/member_count.hpp>

namespace stint::detail {

/// The address of a member, wrapped to be a template argument, which the bare address can't be with clang 14.
template <class Member>
struct member {
    using type = Member;
    Member* address;
};

#ifdef __clang__
    #pragma clang diagnostic push
    #pragma clang diagnostic ignored "-Wundefined-var-template"
    #pragma clang diagnostic ignored "-Wundefined-internal"
    #pragma clang diagnostic ignored "-Wundefined-internal-type"
#endif

template <class T>
extern T example_of;  // declared, never defined

constexpr auto addresses(auto&... each) {
    return std::tuple{member<std::remove_reference_t<decltype(each)>>{&each}...};
}

inline constexpr std::size_t most_bindings = 24;

// clang-format off: a line for each number of members
template <class T, std::size_t Count>
constexpr auto bind_members() {
    if constexpr (Count == 1) { auto& [a] = example_of<T>; return addresses(a); }
    else if constexpr (Count == 2) { auto& [a, b] = example_of<T>; return addresses(a, b); }
    else if constexpr (Count == 3) { auto& [a, b, c] = example_of<T>; return addresses(a, b, c); }
    else if constexpr (Count == 4) { auto& [a, b, c, d] = example_of<T>; return addresses(a, b, c, d); }
    else if constexpr (Count == 5) { auto& [a, b, c, d, e] = example_of<T>; return addresses(a, b, c, d, e); }
    else if constexpr (Count == 6) { auto& [a, b, c, d, e, f] = example_of<T>; return addresses(a, b, c, d, e, f); }
    else if constexpr (Count == 7) {
        auto& [a, b, c, d, e, f, g] = example_of<T>;
        return addresses(a, b, c, d, e, f, g);
    }
    else if constexpr (Count == 8) {
        auto& [a, b, c, d, e, f, g, h] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h);
    }
    else if constexpr (Count == 9) {
        auto& [a, b, c, d, e, f, g, h, i] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i);
    }
    else if constexpr (Count == 10) {
        auto& [a, b, c, d, e, f, g, h, i, j] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j);
    }
    else if constexpr (Count == 11) {
        auto& [a, b, c, d, e, f, g, h, i, j, k] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k);
    }
    else if constexpr (Count == 12) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l);
    }
    else if constexpr (Count == 13) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l, m);
    }
    else if constexpr (Count == 14) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l, m, n);
    }
    else if constexpr (Count == 15) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o);
    }
    else if constexpr (Count == 16) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p);
    }
    else if constexpr (Count == 17) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q);
    }
    else if constexpr (Count == 18) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r);
    }
    else if constexpr (Count == 19) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s);
    }
    else if constexpr (Count == 20) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t);
    }
    else if constexpr (Count == 21) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u);
    }
    else if constexpr (Count == 22) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v);
    }
    else if constexpr (Count == 23) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w);
    }
    else if constexpr (Count == 24) {
        auto& [a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x] = example_of<T>;
        return addresses(a, b, c, d, e, f, g, h, i, j, k, l, m, n, o, p, q, r, s, t, u, v, w, x);
    }
    else { return std::tuple<>{}; }
}
// clang-format on

/// Whether a pointer to a member is that of a member in members_of<T>().
template <class T, class Pointed>
constexpr bool is_same_member(Pointed T::* pointer, auto const& listed) noexcept {
    return static_cast<void const*>(&(example_of<T>.*pointer)) == static_cast<void const*>(listed.address);
}

#ifdef __clang__
    #pragma clang diagnostic pop
#endif

/// Whether an initialiser of T is for a whole member. Where it is for an element of an array, {} in its place takes the
/// whole array, and the initialisers behind are too many.
template <class T, std::size_t... Before, std::size_t... After>
constexpr bool is_whole_member(std::index_sequence<Before...>, std::index_sequence<After...>) {
    return requires {
        T{(static_cast<void>(Before), any_member{})..., {}, (static_cast<void>(After), any_member{})...};
    };
}

template <class T, std::size_t Count>
constexpr bool can_be_bound() {
    if constexpr (Count > most_bindings) {
        return false;
    } else {
        return []<std::size_t... Place>(std::index_sequence<Place...>) {
            return (
                is_whole_member<T>(std::make_index_sequence<Place>{}, std::make_index_sequence<Count - Place - 1>{}) &&
                ...);
        }(std::make_index_sequence<Count>{});
    }
}

/// A tuple of member<...>. Empty where they can't be told: of a class with an array, or with more than most_bindings.
template <class T>
constexpr auto members_of() {
    constexpr auto count = member_count<T>();
    if constexpr (can_be_bound<T, count>()) {
        return bind_members<T, count>();
    } else {
        return std::tuple<>{};
    }
}

}  // namespace stint::detail
