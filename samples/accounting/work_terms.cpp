#include "work_terms.hpp"

#include <utility>

#include <stint/implicit_lock.hpp>
#include <stint/last_write_wins.hpp>
#include <stint/optimistic_lock.hpp>

#include "versions_only.hpp"

namespace accounting {

namespace {

std::shared_ptr<stint::lock_strategy> locks_of(stint::lock_table& locks, work_terms const& terms,
                                               stint::lock_policy at_least = stint::lock_policy::optimistic) {
    stint::offline_lock_options options{.at_least = at_least,
                                        .label = terms.label,
                                        .reason = "processing documents",
                                        .lease = terms.lease,
                                        .wait = terms.wait,
                                        .keeper = terms.keeper};
    return std::make_shared<stint::implicit_lock>(locks, std::move(options));
}

std::shared_ptr<stint::lock_strategy> strategy_of(stint::lock_table& locks, work_terms const& terms) {
    switch (terms.lock) {
    case lock_choice::declared: break;
    case lock_choice::none: return std::make_shared<stint::last_write_wins>();
    case lock_choice::optimistic: return std::make_shared<versions_only>();
    case lock_choice::pessimistic: return locks_of(locks, terms, stint::lock_policy::exclusive_read);
    case lock_choice::mixed: return locks_of(locks, terms, stint::lock_policy::mixed);
    }
    return locks_of(locks, terms);
}

}  // namespace

stint::unit_options unit_with(stint::lock_table& locks, work_terms const& terms) {
    return {.lock = strategy_of(locks, terms), .owner = terms.owner};
}

stint::unit_options only_looking() {
    return {.lock = stint::optimistic_lock::shared()};
}

}  // namespace accounting
