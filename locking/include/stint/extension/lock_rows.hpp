// lock_rows: what a flush does with offline locks, as rows of its plan. For lock strategies.
//
//     plan.add(verify_row(lease, &object));    // still mine, and not expired: held until the end of the flush
//     plan.add(release_row(lease, &object));   // given back in the same transaction
//
// lock_strategy::explain() explains these rows. A strategy that overrides it calls
//
//     explain_lock_rows(unit, rows);           // who has the lock now, and for how long
//
// Locks are looked at after the data rows are held (docs/locking.md, "How a lock binds a commit").
// (Fowler, PoEAA ch. 16, Pessimistic Offline Lock; Implicit Lock.)
#pragma once

#include <span>

#include <stint/extension/flush_participant.hpp>
#include <stint/extension/flush_plan.hpp>
#include <stint/extension/unit_context.hpp>
#include <stint/held_lock.hpp>

namespace stint {

/// Refuses the flush (lock_reason::lost) unless the owner still holds the lease.
plan_row verify_row(lease const& held, tracked_object const* object);
/// Gives the lease back in the same transaction. Add it beside its verify_row, which it relies on.
plan_row release_row(lease const& held, tracked_object const* object);

/// Tells of these rows, and of lock_binding's, which lock it is, who has it, and for how long: it looks at the lock
/// table again. If that fails, the row stays as the refusal told it. Other rows stay as they are.
void explain_lock_rows(unit_context& unit, std::span<refused_row> rows);

/// Takes part in every flush, whatever the strategy. It refuses the flush (lock_reason::bound) while another owner
/// holds an object that it writes, if the mapping of the class knows offline locks and the strategy doesn't ignore
/// them. It throws lock_required if the mapping demands a lock that the strategy neither holds nor waives. Shared by
/// all threads.
flush_participant& lock_binding() noexcept;

}  // namespace stint
