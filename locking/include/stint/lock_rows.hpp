// lock_rows: what a flush does with offline locks, as rows of its batch.
//
//     plan.add(verify_row(lease, &object));       // still mine, and not expired: held until the end of the flush
//     bind_to_locks(plan, context);               // what holds for every flush, of every strategy
//
// Locks are looked at after the data rows are held (row_shape::held_last): a lock that is granted later than that is
// granted to somebody who will read what this flush has written. They send nothing.
// (Fowler, PoEAA ch. 16, Pessimistic Offline Lock; Implicit Lock.)
#pragma once

#include <optional>
#include <string>
#include <vector>

#include <stint/held_lock.hpp>
#include <stint/lock_strategy.hpp>
#include <stint/write_batch.hpp>

namespace stint {

/// The lease is held still by its owner, or the flush is refused (reason::lock_lost).
strategy_row verify_row(lease const& one, tracked_object const* about);
/// Gives it back in the same transaction. To be added beside its verify_row, which it relies on.
strategy_row release_row(lease const& one, tracked_object const* about);

/// Refuses the flush (reason::bound) while another owner holds an object that it writes, where the mapping of its class
/// knows offline locks and the strategy has not said that it ignores them. Throws lock_required where the mapping
/// demands a lock that the strategy neither holds nor waives.
void bind_to_locks(flush_plan& plan, lock_context& context);

/// The lock that a row of these kinds is about, as it was found when it refused; none for other rows.
std::optional<held_lock> lock_in(write_batch::row const& row, refusal const& one);

}  // namespace stint
