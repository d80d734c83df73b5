// A commit, step by step: collect the changes, plan, ask the participants, build the batch, send it, and judge what
// came back: publish it, or refuse.

#include <cassert>
#include <exception>
#include <utility>
#include <variant>

#include <stint/log.hpp>

#include "batch_builder.hpp"
#include "resending.hpp"
#include "unit_body.hpp"

namespace stint {

namespace {

void publish_insert(tracked_object& object, value const& returned, unit_memory& memory) {
    auto const& type = object.mapper();
    if (!object.key().is_pending()) {
        object.set_version(type.version_in(returned));
        return;
    }
    memory.give_key(object, type.key_in({&returned, 1}));
    object.set_version(version_number{1});
}

void publish_row(row_origin const& origin, std::span<value const> returned, unit_memory& memory,
                 commit_report& report) {
    auto& object = unit_memory::own(*origin.object);
    switch (origin.written->access) {
    case access::read: assert(false && "what was only read has no change"); break;
    case access::added:
        publish_insert(object, returned.front(), memory);
        ++report.inserted;
        break;
    case access::changed:
        object.set_version(origin.expects_version ? object.version().next()
                                                  : object.mapper().version_in(returned.front()));
        ++report.updated;
        break;
    case access::removed:
        memory.forget(object);
        ++report.removed;
        break;
    }
}

/// Memory follows the database: keys, versions, snapshots become those that it has; what was removed is gone.
commit_report publish(flush_done const& done, flush_batch const& batch, unit_memory& memory) {
    assert(done.returned.size() == batch.origins.size() && "an answer for each row");
    commit_report report;
    for (std::size_t row = 0; row < batch.origins.size(); ++row)
        if (auto const& origin = batch.origins[row]; origin.written != nullptr)
            publish_row(origin, done.returned[row], memory, report);
    memory.fill_in_keys();
    memory.settle_all();
    return report;
}

}  // namespace

struct unit_of_work::body::attempt {
    pending_changes changes{};
    flush_plan      plan{};
    flush_batch     batch{};
};

commit_report unit_of_work::body::commit() {
    refuse_in_slot("commit");
    refuse_in_doubt();
    emit("before_flush", &events::before_flush, unit_);

    memory_.show_versions();
    auto now = collect();
    auto report = now.changes.list.empty() ? publish({}, {}, memory_) : flush(now);
    is_open_ = false;
    tell(now.plan, flush_end::committed);
    report.slot_errors = emit("committed", &events::committed, report);
    log_slot_errors("committed", report.slot_errors);
    return report;
}

unit_of_work::body::attempt unit_of_work::body::collect() {
    memory_.fill_in_keys();
    attempt now{.changes = collect_changes(memory_.objects())};
    now.plan = plan_for(memory_.objects(), now.changes.list);
    return now;
}

void unit_of_work::body::prepare(attempt& now) {
    is_open_ = true;
    {
        detail::count_scope const here{counted_};
        participants_.ask(now.plan);
    }
    add_raised(now.changes, now.plan);
    now.batch = batch_builder{memory_.map(), now.changes.list, now.plan}.build();
}

flush_outcome unit_of_work::body::send(attempt& now) {
    try {
        return lend()->flush(now.batch.rows, deadline());
    } catch (constraint_violation const& refused) {
        return resending{*this, now.changes, now.plan, now.batch}.send(refused);
    }
}

commit_report unit_of_work::body::flush(attempt& now) {
    flush_outcome outcome;
    try {
        prepare(now);
        outcome = send(now);
    } catch (...) {
        tell(now.plan, flush_end::failed);
        throw;
    }
    if (auto const* refused = std::get_if<flush_refused>(&outcome)) refuse(now, *refused);
    if (auto const* unknown = std::get_if<flush_in_doubt>(&outcome)) doubt(now, *unknown);
    auto report = publish(std::get<flush_done>(outcome), now.batch, memory_);
    has_committed_ = true;
    options_.refused_before.clear();
    refused_.clear();
    memory_.forget_absences();
    return report;
}

void unit_of_work::body::refuse(attempt const& now, flush_refused const& outcome) {
    tell(now.plan, flush_end::refused, outcome.rows);
    for (auto const& refusal : outcome.rows)
        if (auto const* object = now.batch.origins[refusal.row].object;
            object != nullptr && !object->key().is_pending())
            note_refused(object->identity());
    auto const explain = [&] {
        detail::count_scope const here{counted_};
        return participants_.explain(outcome, now.batch);
    };
    conflict_error error{explain()};
    logger()->info("{}: {}", db_.address(), error.what());
    log_slot_errors("conflict", emit("conflict", &events::conflict, error.conflicts()));
    throw error;
}

void unit_of_work::body::doubt(attempt const& now, flush_in_doubt const& outcome) {
    in_doubt_ = true;
    has_committed_ = true;  // perhaps
    is_open_ = false;       // what the strategy holds may be needed still: the unit's end tells no other
    tell(now.plan, flush_end::in_doubt);
    try {
        std::rethrow_exception(outcome.cause);
    } catch (commit_in_doubt const&) {
        throw;
    } catch (std::exception const& cause) {
        std::throw_with_nested(commit_in_doubt{db_.address(), cause.what()});
    }
}

void unit_of_work::body::refuse_in_doubt() const {
    if (in_doubt_)
        throw usage_error("an earlier commit of this unit is in doubt: look whether it took place, then roll this unit "
                          "back or go on with a fresh one");
}

void unit_of_work::body::tell(flush_plan const& plan, flush_end end, std::span<refusal const> refusals) noexcept {
    detail::count_scope const here{counted_};
    participants_.tell(plan, end, refusals);
}

write_batch unit_of_work::body::dry_run() {
    auto now = collect();
    if (now.changes.list.empty()) return {};
    try {
        prepare(now);
    } catch (...) {
        tell(now.plan, flush_end::not_sent);
        throw;
    }
    tell(now.plan, flush_end::not_sent);
    return std::move(now.batch.rows);
}

}  // namespace stint
