// run: the main door for business code: does the work on a fresh unit, commits, and does it again when it must.
//
//     auto left = stint::run(db, [&](stint::unit_of_work& work) {
//         auto stock = work.get<accounting::stock>(1);
//         stock.edit().quantity -= sold;
//         return stock->quantity;
//     });
//
// The function reads, decides and changes; run() commits after it returned, and answers what it returned. When somebody else
// was faster (an error that says reload_and_retry, or a transient_error), the whole function runs again on a fresh
// unit, after a short random pause, up to options.attempts times; then the last error is thrown on. It must not have effects
// outside of the unit. Every other error, and commit_in_doubt, passes through at once; so does a conflict after the function
// itself committed something. All runs have the same owner: they are one business transaction. Each knows what stood in the
// way of those before, so that a lock strategy can lock it first (mixed_lock.hpp); a commit that somebody's lock
// refused is run again when the strategy does.
#pragma once

#include <cstddef>
#include <functional>
#include <type_traits>

#include <stint/detail/run_checks.hpp>
#include <stint/error.hpp>
#include <stint/unit_of_work.hpp>

namespace stint {

struct run_options {
    std::size_t  attempts = 10;  ///< runs of the function at most; at least one
    unit_options unit{};         ///< for every fresh unit
    /// Told before each new try: why, and how many tries there were. What it throws ends the run.
    std::function<void(error const& why, std::size_t tries)> before_retry{};
};

namespace detail {

/// Whether the work may be done again after this error; tells options.before_retry then.
bool may_try_again(error const& why, std::size_t tries, run_options const& options, unit_of_work const& work);
void pause_before_retry(std::size_t tries);

/// One business transaction, one owner, however often its function runs.
unit_options with_owner(unit_options options);

}  // namespace detail

template <detail::run_function Function>
auto run(database& db, Function&& function, run_options const& options = {}) {
    using answer = detail::run_result<Function>;

    auto unit = detail::with_owner(options.unit);
    for (std::size_t tries = 1;; detail::pause_before_retry(tries), ++tries) {
        unit_of_work work{db, unit};  // ends, and gives back its locks, before the pause
        try {
            if constexpr (std::is_void_v<answer>) {
                function(work);
                work.commit();
                return;
            } else {
                answer result = function(work);
                work.commit();
                return result;
            }
        } catch (error const& why) {
            if (!detail::may_try_again(why, tries, options, work)) throw;
            unit.refused_before = work.refused();
        }
    }
}

}  // namespace stint
