// What a unit of work has to write of one object (private to the room).
#pragma once

#include <cstddef>
#include <cstdint>
#include <deque>
#include <map>
#include <span>
#include <vector>

#include <stint/change.hpp>
#include <stint/extension/flush_plan.hpp>
#include <stint/tracked.hpp>

namespace stint {

/// The objects of a unit, in the order in which they came.
using object_list = std::deque<tracked_object*>;

/// Sets of fields that changes write: each once, numbered as they are ordered.
using field_sets = std::map<std::vector<std::size_t>, std::uint32_t>;

struct pending_change {
    tracked_object const*         object = nullptr;
    stint::access                 access = stint::access::changed;
    field_sets::value_type const* written = nullptr;

    /// Of a changed object those that differ, of an added one all, else none.
    std::vector<std::size_t> const& fields() const noexcept { return written->first; }
};

struct pending_changes {
    field_sets                  sets{};
    std::vector<pending_change> list{};
};

/// The changes of these objects, in their order. Throws usage_error for an object whose key was edited.
pending_changes collect_changes(object_list const& objects);

/// What is to be flushed of these objects, with their changes in the order of the objects.
flush_plan plan_for(object_list const& objects, std::span<pending_change const> changes);
/// Those of objects whose versions the plan raises become changes, too, that write no field.
void add_raised(pending_changes& changes, flush_plan const& plan);

/// By change: whether it expects the version that was read.
std::vector<bool> versions_expected(std::span<pending_change const> changes, flush_plan const& plan);

bool has_changed(tracked_object const& object);

/// A field's value in this state of an object (itself, or its base) for people: keys that are not known yet by their
/// name.
value shown(data_mapper const& type, void const* state, std::size_t field);

change describe(pending_change const& pending);

}  // namespace stint
