// flush_participant: whoever takes part in the flush of a unit of work.
//
// A unit has a list of them: the check of versions, those that unit_options::participants names (history, say, or the
// root of an aggregate), its lock strategy, and what binds every flush to the offline locks of others. A flush asks
// them one after the other:
//
//     before_flush   may check more or less, raise versions, add rows to the plan
//     after_flush    how it ended
//     explain        after a refusal, and after its end was told: which of its rows were in the way
//
// Asked while the unit holds no connection. One that serves several units is called by their threads, perhaps at once;
// the context and the objects belong to the calling unit alone. A commit without changes asks nobody, and tells
// everybody its end; so does the end of a unit.
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

/// A row of a participant that refused the flush: one that it had added, or of the check of versions an object's own.
struct refused_row {
    write_batch::row      row;
    refusal const&        answer;  ///< of the database: why, and what is there
    tracked_object const* about;
    access                how = access::read;  ///< what the unit did with that object
    /// What the caller is told: at first the row's table and key, or the object's, the reason, and the columns that the
    /// row reports.
    conflict told{};
    /// Cleared where another row tells the same.
    bool is_told = true;
};

class flush_participant {
public:
    flush_participant() = default;
    flush_participant(flush_participant const&) = delete;
    flush_participant& operator=(flush_participant const&) = delete;
    virtual ~flush_participant() = default;

    /// What it throws stops the commit; nothing of it was sent. Also asked by unit_of_work::dry_run().
    virtual void before_flush(unit_context& unit, flush_plan& plan);
    /// Completes what the caller is told of its own rows. What it throws is logged.
    virtual void explain(unit_context& unit, std::span<refused_row> rows);
    /// `refusals` is empty unless it was refused. The objects of the plan have their new versions when it was
    /// committed. What it throws is logged: the end can't be undone.
    virtual void after_flush(unit_context& unit, flush_plan const& plan, flush_end how,
                             std::span<refusal const> refusals);
};

}  // namespace stint
