// lock_strategy: the plug for an offline lock: what is locked when, while a unit of work reads and edits.
//
// A business transaction lasts minutes, a system transaction milliseconds. A strategy keeps two business transactions
// apart in between. It is called with whole sets, before and after reads and before first edits, and takes part in the
// flush (flush_participant.hpp), where it verifies its locks and gives them back. implicit_lock.hpp is the default.
//
// The unit holds no connection during a call, so a strategy may borrow one (unit_context::db), even from a pool of one.
// It may serve many units in many threads at once and outlive them: its functions must be safe to call concurrently.
// The context and the objects belong to the calling unit alone. No check can be lost by forgetting it: versions are
// checked, locks of others bind, and demanded locks must be held, unless it says otherwise (touched_object).
// (Fowler, PoEAA ch. 16, Offline Concurrency Patterns.)
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
    /// Unless overridden: explain_lock_rows.
    void explain(unit_context& unit, std::span<refused_row> rows) override;

    /// Whether before_read must know every key. If so, a query reads its keys first, by a statement of its own.
    virtual bool locks_before_reading(unit_context& unit, data_mapper const& type, lock_policy at_least) const;
    /// Whether a rerun locks objects of this class that stood in the way of the run before. If so, stint::run also
    /// tries again when somebody's lock was in the way.
    virtual bool locks_after_refusal(data_mapper const& type) const noexcept;

    /// Called before these keys are read. May take locks, in transactions of its own. `at_least` is what the caller of
    /// the unit asks for, whatever the mapping declares. An exception stops the read. Unless overridden: usage_error if
    /// a lock is asked for.
    virtual void before_read(unit_context& unit, data_mapper const& type, std::span<row_key const> keys,
                             lock_policy at_least);
    /// The same for objects that the unit knows already, when a get() asks for a lock. They stay as they were read.
    virtual void lock_known(unit_context& unit, std::span<tracked_object const* const> objects, lock_policy at_least);
    /// Called with the objects that were read.
    virtual void after_read(unit_context& unit, std::span<tracked_object const* const> objects);
    /// Called with an object as it was read. May take a lock. An exception stops the edit; the object stays clean.
    virtual void before_first_edit(unit_context& unit, tracked_object const& object);
};

}  // namespace stint
