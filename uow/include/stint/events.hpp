// events: what an application can listen to while a unit of work does its work (Boost.Signals2).
//
//     work.events().conflict.connect([](auto const& conflicts) { show(conflicts); });
//
// Slots are called in the unit's thread, while it holds no connection. They must not destroy the unit.
#pragma once

#include <exception>
#include <span>
#include <vector>

#include <boost/signals2/signal.hpp>

#include <stint/commit_report.hpp>
#include <stint/conflict.hpp>
#include <stint/tracked.hpp>

namespace stint {

class unit_of_work;

/// Calls every slot, whatever the others throw, and returns what they threw.
struct all_slots {
    using result_type = std::vector<std::exception_ptr>;

    template <class Slot>
    result_type operator()(Slot slot, Slot end) const {
        result_type thrown;
        for (; slot != end; ++slot) {
            try {
                *slot;
            } catch (...) {
                thrown.push_back(std::current_exception());
            }
        }
        return thrown;
    }
};

/// The events of a unit of work:
///
///     event          when                                    a slot that throws
///     loaded         objects were read for the first time    stops the call that read; the objects stay
///     before_flush   commit() begins; changes may be made    stops the commit; nothing was sent
///     committed      after COMMIT, or with nothing to send   can't undo it: logged, and listed in the report
///     conflict       a commit was refused                    logged; conflict_error is thrown all the same
///     rolled_back    rollback() restored the objects         logged
///
/// What slots may call of the unit:
///
///     event          get, find, reload    edit, add, remove          dry_run, changes   commit, rollback
///     loaded         yes                  yes                        yes                usage_error
///     before_flush   yes                  yes: in this commit        yes                usage_error
///     committed      yes                  yes: in the next commit    yes                usage_error
///     conflict       yes                  yes: in the next commit    yes                usage_error
///     rolled_back    yes                  yes: in the next commit    yes                usage_error
///
/// A commit or a rollback within another one, or within a read that has not returned, would end what its caller is in
/// the middle of. To prevent a commit, throw in before_flush. To do something after a commit, do it after the call.
struct events {
    boost::signals2::signal<void(std::span<tracked_object const* const>)>  loaded;
    boost::signals2::signal<void(unit_of_work&)>                           before_flush;
    boost::signals2::signal<void(commit_report const&), all_slots>         committed;
    boost::signals2::signal<void(std::vector<conflict> const&), all_slots> conflict;
    boost::signals2::signal<void(), all_slots>                             rolled_back;
};

}  // namespace stint
