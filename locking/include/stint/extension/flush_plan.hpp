// flush_plan: what a unit of work is about to flush, as a value: every object that it read or wrote, what is checked of
// it, and the rows that participants have added (flush_participant.hpp); and those that refused it.
//
//     for (auto& touched : plan.objects())
//         if (touched.access() == access::read) touched.raise_version();       // others who read it are to notice
//     plan.add({.shape = {.action = row_action::insert, .table = "history", .key = {moment}}, .key = {now}});
//
// It knows no SQL and sends nothing: the unit makes a write_batch of it. Not synchronised.
#pragma once

#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include <stint/access.hpp>
#include <stint/conflict.hpp>
#include <stint/value.hpp>
#include <stint/write_batch.hpp>

namespace stint {

class tracked_object;

/// An object of the unit, and what is checked and written of it.
class touched_object {
public:
    touched_object(tracked_object const& object, stint::access access) noexcept : object_(&object), access_(access) {}

    tracked_object const& object() const noexcept { return *object_; }
    stint::access         access() const noexcept { return access_; }

    /// Refuses the commit unless the row still has the version that was read. A row that was only read is held FOR
    /// SHARE until the end of the flush. Has no effect on an added object.
    void expect_version() noexcept { expects_version_ = access_ != stint::access::added; }
    /// Lets the commit overwrite or delete what this unit has not seen: updates of others can be lost.
    void ignore_version() noexcept { expects_version_ = false; }
    bool expects_version() const noexcept { return expects_version_; }

    /// Writes an object that was only read: its version rises, and no column changes. Units that have read it are then
    /// refused, as after any other change. Has no effect on other objects, whose versions rise anyway.
    void raise_version() noexcept {
        if (access_ != stint::access::read) return;
        access_ = stint::access::changed;
        expects_version_ = true;
        is_raised_ = true;
    }
    bool is_raised() const noexcept { return is_raised_; }

    /// Says that the object's offline lock is held, and that a row of the plan verifies it.
    void holds_lock() noexcept { lock_ = lock_state::held; }
    /// Lets the commit do without the lock that the mapping demands. Locks of others still bind it.
    void waive_lock() noexcept { lock_ = lock_state::waived; }
    /// Lets the commit write what others have locked.
    void ignore_lock() noexcept { lock_ = lock_state::ignored; }

    enum class lock_state : std::uint8_t { none, held, waived, ignored };
    lock_state lock() const noexcept { return lock_; }

private:
    tracked_object const* object_;
    stint::access         access_;
    bool                  expects_version_ = false;
    bool                  is_raised_ = false;
    lock_state            lock_ = lock_state::none;
};

/// A row that a participant adds, of any table. Guards (lock, require, forbid) are checked in one pass with the unit's
/// objects, before those are written. Rows that write (to give a lock back, say) are written after them, in the same
/// transaction.
struct plan_row {
    row_shape          shape;
    std::vector<value> key;
    std::vector<value> conditions{};   ///< one for each condition that takes a value
    std::vector<value> assignments{};  ///< one for each assignment that takes a value
    /// The unit's object that the row is about, if any: a conflict is then reported as the object's.
    tracked_object const* object = nullptr;
};

class flush_plan {
public:
    flush_plan() = default;
    explicit flush_plan(std::vector<touched_object> objects) noexcept : objects_(std::move(objects)) {}

    std::span<touched_object>       objects() noexcept { return objects_; }
    std::span<touched_object const> objects() const noexcept { return objects_; }
    std::span<plan_row const>       rows() const noexcept { return rows_; }

    void add(plan_row row) { rows_.push_back(std::move(row)); }

private:
    std::vector<touched_object> objects_;
    std::vector<plan_row>       rows_;
};

/// A row of a participant that refused the flush: one that it had added, or an object's own for the check of versions.
struct refused_row {
    write_batch::row      row;
    refusal const&        answer;  ///< the database's: the reason, and what is there
    tracked_object const* object;
    stint::access         access = stint::access::read;  ///< what the unit did with that object
    /// What the caller is told. At first it has the table and key of the row, or of its object, the reason, and the
    /// columns that the row reports.
    conflict told{};
    /// Cleared if another row tells the same.
    bool is_told = true;
};

}  // namespace stint
