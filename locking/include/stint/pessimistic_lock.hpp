// pessimistic_lock: every object that the unit edits is locked exclusively, whatever its mapping declares less.
//
//     auto const lock = std::make_shared<stint::pessimistic_lock>(locks, stint::offline_lock_options{.wait = 10s});
//     stint::unit_of_work work{db, {.lock = lock}};
//
// Right where conflicts are frequent, or where work that is lost at commit costs a person's time. Only classes whose
// mapping declares a policy can be locked (a lock that doesn't bind everybody is none): others are read without, and
// editing one throws usage_error. Shared by all threads.
// (Fowler, PoEAA ch. 16, Pessimistic Offline Lock.)
#pragma once

#include <stint/implicit_lock.hpp>

namespace stint {

class pessimistic_lock final : public implicit_lock {
public:
    /// at_least: exclusive_read, or exclusive_write for units that read much and edit little.
    explicit pessimistic_lock(offline_lock_options options = {}, lock_policy at_least = lock_policy::exclusive_read)
        : implicit_lock(nullptr, std::move(options), at_least) {}
    explicit pessimistic_lock(lock_table& locks, offline_lock_options options = {},
                              lock_policy at_least = lock_policy::exclusive_read)
        : implicit_lock(&locks, std::move(options), at_least) {}
};

}  // namespace stint
