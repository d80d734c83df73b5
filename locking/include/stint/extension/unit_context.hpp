// unit_context: what a lock strategy or another flush_participant may know of the unit of work that calls it. Valid
// during the call; used in the unit's thread.
#pragma once

#include <memory>
#include <span>
#include <string>

#include <stint/deadline.hpp>
#include <stint/object_key.hpp>
#include <stint/verify.hpp>

namespace stint {

class database;
class tracked_object;

/// What a strategy remembers of one unit; dies with it.
class lock_memory {
public:
    lock_memory() = default;
    lock_memory(lock_memory const&) = delete;
    lock_memory& operator=(lock_memory const&) = delete;
    virtual ~lock_memory() = default;
};

class unit_context {
public:
    /// The unit holds no connection during the call: one can be borrowed here, even from a pool of one.
    virtual database& db() noexcept = 0;
    /// The id of the business transaction: unique, and the same until its unit ends.
    virtual std::string const& owner() = 0;
    virtual verify             verification() const noexcept = 0;
    /// Until when the unit's caller will wait.
    virtual stint::deadline deadline() const noexcept = 0;
    /// Who the owner is, for people; may be empty.
    virtual std::string const& label() const noexcept = 0;
    /// Until when to wait for locks that others hold, unless the strategy itself says. It has passed if the unit
    /// doesn't wait.
    virtual stint::deadline lock_wait() const noexcept = 0;
    /// The objects that stood in the way of earlier runs of the same business transaction.
    virtual std::span<object_key const> refused_before() const noexcept = 0;
    /// The objects that stood in the way of this unit since its last commit.
    virtual std::span<object_key const> refused_here() const noexcept = 0;
    /// Whether a rerun would wait for the offline lock of this object while somebody holds it: a rerun reads the object
    /// again, and the strategy may lock it first.
    virtual bool rerun_waits_for(tracked_object const& object) const = 0;
    /// The strategy's own. Empty until it puts something there.
    virtual std::unique_ptr<lock_memory>& memory() noexcept = 0;

protected:
    ~unit_context() = default;
};

}  // namespace stint
