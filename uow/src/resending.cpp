#include "resending.hpp"

#include <algorithm>
#include <cassert>
#include <exception>

#include <stint/log.hpp>

#include "violation_inquiry.hpp"

namespace stint {

namespace {

/// The engine's own exception stays nested.
[[noreturn]] void throw_about(constraint_violation const& refused, std::string const& words, error_subject subject,
                              advice next = advice::ask_a_person) {
    constraint_violation named{std::string(refused.std::runtime_error::what()) + "; it is " + words, refused.report(),
                               refused.rule(), refused.subject(), next};
    named.tell_subject(std::move(subject));
    try {
        std::rethrow_if_nested(refused);
    } catch (...) {
        std::throw_with_nested(named);
    }
    throw named;
}

}  // namespace

flush_outcome resending::send(constraint_violation const& refused) {
    switch (refused.rule()) {
    case constraint_violation::rule_type::unique: rules_ = rules_of_tables(); return send_anew(refused);
    case constraint_violation::rule_type::foreign_key: return explain(refused);
    default: throw;
    }
}

std::vector<unique_rule> resending::rules_of_tables() {
    std::vector<std::string> tables;
    for (auto const& change : changes_.list) tables.push_back(change.object->mapper().table());
    std::ranges::sort(tables);
    tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
    return unit_.lend()->unique_rules(tables, unit_.deadline());
}

/// Where a rule of another kind refuses the values that rows have meanwhile, others are tried.
flush_outcome resending::send_anew(constraint_violation const& refused) {
    values_ = unique_plan{changes_, rules_, versions_expected(changes_.list, plan_)};
    std::string no_other_passes;
    for (auto const means : {parking::null_or_far, parking::far, parking::near}) {
        if (means == parking::far && !values_.parks_by_null()) continue;  // tried already
        if (means == parking::near) learn_highest();
        if (!plan_anew(means)) break;
        try {
            return send_planned(means);
        } catch (constraint_violation const& again) {
            if (again.rule() == constraint_violation::rule_type::unique) return explain(again);
            if (exchanging_.empty()) throw;
            no_other_passes = again.what();
        } catch (database_error const& again) {
            if (again.kind() != error_kind::invalid_value || exchanging_.empty()) throw;
            no_other_passes = again.what();
        }
    }
    return explain(refused, no_other_passes);
}

/// A short text that a row has meanwhile may be another row's: then others are tried.
flush_outcome resending::send_planned(parking means) {
    constexpr int most_sent = 8;
    for (int sent = 1;; ++sent) {
        try {
            return unit_.lend()->flush(batch_.rows, unit_.deadline());
        } catch (constraint_violation const& again) {
            bool const is_unique = again.rule() == constraint_violation::rule_type::unique;
            if (sent == most_sent || !is_unique || !values_.may_have_met_another(again.subject())) throw;
        }
        values_.draw_anew();
        [[maybe_unused]] bool const is_planned = plan_anew(means);
        assert(is_planned && "the same plan, with other texts");
    }
}

void resending::learn_highest() {
    for (auto const& wanted : values_.highest_values())
        unit_.lend()->select(
            wanted, [&](std::span<value> row) { values_.note_highest(wanted, row.front()); }, unit_.deadline());
}

/// False where there is no other way to write the same.
bool resending::plan_anew(parking means) {
    batch_builder builder{unit_.memory_of_objects().map(), changes_.list, plan_, &values_, means};
    note_exchanging(builder.graph());
    if (!builder.graph().blocked().empty()) return false;
    if (exchanging_.empty() && means != parking::null_or_far) return false;
    auto planned = builder.build();
    if (exchanging_.empty() && planned.origins == batch_.origins) return false;
    batch_ = std::move(planned);
    return true;
}

/// Both sides.
void resending::note_exchanging(commit_graph const& graph) {
    exchanging_.clear();
    for (auto const& [changes, field, at_once] : values_.handovers()) {
        bool const is_parked = field && graph.parked().contains({changes.giver, *field});
        if (is_parked || graph.blocked().contains(changes.giver)) exchanging_.insert({changes.giver, changes.taker});
    }
}

/// While the violation is being handled: throws it again as one that says which object broke the rule, unless somebody
/// else has changed rows meanwhile.
flush_outcome resending::explain(constraint_violation const& refused, std::string const& no_other_passes) {
    violation_inquiry inquiry{changes_.list, batch_, rules_, refused};
    ask(inquiry);
    if (!inquiry.stale().empty()) return flush_refused{inquiry.stale()};
    if (auto const culprit = inquiry.culprit()) {
        auto const subject = inquiry.subject(*culprit);
        bool const was_overtaken = inquiry.is_taken_by_others(*culprit) &&
                                   unit_.memory_of_objects().had_looked_for(*changes_.list[*culprit].object,
                                                                            subject.columns);
        throw_about(refused, inquiry.words(*culprit), subject,
                    was_overtaken ? advice::reload_and_retry : advice::ask_a_person);
    }
    if (!exchanging_.empty()) {
        auto const words = names_of_exchanging() +
                           ": they take values of each other, and can have no others meanwhile" +
                           (no_other_passes.empty() ? "" : " (" + no_other_passes + ")");
        throw_about(refused, words, inquiry.subject(*exchanging_.begin()));
    }
    bool const is_told = !refused.subject().key.empty();
    if (auto const suspect = inquiry.only_suspect(); suspect && !is_told)
        throw_about(refused, inquiry.words(*suspect), inquiry.subject(*suspect));
    throw;
}

void resending::ask(violation_inquiry& inquiry) {
    if (inquiry.questions().empty()) return;
    try {
        auto const answers = unit_.lend()->flush(inquiry.questions(), unit_.deadline());
        if (auto const* found = std::get_if<flush_refused>(&answers)) inquiry.take(*found);
    } catch (error const& e) {
        logger()->warn("{}: whose row broke a rule could not be looked at: {}", unit_.db().address(), e.what());
    }
}

std::string resending::names_of_exchanging() const {
    constexpr std::size_t at_most = 20;
    std::string           names;
    std::size_t           named = 0;
    for (auto const change : exchanging_) {
        if (named++ == at_most) return names + " and " + std::to_string(exchanging_.size() - at_most) + " more";
        auto const& object = *changes_.list[change].object;
        names += (names.empty() ? "" : ", ") + object.name();
    }
    return names;
}

}  // namespace stint
