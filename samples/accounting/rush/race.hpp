// race: two clerks want the same stock (or the same document), step by step, so that it ends the same each time.
//
// Clerk A reads, clerk B reads, clerk A commits, and clerk B commits what B computed from that first read. Without a
// lock B overwrites what A did. With the optimistic lock B is refused, and starts again from what is there now. If A
// has locked what B wants to read, B is told who has it, and tries again when A is done, or waits for A.
// The books must be as `init` leaves them.
#pragma once

#include <chrono>
#include <cstddef>
#include <vector>

#include <stint/lock_table.hpp>

#include "audit.hpp"
#include "lock_choice.hpp"
#include "narrator.hpp"

namespace accounting {

struct race_options {
    lock_choice lock = lock_choice::declared;
    /// Both process document 1 (check, then act), instead of documents 1 and 2.
    bool same_document = false;
    /// How long B waits for a lock of A's. A goes on as soon as B stands in line.
    std::chrono::milliseconds wait{0};
};

struct race_result {
    std::vector<step> steps;
    std::size_t       conflicts = 0;
    std::size_t       retries = 0;
    audit_report      audit;

    bool lost_update() const { return !audit.ok(); }
};

/// Throws not_ready_for_race before anything is written. Each step is told when it happens.
race_result race(stint::lock_table& locks, race_options const& options, narrator::listener tell = [](step const&) {});

}  // namespace accounting
