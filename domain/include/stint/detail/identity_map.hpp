// identity_map: one object for one row, in one unit of work.
//
// Keeps the objects of each class (object_store) and finds them by key (key_index), nothing else: what is to be written
// is the unit's business. New objects are found by their pending key. Used by one thread at a time.
// (Fowler, PoEAA ch. 11, Identity Map.)
#pragma once

#include <algorithm>
#include <cassert>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <vector>

#include <stint/data_mapper.hpp>
#include <stint/detail/key_index.hpp>
#include <stint/detail/object_store.hpp>
#include <stint/tracked.hpp>

namespace stint {

class identity_map {
public:
    /// For objects whose edits this listener is told of.
    explicit identity_map(edit_listener& listener) noexcept : listener_(listener) {}

    /// The object of this class and key, or null.
    tracked_object* find(data_mapper const& type, row_key key) const noexcept {
        auto const number = type.number();
        if (number >= classes_.size() || classes_[number] == nullptr) return nullptr;
        return classes_[number]->by_key.find(key);
    }

    /// An empty object, which nobody finds before it was put in.
    tracked_object& make(data_mapper const& type) { return of(type).store->make(); }

    /// Enters an object under its key, in place of another that may stand there.
    void put(tracked_object& object) { of(object.mapper()).by_key.put(object); }

    /// Takes an object out, unless another has taken its place.
    void take_out(tracked_object const& object, row_key key) noexcept {
        auto const number = object.mapper().number();
        assert(number < classes_.size() && classes_[number] != nullptr && "an object that this map has not made");
        classes_[number]->by_key.take_out(object, key);
    }

    /// Takes an object out that nobody uses; the one that was made last gives its place back.
    void drop(tracked_object& object) noexcept {
        take_out(object, object.key());
        object.store().unmake(object);
    }

    /// Whether there may be keys that are pending, or were.
    bool has_pending() const noexcept {
        return std::any_of(classes_.begin(), classes_.end(),
                           [](auto const& objects) { return objects != nullptr && objects->by_key.has_pending(); });
    }

    /// Whether there may be objects that show their version in a member.
    bool shows_versions() const noexcept {
        return std::any_of(classes_.begin(), classes_.end(), [](auto const& objects) {
            return objects != nullptr && objects->store->mapper().shows_version();
        });
    }

private:
    struct objects_of_class {
        std::unique_ptr<object_store> store;
        key_index                     by_key{};
    };

    objects_of_class& of(data_mapper const& type) {
        if (type.number() >= classes_.size()) classes_.resize(type.number() + 1);
        auto& objects = classes_[type.number()];
        if (objects == nullptr) objects.reset(new objects_of_class{type.make_store(listener_)});
        return *objects;
    }

    edit_listener&                                 listener_;
    std::vector<std::unique_ptr<objects_of_class>> classes_;  // by the numbers of their mappers
};

}  // namespace stint
