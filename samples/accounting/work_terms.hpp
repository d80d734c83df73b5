// work_terms: the terms under which a clerk works: what keeps colleagues off, in whose name, and how long to wait for
// them.
//
//     stint::lock_table locks{db};
//     accounting::clerk clerk{db, {.unit = accounting::unit_with(locks, {.owner = "desk-7", .wait = 10s})}};
//
// Units with the same terms may belong to different threads: copy what unit_with returns, they share the strategy.
#pragma once

#include <chrono>
#include <memory>
#include <string>

#include <stint/lease_keeper.hpp>
#include <stint/lock_table.hpp>
#include <stint/unit_of_work.hpp>

#include "lock_choice.hpp"

namespace accounting {

struct work_terms {
    lock_choice                          lock = lock_choice::declared;
    std::string                          owner{};  ///< of the locks; empty: a new one for each business transaction
    std::string                          label{};  ///< who that is, for people
    std::chrono::milliseconds            wait{0};  ///< how long to wait for a lock
    std::chrono::milliseconds            lease = std::chrono::minutes{10};  ///< of the locks, if nobody comes back
    std::shared_ptr<stint::lease_keeper> keeper{};                          ///< renews them, if there is one
};

/// The lock table must outlive the units.
stint::unit_options unit_with(stint::lock_table& locks, work_terms const& terms);

/// For units that only look: no lock is taken, whatever the mappings declare.
stint::unit_options only_looking();

}  // namespace accounting
