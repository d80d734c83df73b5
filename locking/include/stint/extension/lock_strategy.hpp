// lock_strategy: the plug for an offline lock: what is locked when, while a unit of work reads and edits.
//
// A business transaction lasts minutes, a system transaction milliseconds. What keeps two business transactions
// apart in between is a strategy, asked with whole sets at these moments:
//
//     before_read         keys about to be read         may take locks, in transactions of its own
//     lock_known          objects that it has already   the same, when a get() asks for a lock on them
//     after_read          the objects that were read
//     before_first_edit   an object, as it was read     may take a lock, and refuse by throwing
//
// It takes part in the flush, too (flush_participant.hpp): there it verifies its locks and gives them back.
//
// All are asked while the unit holds no connection, so a strategy may borrow one (unit_context::db) even from
// a pool of one. A strategy may serve many units in many threads at once and outlive them, so its functions
// must be safe to call concurrently; the context and the objects belong to the calling unit alone.
// implicit_lock.hpp is the default; an application can write its own. Whatever the strategy, versions are checked,
// offline locks that others hold bind the unit, and locks that a mapping demands must be held, unless the strategy says
// otherwise (touched_object): no check can be lost by forgetting it. (Fowler, PoEAA ch. 16, Offline Concurrency
// Patterns.)
#pragma once

#include <cstdint>
#include <span>

#include <stint/data_mapper.hpp>
#include <stint/extension/flush_participant.hpp>
#include <stint/lock_policy.hpp>
#include <stint/tracked.hpp>

namespace stint {

class lock_strategy : public flush_participant {
public:
    /// Unless overridden: of rows on the lock table which lock it is, and who has it (explain_lock_rows).
    void explain(unit_context& unit, std::span<refused_row> rows) override;

    /// Whether before_read must know every key: a query then reads its keys first, by a statement of its own.
    virtual bool locks_before_reading(unit_context& unit, data_mapper const& type, lock_policy at_least) const;
    /// Whether a rerun locks objects of this class that stood in the way of the run before: stint::run then tries
    /// again, too, when somebody's lock was in the way.
    virtual bool locks_after_refusal(data_mapper const& type) const noexcept;

    /// `at_least` is what the caller of the unit asks for, whatever the mapping declares. What it throws stops the
    /// read. Unless overridden: usage_error when a lock is asked for.
    virtual void before_read(unit_context& unit, data_mapper const& type, std::span<row_key const> keys,
                             lock_policy at_least);
    /// The same for objects that the unit knows already, and that stay as they were read.
    virtual void lock_known(unit_context& unit, std::span<tracked_object const* const> objects, lock_policy at_least);
    virtual void after_read(unit_context& unit, std::span<tracked_object const* const> objects);
    /// What it throws stops the edit; the object stays clean.
    virtual void before_first_edit(unit_context& unit, tracked_object const& object);
};

}  // namespace stint
