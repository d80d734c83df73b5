// flush: one attempt of a unit of work to commit, from its changes to what became of them (private to the room).
#pragma once

#include <span>
#include <vector>

#include <stint/conflict.hpp>
#include <stint/events.hpp>
#include <stint/unit_of_work.hpp>

#include "batch_builder.hpp"
#include "pending_change.hpp"

namespace stint {

class flush {
public:
    /// Looks at the unit's objects; they must stay as they are while this lives.
    explicit flush(unit_of_work& unit);

    bool              is_empty() const noexcept { return changes_.list.empty(); }
    flush_plan const& plan() const noexcept { return plan_; }

    /// Asks the lock strategy and fills the batch.
    void               prepare();
    write_batch const& batch() const noexcept { return built_.rows; }

    flush_outcome send();

    /// Memory follows the database: keys, versions, snapshots.
    commit_report         apply(flush_done const& done);
    std::vector<conflict> conflicts(flush_refused const& refused) const;
    /// Those of the unit's objects, stored ones, that a refusal is about.
    std::vector<object_key> objects_in_the_way(flush_refused const& refused) const;
    /// Whether something was bound by the locks of others, and this strategy would lock all of it in a rerun.
    bool would_be_locked(flush_refused const& refused, lock_strategy const& lock) const;

private:
    void     apply(row_origin const& origin, std::span<value const> returned, commit_report& report);
    void     insert(tracked_object& object, value const& returned);
    void     settle_all();
    conflict to_conflict(refusal const& one) const;

    unit_of_work&   unit_;
    pending_changes changes_;
    flush_plan      plan_;
    flush_batch     built_;
};

}  // namespace stint
