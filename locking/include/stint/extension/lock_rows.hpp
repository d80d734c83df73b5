// lock_rows: what a flush does with offline locks, as rows of its plan. For lock strategies.
//
//     plan.add(verify_row(lease, &object));    // still mine, and not expired: held until the end of the flush
//     plan.add(release_row(lease, &object));   // given back in the same transaction
//
// A strategy explains them unless it overrides explain(), which then calls
//
//     explain_lock_rows(unit, rows);           // who has the lock now, and for how long
//
// Locks are looked at after the data rows are held (row_shape::held_last): a lock that is granted later than that is
// granted to somebody who will read what this flush has written.
// (Fowler, PoEAA ch. 16, Pessimistic Offline Lock; Implicit Lock.)
#pragma once

#include <span>

#include <stint/conflict.hpp>
#include <stint/extension/flush_participant.hpp>
#include <stint/held_lock.hpp>

namespace stint {

/// The lease is held still by its owner, or the flush is refused (lock_reason::lost).
plan_row verify_row(lease const& one, tracked_object const* about);
/// Gives it back in the same transaction. To be added beside its verify_row, which it relies on.
plan_row release_row(lease const& one, tracked_object const* about);

/// Of rows of these kinds, as of lock_binding's: which lock it is, who has it, and for how long, by another look at the
/// lock table. What can't be looked at stays as the refusal told it. Other rows stay as they are.
void explain_lock_rows(unit_context& unit, std::span<refused_row> rows);

/// Takes part in every flush, whatever the strategy: refuses it (lock_reason::bound) while another owner holds an
/// object that it writes, where the mapping of its class knows offline locks and the strategy has not said that it
/// ignores them; throws lock_required where the mapping demands a lock that the strategy neither holds nor waives.
/// Shared by all threads.
flush_participant& lock_binding() noexcept;

}  // namespace stint
