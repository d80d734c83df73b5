// flush_participant: an object that takes part in the flush of a unit of work.
//
// A unit has a list of participants: the check of versions, those that unit_options::participants names (history, say,
// or the root of an aggregate), its lock strategy, and what binds every flush to the offline locks of others. A flush
// calls before_flush of each, then after_flush, and after a refusal explain, one participant after the other.
//
// The unit holds no connection during a call. A participant that serves several units is called by their threads,
// perhaps at once; the context and the objects belong to the calling unit alone. A commit without changes calls no
// before_flush, but tells everybody its end; so does the end of a unit.
// What its functions are given is in flush_plan.hpp and unit_context.hpp. (Fowler, PoEAA ch. 11, Unit of Work.)
#pragma once

#include <cstdint>
#include <span>

namespace stint {

class flush_plan;
class unit_context;
struct refusal;
struct refused_row;

enum class flush_end : std::uint8_t {
    committed,
    refused,
    failed,
    in_doubt,
    rolled_back,  ///< the unit gave up its work, or ended without a commit
    not_sent,     ///< it was a dry run
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
    virtual void after_flush(unit_context& unit, flush_plan const& plan, flush_end end,
                             std::span<refusal const> refusals);
};

}  // namespace stint
