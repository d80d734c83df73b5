// What run()'s function must be, and the sentences in which the compiler says that it isn't (docs/decisions/0015).
//
//     template <detail::run_function Function>
//     auto run(database& db, Function&& function, run_options const& options = {});
#pragma once

#include <array>
#include <concepts>
#include <cstddef>
#include <type_traits>
#include <utility>

#include <stint/database.hpp>
#include <stint/detail/member_count.hpp>
#include <stint/tracked.hpp>
#include <stint/unit_of_work.hpp>

namespace stint {

struct run_options;

namespace detail {

/// How deep in a result the compiler looks for handles; classes may hold themselves.
inline constexpr int handle_depth = 4;

template <class T, int Depth>
constexpr bool looks_like_handle();

/// Becomes a member that holds a handle, and nothing else. Not copied, so that std::any does not take it.
template <int Depth>
struct any_handle_holder {
    any_handle_holder() = default;
    any_handle_holder(any_handle_holder const&) = delete;
    template <class Member>
        requires(looks_like_handle<Member, Depth>())
    operator Member() const noexcept;
};

/// Becomes nothing: a member that takes it takes everything.
struct no_member {
    no_member() = default;
    no_member(no_member const&) = delete;
};

template <class T, class Last, std::size_t... Before>
constexpr bool takes_last(std::index_sequence<Before...>) {
    return requires { T{(static_cast<void>(Before), any_member{})..., Last{}}; };
}

template <class T, int Depth>
constexpr bool has_member_with_handle() {
    return []<std::size_t... Place>(std::index_sequence<Place...>) {
        return ((takes_last<T, any_handle_holder<Depth>>(std::make_index_sequence<Place>{}) &&
                 !takes_last<T, no_member>(std::make_index_sequence<Place>{})) ||
                ...);
    }(std::make_index_sequence<member_count<T>()>{});
}

template <class T, int Depth>
inline constexpr bool is_made_of_handles = false;
template <class T, int Depth>
inline constexpr bool is_made_of_handles<tracked<T>, Depth> = true;
template <template <class...> class Of, class... Parts, int Depth>
inline constexpr bool is_made_of_handles<Of<Parts...>, Depth> = (looks_like_handle<Parts, Depth>() || ...);
template <class T, std::size_t Size, int Depth>
inline constexpr bool is_made_of_handles<std::array<T, Size>, Depth> = looks_like_handle<T, Depth>();

template <class T, int Depth>
constexpr bool looks_like_handle() {
    if constexpr (Depth == 0 || !std::is_class_v<T>) {
        return false;
    } else if constexpr (is_made_of_handles<T, Depth - 1>) {
        return true;
    } else if constexpr (std::is_aggregate_v<T>) {
        return has_member_with_handle<T, Depth - 1>();
    } else {
        return false;
    }
}

/// Whether a result is a handle, or holds one as far as the compiler can see: in a container, a pair, a variant, a
/// plain struct.
template <class Result>
concept holds_handle = looks_like_handle<Result, handle_depth>();

/// Whether a parameter is a unit of work, but a copy, or one that can't read or write.
template <class Parameter>
inline constexpr bool is_useless_unit = std::is_same_v<Parameter, unit_of_work> ||
                                        std::is_same_v<Parameter, unit_of_work const&>;

template <class Call>
inline constexpr bool takes_useless_unit = false;
template <class Result, class Parameter, bool Noexcept>
inline constexpr bool takes_useless_unit<Result (*)(Parameter) noexcept(Noexcept)> = is_useless_unit<Parameter>;
template <class Class, class Result, class Parameter, bool Noexcept>
inline constexpr bool takes_useless_unit<Result (Class::*)(Parameter) noexcept(Noexcept)> = is_useless_unit<Parameter>;
template <class Class, class Result, class Parameter, bool Noexcept>
inline constexpr bool takes_useless_unit<Result (Class::*)(Parameter) const noexcept(Noexcept)> =
    is_useless_unit<Parameter>;

/// What a function object is called by; a generic lambda, as if its parameter were deduced to be a unit of work.
template <class Function>
constexpr auto call_of() {
    if constexpr (requires { &Function::operator(); }) {
        return &Function::operator();
    } else if constexpr (requires { &Function::template operator()<unit_of_work>; }) {
        return &Function::template operator()<unit_of_work>;
    } else if constexpr (std::is_pointer_v<Function>) {
        return Function{};
    }
}

template <class Function>
concept takes_unit = !takes_useless_unit<decltype(call_of<std::decay_t<Function>>())> &&
                     std::invocable<Function&, unit_of_work&>;

template <class Function>
using run_result = std::decay_t<std::invoke_result_t<Function&, unit_of_work&>>;

/// What run() takes: a function of a unit of work, which returns no handle.
template <class Function>
concept run_function = takes_unit<Function> && !holds_handle<run_result<Function>>;

}  // namespace detail

// clang-format off: an attribute on a line of its own

// Mistakes, each with its sentence.
template <class Function, class Options = run_options>
    requires(!detail::takes_unit<Function>)
__attribute__((unavailable("run() takes a function of a unit of work by reference: [](stint::unit_of_work& work) { ... }")))
detail::any_member run(database& db, Function&& function, Options const& options = {});
template <detail::takes_unit Function, class Options = run_options>
    requires(detail::holds_handle<detail::run_result<Function>>)
__attribute__((unavailable("a handle ends with its unit of work: return a copy of the object, or its id")))
detail::run_result<Function> run(database& db, Function&& function, Options const& options = {});
template <class Function, class... Others>
    requires(!std::is_convertible_v<Function, database&>)
__attribute__((unavailable("run() takes the database first: stint::run(db, [](stint::unit_of_work& work) { ... })")))
detail::any_member run(Function&& function, Others&&... others);

// clang-format on

}  // namespace stint
