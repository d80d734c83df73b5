// mixed_lock: optimistic as long as that goes well, exclusive once it did not.
//
//     auto const lock = std::make_shared<stint::mixed_lock>(locks, stint::offline_lock_options{.wait = 10s});
//     stint::run(db, [](stint::unit_of_work& work) { ... }, {.unit = {.lock = lock}});
//
// The first run reads without a lock. When its commit is refused, the next one first takes the locks of every
// object that stood in the way so far, all at once and in line with others, and holds no other while it waits: so it
// can't be overtaken on these objects again, and whoever waits in line comes to his turn. However hot an object is,
// some run succeeds, and each one does in the end. Needs classes whose mapping declares a policy, like
// pessimistic_lock. stint::run tells the strategy what stood in the way; who repeats by himself says it in
// unit_options::refused_before. Shared by all threads.
// (Fowler, PoEAA ch. 16: a Pessimistic Offline Lock as a complement of the optimistic one.)
#pragma once

#include <stint/implicit_lock.hpp>

namespace stint {

class mixed_lock final : public implicit_lock {
public:
    explicit mixed_lock(offline_lock_options options = {})
        : implicit_lock(nullptr, std::move(options), lock_policy::mixed) {}
    explicit mixed_lock(lock_table& locks, offline_lock_options options = {})
        : implicit_lock(&locks, std::move(options), lock_policy::mixed) {}
};

}  // namespace stint
