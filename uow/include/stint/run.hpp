// run: the main door for business code: does the work on a fresh unit, commits, and does it again when it must.
//
//     auto left = stint::run(db, [&](stint::unit_of_work& work) {
//         auto stock = work.get<accounting::stock>(1);
//         stock.edit().quantity -= sold;
//         return stock->quantity;
//     });
//
// The function reads, decides and changes; run() commits after it returned, and answers what it returned. When somebody else
// was faster (conflict_error that says reload_and_retry, or a transient_error), the whole function runs again on a fresh
// unit, after a short random pause, up to options.attempts times; then the last error is thrown on. It must not have effects
// outside of the unit. Every other error, and commit_in_doubt, passes through at once; so does a conflict after the function
// itself committed something.
#pragma once

#include <cstddef>
#include <functional>
#include <type_traits>
#include <utility>

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

/// Whether the work may be done again after this error; pauses then. The error is the one being handled.
bool try_again(error const& why, std::size_t tries, run_options const& options, unit_of_work const& work);

}  // namespace detail

template <class Function>
std::invoke_result_t<Function&, unit_of_work&> run(database& db, Function&& function, run_options const& options = {}) {
    for (std::size_t tries = 1;; ++tries) {
        unit_of_work work{db, options.unit};
        try {
            if constexpr (std::is_void_v<std::invoke_result_t<Function&, unit_of_work&>>) {
                function(work);
                work.commit();
                return;
            } else {
                auto result = function(work);
                work.commit();
                return result;
            }
        } catch (error const& why) {
            if (!detail::try_again(why, tries, options, work)) throw;
        }
    }
}

}  // namespace stint
