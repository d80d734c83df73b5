// run: the main door for business code: does the work on a fresh unit, commits, and does it again when it must.
//
//     auto const made = stint::run(db, [&](stint::unit_of_work& work) {
//         auto flour = work.get<stock>(1);
//         flour.edit().quantity -= sold;
//         return work.add(sale{.id = {}, .stock = flour.id(), .quantity = sold}).id();   // comes back with its key
//     });
//
// The function must have no effects outside of the unit: it may run several times. Any thread may call run() at any
// time. Throws what the function throws, and the last error once the time of run_options is up (30 s).
#pragma once

#include <optional>
#include <type_traits>
#include <utility>
#include <vector>

#include <stint/detail/final_keys.hpp>
#include <stint/detail/run_checks.hpp>
#include <stint/detail/run_loop.hpp>
#include <stint/error.hpp>
#include <stint/unit_of_work.hpp>

namespace stint {

namespace detail {

/// A result that is called after the commit instead of being returned.
template <class T>
concept callable_result = std::is_invocable_v<T&> && !mapped<T>;

/// One try. Returns false if there must be another.
template <class Attempt>
bool succeeds(run_loop& loop, Attempt attempt) {
    try {
        unit_of_work& work = loop.begin();
        {
            run_loop::inside const here{loop};
            attempt(work);
        }
        loop.commit();
        return true;
    } catch (error const& failure) {
        loop.go_on_after(failure);
        return false;
    }
}

/// Fills in the keys that the commit gave: the result may have ids of before.
template <class Callable>
auto called_after_commit(unit_of_work& work, Callable& callable) {
    using result = std::decay_t<std::invoke_result_t<Callable&>>;
    static_assert(!holds_handle<result>, "a handle ends with its unit of work: return a copy of the object, or its id");
    if constexpr (std::is_void_v<result>) {
        callable();
    } else {
        result returned = callable();
        fill_in_keys(work, returned);
        return returned;
    }
}

}  // namespace detail

/// The function reads, decides and changes; run() commits after it returned. When somebody else was in the way, the
/// whole function runs again on a fresh unit. All tries have the same owner: they are one business transaction.
///
///     runs again after                                                     not after
///     a conflict (what_next() is reload_and_retry)                         what isn't a stint::error: a business rule
///     a transient error: a deadlock, a busy file                           another violation of the tables' rules
///     a key or unique value that somebody took after the unit had          the same, not looked for: a duplicate
///       looked for it and not found it                                     commit_in_doubt
///     a connection that failed before COMMIT was sent                      a conflict after the function committed
///     somebody's lock, where the strategy waits for it in a rerun (mixed)  lock_refused: it was waited for long enough
///
/// Runs that are in each other's way wait in line. Within a process they line up before they read, and a refused run
/// goes ahead of newcomers. Between processes, a run that was refused more often tries sooner. Nothing is held in the
/// database meanwhile, nor while the function runs.
///
/// What comes back: ids, mapped objects, and optionals, pairs, tuples and vectors of these, with the keys that the
/// commit gave in place of pending ones. Copies that were kept elsewhere stay pending. For anything else the function
/// may return a callable. It is called after the commit, while the unit's handles are good, and its result comes back:
///
///     return [order] { return "order " + order.id().to_string() + " of " + order->name; };
///
/// A run inside the function of another one, on the same database and in the same thread, joins its unit: the outer run
/// commits all of it, or nothing. What the inner function had changed when it threw stays changed in the unit. Time,
/// attempts and before_retry are the outer run's; asking for another strategy, owner or a stronger verification is a
/// usage_error. In a slot of an event, and in a callable, a run is one of its own.
template <detail::run_function Function>
auto run(database& db, Function&& function, run_options const& options = {}) {
    using result = detail::run_result<Function>;
    constexpr bool is_callable = detail::callable_result<result>;
    auto* const    outer = detail::unit_to_join(db, options, is_callable);

    if constexpr (std::is_void_v<result>) {
        if (outer != nullptr) return function(*outer);
        detail::run_loop loop{db, options};
        while (!detail::succeeds(loop, [&](unit_of_work& work) { function(work); })) {}
    } else {
        if constexpr (!is_callable) {  // unit_to_join refuses a callable
            if (outer != nullptr) return result(function(*outer));
        }
        std::optional<result> returned;
        detail::run_loop      loop{db, options};
        while (!detail::succeeds(loop, [&](unit_of_work& work) { returned.emplace(function(work)); })) {}
        if constexpr (is_callable) {
            return detail::called_after_commit(loop.work(), *returned);
        } else {
            detail::fill_in_keys(loop.work(), *returned);
            return result(std::move(*returned));
        }
    }
}

}  // namespace stint
