// resending: what follows when a rule of the tables refuses a flush (private to the room).
//
// After a unique rule it is planned anew with the rules of its tables, and sent again where another order, or values
// that wait elsewhere meanwhile, may pass. Where none does, it says which object broke the rule.
#pragma once

#include <cstddef>
#include <set>
#include <string>
#include <vector>

#include <stint/error.hpp>
#include <stint/unique_rule.hpp>

#include "batch_builder.hpp"
#include "pending_change.hpp"
#include "unique_plan.hpp"
#include "unit_body.hpp"

namespace stint {

class violation_inquiry;

class resending {
public:
    /// All must live as long as this. Changes and batch become those that were sent last.
    resending(unit_of_work::body& unit, pending_changes& changes, flush_plan const& plan, flush_batch& batch) noexcept
        : unit_(unit), changes_(changes), plan_(plan), batch_(batch) {}

    /// To be called by the handler that caught the violation: it may throw that on, too. Throws constraint_violation
    /// about the object that broke the rule, and other database errors.
    flush_outcome send(constraint_violation const& refused);

private:
    flush_outcome            send_anew(constraint_violation const& refused);
    flush_outcome            send_planned(parking means);
    std::vector<unique_rule> rules_of_tables();
    void                     learn_highest();
    bool                     plan_anew(parking means);
    void                     note_exchanging(commit_graph const& graph);
    flush_outcome            explain(constraint_violation const& refused, std::string const& no_other_passes = {});
    void                     ask(violation_inquiry& inquiry);
    std::string              names_of_exchanging() const;

    unit_of_work::body& unit_;
    pending_changes&    changes_;
    flush_plan const&   plan_;
    flush_batch&        batch_;

    std::vector<unique_rule> rules_;
    unique_plan              values_;
    std::set<std::size_t>    exchanging_;  // changes that take values of each other in a circle, or are many
};

}  // namespace stint
