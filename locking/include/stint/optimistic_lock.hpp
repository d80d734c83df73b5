// optimistic_lock: whoever commits first wins. Whoever comes late is told, and writes nothing.
//
//     stint::unit_of_work work{db, {.lock = stint::optimistic_lock::shared()}};
//
// The same as the default (implicit_lock.hpp) for classes whose mapping demands no lock. An object of another class can
// be read with it, without a lock, but not written: the commit throws lock_required.
//
// It holds nothing, and compares versions when the unit commits: of every row that it changes or deletes and, with
// verify::reads, of every row that it read. All stale rows of a commit are reported at once. Right where conflicts are
// rare, or the work is cheap to do again. Without state; shared by all threads.
// (Fowler, PoEAA ch. 16, Optimistic Offline Lock.)
#pragma once

#include <memory>

#include <stint/extension/lock_strategy.hpp>

namespace stint {

/// It adds nothing to the checks that every plan starts with (touched_object).
class optimistic_lock final : public lock_strategy {
public:
    /// Returns the instance that everybody can share.
    static std::shared_ptr<lock_strategy> const& shared();
};

}  // namespace stint
