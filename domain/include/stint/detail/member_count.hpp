// member_count<T>(): how many members an aggregate without bases has, at compile time.
//
// It is the largest number of initialisers that T{...} takes.
#pragma once

#include <cstddef>
#include <type_traits>
#include <utility>

namespace stint::detail {

// What is never called needs no definition.
#ifdef __clang__
    #pragma clang diagnostic push
    #pragma clang diagnostic ignored "-Wundefined-internal"
    #pragma clang diagnostic ignored "-Wundefined-internal-type"
#endif

/// Becomes whatever is asked for.
struct any_member {
    template <class Member>
    operator Member() const noexcept;
};

#ifdef __clang__
    #pragma clang diagnostic pop
#endif

template <class T, std::size_t... Index>
constexpr bool takes_initialisers(std::index_sequence<Index...>) {
    return requires { T{(static_cast<void>(Index), any_member{})...}; };
}

inline constexpr std::size_t most_members = 64;

template <class T, std::size_t Count = most_members>
constexpr std::size_t member_count() {
    static_assert(std::is_aggregate_v<T>);
    if constexpr (Count == 0) {
        return 0;
    } else if constexpr (takes_initialisers<T>(std::make_index_sequence<Count>{})) {
        return Count;
    } else {
        return member_count<T, Count - 1>();
    }
}

/// Becomes a base class of T, and nothing else.
template <class T>
struct any_base {
    template <class Base>
        requires(std::is_base_of_v<Base, T> && !std::is_same_v<Base, T>)
    operator Base() const noexcept;
};

/// Whether an aggregate has base classes: its first initialiser is for the first of them.
template <class T>
constexpr bool has_base() {
    return requires { T{any_base<T>{}}; };
}

}  // namespace stint::detail
