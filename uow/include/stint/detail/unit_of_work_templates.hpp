// The templates of unit_of_work: they find a class's mapper, and keep its type on the way to the unit and back.
#pragma once

#include <cstddef>
#include <optional>
#include <span>
#include <utility>
#include <vector>

#include <stint/unit_of_work.hpp>

namespace stint {

template <mapped T>
tracked<T> unit_of_work::get(id<T> key, lock_policy at_least) & {
    auto const& type = mapper_of<T>();
    if (auto* object = find_by_key(type, key.key(), at_least)) return tracked<T>{*object};
    throw not_found(type.table(), key.to_string());
}

template <mapped T>
std::vector<tracked<T>> unit_of_work::get(std::span<id<T> const> keys, lock_policy at_least) & {
    auto const&          type = mapper_of<T>();
    std::vector<row_key> wanted;
    for (auto const& key : keys) wanted.push_back(key.key());

    std::vector<tracked<T>> result;
    std::vector<row_key>    missing;
    auto const              objects = find_by_keys(type, wanted, at_least);
    for (std::size_t i = 0; i < objects.size(); ++i) {
        if (objects[i] != nullptr) {
            result.push_back(tracked<T>{*objects[i]});
        } else {
            missing.push_back(wanted[i]);
        }
    }
    if (!missing.empty()) throw not_found(type.table(), key_list(type, missing));
    return result;
}

template <mapped T>
std::optional<tracked<T>> unit_of_work::try_get(id<T> key, lock_policy at_least) & {
    auto* object = find_by_key(mapper_of<T>(), key.key(), at_least);
    if (object == nullptr) return std::nullopt;
    return tracked<T>{*object};
}

template <mapped T, class... Parts>
    requires(detail::is_query_part<Parts, T> && ...)
std::vector<tracked<T>> unit_of_work::find(Parts... parts) & {
    auto const              found = find_by_query(mapper_of<T>(), query_of<T>(std::move(parts)...));
    std::vector<tracked<T>> result;
    result.reserve(found.size());
    for (auto* object : found) result.push_back(tracked<T>{*object});
    return result;
}

template <mapped T>
tracked<T> unit_of_work::add(T object) & {
    auto const  key = (object.*mapping<T>::value.key.member).key();
    auto const& type = mapper_of<T>();
    auto&       made = make(type, key);
    static_cast<detail::record<T>&>(made).get() = std::move(object);
    return tracked<T>{adopt(made, key)};
}

template <mapped T>
bool unit_of_work::reload(tracked<T> const& handle) {
    tracked_object const* const object = &handle.object();
    reload(std::span{&object, 1});
    return handle.state() != object_state::gone;
}

}  // namespace stint
