// flush_participant: an object that takes part in the flush of a unit of work.
//
// A unit has a list of participants: the check of versions, those that unit_options::participants names (history, say,
// or the root of an aggregate), its lock strategy, and what binds every flush to the offline locks of others. A flush
// calls before_flush of each, then after_flush, and after a refusal explain, one participant after the other.
//
// The unit holds no connection during a call. A participant that serves several units is called by their threads,
// perhaps at once; the context and the objects belong to the calling unit alone. A commit without changes calls no
// before_flush, but tells everybody its end; so does the end of a unit.
// (Fowler, PoEAA ch. 11, Unit of Work.)
#pragma once

#include <cstdint>
#include <span>

#include <stint/conflict.hpp>
#include <stint/extension/flush_plan.hpp>
#include <stint/extension/unit_context.hpp>
#include <stint/write_batch.hpp>

namespace stint {

enum class flush_end : std::uint8_t {
    committed,
    refused,
    failed,
    in_doubt,
    rolled_back,  ///< the unit gave up its work, or ended without a commit
    not_sent,     ///< it was a dry run
};

/// A row of a participant that refused the flush: one that it had added, or an object's own for the check of versions.
struct refused_row {
    write_batch::row      row;
    refusal const&        answer;  ///< the database's: why, and what is there
    tracked_object const* about;
    access                how = access::read;  ///< what the unit did with that object
    /// What the caller is told. At first it has the table and key of the row, or of its object, the reason, and the
    /// columns that the row reports.
    conflict told{};
    /// Cleared if another row tells the same.
    bool is_told = true;
};

class flush_participant {
public:
    flush_participant() = default;
    flush_participant(flush_participant const&) = delete;
    flush_participant& operator=(flush_participant const&) = delete;
    virtual ~flush_participant() = default;

    /// May check more or less, raise versions, and add rows to the plan. An exception stops the commit; nothing was
    /// sent. unit_of_work::dry_run() calls it, too.
    virtual void before_flush(unit_context& unit, flush_plan& plan);
    /// After a refusal, and after after_flush: completes what the caller is told about rows of this participant that
    /// were in the way. An exception is logged.
    virtual void explain(unit_context& unit, std::span<refused_row> rows);
    /// Tells how the flush ended. `refusals` is empty unless it was refused. After a commit the objects of the plan
    /// have their new versions. An exception is logged: the end can't be undone.
    virtual void after_flush(unit_context& unit, flush_plan const& plan, flush_end how,
                             std::span<refusal const> refusals);
};

}  // namespace stint
