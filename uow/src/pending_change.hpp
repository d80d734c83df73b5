// What a unit of work has to write of one object (private to the room).
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <vector>

#include <stint/change.hpp>
#include <stint/lock_strategy.hpp>
#include <stint/tracked.hpp>

namespace stint {

struct pending_change {
    tracked_object*          object = nullptr;
    change_kind              what = change_kind::changed;
    std::vector<std::size_t> fields;  ///< of a changed object those that differ, of an added one all, else none
};

/// The changes of these objects, in their order. Throws usage_error for an object whose key was edited.
std::vector<pending_change> collect_changes(std::span<std::unique_ptr<tracked_object> const> objects);

access access_of(pending_change const& one) noexcept;

bool has_changed(tracked_object const& object);

/// What a reference of an object in this state (the object, or its base) refers to: a key, given or pending, or nothing.
std::optional<std::int64_t> referred_key(data_mapper const& type, void const* state, std::size_t field);

/// A field's value for people: keys that are not known yet by their name.
value shown(tracked_object const& object, void const* state, std::size_t field);

change describe(pending_change const& one);

}  // namespace stint
