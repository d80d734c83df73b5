// How an implicit_lock takes part in a flush: verifies the unit's locks, and gives them back.

#include <algorithm>
#include <map>
#include <string>
#include <vector>

#include <stint/error.hpp>
#include <stint/extension/lock_rows.hpp>
#include <stint/extension/unit_context.hpp>
#include <stint/implicit_lock.hpp>
#include <stint/log.hpp>

#include "unit_locks.hpp"

namespace stint {

namespace {

using namespace std::chrono_literals;

/// The unit's end must not hang for long where it gives its locks back: they end by themselves, too.
constexpr auto time_to_release = 5s;

}  // namespace

void implicit_lock::before_flush(unit_context& unit, flush_plan& plan) {
    lock_what_is_demanded(unit, plan);
    auto* locks = unit_locks::of(unit);
    if (locks == nullptr) return;
    if (locks->is_in_doubt) ask_again(unit, *locks);
    if (!options_.keep) locks->pause_renewing();

    std::map<std::string, tracked_object const*> objects;
    for (auto& touched : plan.objects()) {
        auto const& object = touched.object();
        if (!declared_policy(object.mapper()) || object.key().is_pending()) continue;
        auto const name = lock_name_of(object);
        if (!locks->knows(name)) continue;
        touched.holds_lock();
        if (locks->may_be_stale(name)) touched.expect_version();
        objects[name] = &object;
    }
    for (auto const& held : locks->leases()) {
        auto const  known = objects.find(held.name);
        auto const* object = known == objects.end() ? nullptr : known->second;
        plan.add(verify_row(held, object));
        if (!options_.keep) plan.add(release_row(held, object));
    }
}

/// A reference that was kept over a commit changed an object whose lock the commit had given back: its version is
/// checked as ever.
void implicit_lock::lock_what_is_demanded(unit_context& unit, flush_plan const& plan) {
    std::vector<object_key> wanted;
    auto const*             locks = unit_locks::of(unit);
    for (auto const& touched : plan.objects()) {
        auto const& object = touched.object();
        bool const  is_written = touched.access() == access::changed || touched.access() == access::removed;
        if (!is_written || !locks_at_edit(object.mapper())) continue;
        auto const key = object.identity();
        if (locks == nullptr || !locks->knows(lock_name_of(key))) wanted.push_back(key);
    }
    if (!wanted.empty()) lock(unit, wanted, waits_until(unit));
}

/// After a refusal that may have been for a lost lock: one that nobody has taken is taken again, and the versions tell
/// whether somebody wrote in between. If not, the flush says who has it.
void implicit_lock::ask_again(unit_context& unit, unit_locks& locks) const {
    try {
        locks.take(acquire(unit, locks.names(), deadline::after(0ms)));
        locks.is_in_doubt = false;
    } catch (lock_refused const& e) {
        logger()->debug("{}: {}", unit.db().address(), e.what());
    }
}

void implicit_lock::after_flush(unit_context& unit, flush_plan const& plan, flush_end end,
                                std::span<refusal const> refusals) {
    auto* locks = unit_locks::of(unit);
    if (locks == nullptr) return;
    if (std::ranges::any_of(refusals, [](refusal const& refused) { return refused.reason == lock_reason::lost(); }))
        locks->doubt();
    if (end == flush_end::refused || end == flush_end::failed || end == flush_end::not_sent) locks->resume_renewing();
    bool const ends = end == flush_end::committed || end == flush_end::rolled_back;
    if (!ends || options_.keep) return;

    bool const was_sent = end == flush_end::committed && !plan.rows().empty();
    auto const leases = end == flush_end::committed ? locks->leases() : locks->of_this_unit();
    locks->forget_all();
    if (!was_sent) release(unit, leases);
}

void implicit_lock::release(unit_context& unit, std::vector<lease> const& leases) const {
    if (leases.empty()) return;
    auto const lost = lock_table{unit.db()}.release(leases, deadline::after(time_to_release));
    for (auto const& held : lost)
        logger()->info("{}: the lock {} of {} was lost before it was given back", unit.db().address(), held.name,
                       held.owner);
}

}  // namespace stint
