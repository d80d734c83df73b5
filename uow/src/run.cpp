#include <stint/run.hpp>

#include <algorithm>
#include <chrono>
#include <random>
#include <thread>

#include <stint/log.hpp>

#include "owner.hpp"

namespace stint::detail {

namespace {

bool may_be_run_again(error const& why, unit_of_work const& work) {
    if (dynamic_cast<transient_error const*>(&why) != nullptr) return true;
    if (why.what_next() == advice::reload_and_retry) return true;
    bool const was_bound = dynamic_cast<conflict_error const*>(&why) != nullptr &&
                           why.what_next() == advice::wait_and_retry;
    return was_bound && work.would_wait_for_locks();
}

}  // namespace

bool may_try_again(error const& why, std::size_t tries, run_options const& options, unit_of_work const& work) {
    if (!may_be_run_again(why, work) || work.has_committed() || tries >= options.attempts) return false;
    if (options.unit.until.has_passed()) return false;
    logger()->debug("try {} of {} failed and is run again: {}", tries, options.attempts, why.what());
    if (options.before_retry) options.before_retry(why, tries);
    return true;
}

/// Up to 1, 2, 4 ... 64 ms, at random, so that those who collided don't meet again.
void pause_before_retry(std::size_t tries) {
    thread_local std::minstd_rand               random{std::random_device{}()};
    auto const                                  longest = std::int64_t{1000} << std::min<std::size_t>(tries - 1, 6);
    std::uniform_int_distribution<std::int64_t> microseconds{0, longest};
    std::this_thread::sleep_for(std::chrono::microseconds{microseconds(random)});
}

unit_options with_owner(unit_options options) {
    if (options.owner.empty()) options.owner = new_owner();
    return options;
}

}  // namespace stint::detail
