// flush: one attempt of a unit of work to commit, from its changes to what became of them (private to the room).
#pragma once

#include <set>
#include <span>
#include <string>
#include <vector>

#include <stint/conflict.hpp>
#include <stint/events.hpp>
#include <stint/unit_of_work.hpp>

#include "batch_builder.hpp"
#include "pending_change.hpp"
#include "unique_plan.hpp"

namespace stint {

class violation_inquiry;

class flush {
public:
    /// Looks at the unit's objects; they must stay as they are while this lives.
    explicit flush(unit_of_work& unit);

    bool              is_empty() const noexcept { return changes_.list.empty(); }
    flush_plan const& plan() const noexcept { return plan_; }

    /// Asks the lock strategy and fills the batch.
    void               prepare();
    write_batch const& batch() const noexcept { return built_.rows; }

    /// A flush that a unique rule refuses is planned anew with the rules of its tables, and sent again where another
    /// order, or values that wait elsewhere meanwhile, may pass. Throws constraint_violation about the object that
    /// broke a rule.
    flush_outcome send();

    /// Memory follows the database: keys, versions, snapshots.
    commit_report         apply(flush_done const& done);
    std::vector<conflict> conflicts(flush_refused const& refused) const;
    /// Those of the unit's objects, of keys that others may know, that a refusal is about.
    std::vector<object_key> objects_in_the_way(flush_refused const& refused) const;

private:
    flush_outcome            send_batch();
    flush_outcome            send_anew(constraint_violation const& refused);
    std::vector<unique_rule> rules_of_tables();
    void                     learn_highest();
    bool                     plan_anew(parking how);
    void                     note_exchanging(commit_graph const& graph);
    flush_outcome            explain(constraint_violation const& refused, std::string const& no_other_passes = {});
    void                     ask(violation_inquiry& inquiry);
    std::string              names_of_exchanging() const;

    void     apply(row_origin const& origin, std::span<value const> returned, commit_report& report);
    void     insert(tracked_object& object, value const& returned);
    void     settle_all();
    conflict to_conflict(refusal const& one) const;
    advice   next_after(refusal const& one) const;

    unit_of_work&   unit_;
    pending_changes changes_;
    flush_plan      plan_;
    flush_batch     built_;

    // Once a rule of the tables has refused it:
    std::vector<unique_rule> rules_;
    unique_plan              values_;
    std::set<std::size_t>    exchanging_;  // changes that take values of each other in a circle, or are many
};

}  // namespace stint
