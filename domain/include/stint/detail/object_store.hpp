// object_store: the objects of one class in one unit of work, side by side in blocks.
//
// What they have in common is here once: their mapper, who listens to their edits, and how their type is handled. Each
// object costs only what is its own: key, version, state (docs/decisions/0008). An object stays where it is until the
// unit ends; so does its snapshot, which the first edit makes. Used by one thread at a time. detail/typed_store.hpp
// knows the type.
#pragma once

#include <cstdint>

#include <stint/detail/lifetime.hpp>
#include <stint/object_key.hpp>

namespace stint {

class tracked_object;

/// What objects belong to, a unit of work: is told when one is about to be edited for the first time, while it is still
/// as it was read.
class edit_listener {
public:
    /// Of the unit: what handles of its objects are good for.
    detail::lifetime::stamp life() const noexcept { return life_.now(); }
    /// What it throws stops the edit.
    virtual void before_first_edit(tracked_object const& object) = 0;

protected:
    ~edit_listener() = default;

private:
    detail::lifetime life_;
};

/// A snapshot's number in its store.
enum class snapshot_number : std::uint32_t { none = 0 };

class object_store {
public:
    object_store(data_mapper const& mapper, edit_listener& listener) noexcept
        : mapper_(mapper), listener_(listener), unit_(listener.life()) {}
    object_store(object_store const&) = delete;
    object_store& operator=(object_store const&) = delete;
    virtual ~object_store() = default;

    data_mapper const&      mapper() const noexcept { return mapper_; }
    edit_listener&          listener() const noexcept { return listener_; }
    detail::lifetime::stamp unit() const noexcept { return unit_; }

    /// An empty object.
    virtual tracked_object& make() = 0;
    /// Destroys an object that nobody uses; only the one that was made last can go before the store does.
    virtual void unmake(tracked_object const& object) noexcept = 0;

    // What depends on the type of its objects.

    virtual void*   content(tracked_object& object) const noexcept = 0;
    virtual row_key key_member(tracked_object const& object) const noexcept = 0;
    virtual void    show_key(tracked_object& object, row_key key) const noexcept = 0;

    virtual void const*     snapshot(snapshot_number number) const noexcept = 0;
    virtual snapshot_number take_snapshot(tracked_object const& object) = 0;
    virtual void            take_snapshot_again(tracked_object const& object, snapshot_number number) = 0;
    virtual void            restore(tracked_object& object, snapshot_number number) const = 0;

private:
    data_mapper const&      mapper_;
    edit_listener&          listener_;
    detail::lifetime::stamp unit_;
};

}  // namespace stint
