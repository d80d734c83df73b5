#include "work_terms.hpp"

#include <stint/implicit_lock.hpp>
#include <stint/last_write_wins.hpp>
#include <stint/mixed_lock.hpp>
#include <stint/optimistic_lock.hpp>
#include <stint/pessimistic_lock.hpp>

#include "versions_only.hpp"

namespace accounting {

namespace {

stint::offline_lock_options lock_options(work_terms const& terms) {
    return {.label = terms.label,
            .reason = "processing documents",
            .lease = terms.lease,
            .wait = terms.wait,
            .keeper = terms.keeper};
}

std::shared_ptr<stint::lock_strategy> strategy_of(stint::lock_table& locks, work_terms const& terms) {
    switch (terms.lock) {
    case lock_choice::declared: break;
    case lock_choice::none: return std::make_shared<stint::last_write_wins>();
    case lock_choice::optimistic: return std::make_shared<versions_only>();
    case lock_choice::pessimistic: return std::make_shared<stint::pessimistic_lock>(locks, lock_options(terms));
    case lock_choice::mixed: return std::make_shared<stint::mixed_lock>(locks, lock_options(terms));
    }
    return std::make_shared<stint::implicit_lock>(locks, lock_options(terms));
}

}  // namespace

stint::unit_options unit_with(stint::lock_table& locks, work_terms const& terms) {
    return {.lock = strategy_of(locks, terms), .owner = terms.owner};
}

stint::unit_options only_looking() {
    return {.lock = stint::optimistic_lock::shared()};
}

}  // namespace accounting
