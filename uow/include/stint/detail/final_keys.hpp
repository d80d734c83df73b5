// What a function returned out of stint::run, with the keys that the commit gave in the place of pending ones.
#pragma once

#include <optional>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include <stint/id.hpp>
#include <stint/mapping.hpp>
#include <stint/unit_of_work.hpp>

namespace stint::detail {

/// By default it holds no keys that can be seen.
template <class T>
struct keys_in {
    static constexpr bool any = mapped<T>;
    static void           fill_in(unit_of_work const& work, T& object) { work.fill_in_keys(object); }
};

template <class T>
struct keys_in<id<T>> {
    static constexpr bool any = true;
    static void           fill_in(unit_of_work const& work, id<T>& key) { key = work.key_of(key); }
};

template <class T>
void fill_in_keys(unit_of_work const& work, T& result) {
    if constexpr (keys_in<T>::any) keys_in<T>::fill_in(work, result);
}

template <class T>
struct keys_in<std::optional<T>> {
    static constexpr bool any = keys_in<T>::any;
    static void           fill_in(unit_of_work const& work, std::optional<T>& result) {
        if (result) fill_in_keys(work, *result);
    }
};

template <class T, class Allocator>
struct keys_in<std::vector<T, Allocator>> {
    static constexpr bool any = keys_in<T>::any;
    static void           fill_in(unit_of_work const& work, std::vector<T, Allocator>& result) {
        for (auto& each : result) fill_in_keys(work, each);
    }
};

template <class First, class Second>
struct keys_in<std::pair<First, Second>> {
    static constexpr bool any = keys_in<First>::any || keys_in<Second>::any;
    static void           fill_in(unit_of_work const& work, std::pair<First, Second>& result) {
        fill_in_keys(work, result.first);
        fill_in_keys(work, result.second);
    }
};

template <class... Parts>
struct keys_in<std::tuple<Parts...>> {
    static constexpr bool any = (keys_in<Parts>::any || ...);
    static void           fill_in(unit_of_work const& work, std::tuple<Parts...>& result) {
        std::apply([&](auto&... parts) { (fill_in_keys(work, parts), ...); }, result);
    }
};

}  // namespace stint::detail
