// implicit_lock: takes the lock that the mapping of each class declares. The default of every unit of work.
//
//     stint::unit_of_work work{db};                     // documents are declared exclusive_read, stocks optimistic
//     auto const document = work.get<accounting::document>(1);   // locked, then read; lock_refused names who holds it
//     auto const stock = work.get(document->stock);
//     stock.edit().quantity -= document->quantity;      // not locked: its version is checked
//     document.edit().processed = true;
//     work.commit();                                    // verifies both, writes, gives the lock back: one transaction
//
// Without state but for its options; shared by all threads. Waiting, reruns and conversations: docs/locking.md.
// (Fowler, PoEAA ch. 16, Implicit Lock; Pessimistic Offline Lock, alone and as a complement of the optimistic one.)
#pragma once

#include <chrono>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include <stint/extension/lock_strategy.hpp>
#include <stint/lease_keeper.hpp>
#include <stint/lock_policy.hpp>
#include <stint/lock_table.hpp>

namespace stint {

class unit_locks;

/// A unit can want more than its mappings declare. Where conflicts are frequent, or where work that is lost at commit
/// costs a person's time, its classes are at least exclusive; where they are rare but some object gets hot, at least
/// mixed:
///
///     stint::unit_of_work sure{db, {.lock = std::make_shared<stint::implicit_lock>(stint::offline_lock_options{
///                                       .at_least = stint::lock_policy::exclusive_read, .wait = 10s})}};
struct offline_lock_options {
    /// For every class that can be locked, even if its mapping declares less.
    lock_policy               at_least = lock_policy::optimistic;
    std::string               label{};   ///< of the locks, for people; empty means the unit's
    std::string               reason{};  ///< of the locks, for people
    std::chrono::milliseconds lease = std::chrono::minutes{10};
    /// How long to wait for a lock, in line with others. None: as the unit says (unit_options::wait), which is until
    /// its time is up in stint::run, and else not at all. The unit's own deadline ends the wait as well.
    std::optional<std::chrono::milliseconds> wait{};
    /// The same for objects that stood in the way of an earlier run (mixed), if that is longer. None: until its time is
    /// up in stint::run, else 10 s.
    std::optional<std::chrono::milliseconds> wait_in_rerun{};
    /// The locks outlive the unit, for the next step of a conversation: a unit with the same owner, in any process.
    bool keep = false;
    /// Renews the leases while their unit lives, and calls `tell` with its news. The commit verifies in any case.
    std::shared_ptr<lease_keeper> keeper{};
    lease_keeper::listener        tell{};
};

///     policy            before it is read    at its first edit                    at commit
///     (none)            -                    -                                    version
///     optimistic        -                    -                                    version; nobody else holds it
///     mixed             in a rerun: locked   -                                    as optimistic, or lock and version
///     exclusive_write   -                    locked; the version must be as read  lock and version
///     exclusive_read    locked               (locked already)                     lock and version
///
/// An object is read after the grant of its lock has committed. At commit the flush verifies, with row locks and by the
/// database's clock, that the unit still has every lock. Otherwise nothing is written, and the conflict names who has
/// the lock now. If nobody has it, the unit's next commit takes it again, and versions tell whether somebody wrote in
/// between. A commit without changes sends nothing, and so verifies nothing.
///
/// The flush releases the locks, also those that the owner had before the unit, unless `keep` says otherwise. A unit
/// that ends without a commit gives back what was granted to it, not what the owner had before.
///
/// Only classes whose mapping declares a policy can be locked, since a lock that doesn't bind everybody is none.
/// Objects of others are read without a lock; editing one where `at_least` demands a lock throws usage_error.
class implicit_lock : public lock_strategy {
public:
    /// Returns the instance that everybody can share: it waits as the unit says.
    static std::shared_ptr<lock_strategy> const& shared();

    explicit implicit_lock(offline_lock_options options = {});
    /// Uses this table, which must belong to the units' database object and outlive the strategy.
    explicit implicit_lock(lock_table& locks, offline_lock_options options = {});

    bool locks_before_reading(unit_context& unit, data_mapper const& type, lock_policy at_least) const override;
    bool locks_after_refusal(data_mapper const& type) const noexcept override;
    void before_read(unit_context& unit, data_mapper const& type, std::span<row_key const> keys,
                     lock_policy at_least) override;
    void lock_known(unit_context& unit, std::span<tracked_object const* const> objects, lock_policy at_least) override;
    void before_first_edit(unit_context& unit, tracked_object const& object) override;
    void before_flush(unit_context& unit, flush_plan& plan) override;
    void after_flush(unit_context& unit, flush_plan const& plan, flush_end end,
                     std::span<refusal const> refusals) override;

private:
    implicit_lock(lock_table* locks, offline_lock_options options);

    /// The strongest of what the mapping declares, what the unit asks for, and what the call asks for. None: the class
    /// knows no offline locks.
    std::optional<lock_policy> demand(data_mapper const& type,
                                      lock_policy        wish = lock_policy::optimistic) const noexcept;
    bool                       locks_at_read(data_mapper const& type, lock_policy wish) const noexcept;
    bool                       locks_at_edit(data_mapper const& type) const noexcept;
    static void                refuse_undeclared(data_mapper const& type, lock_policy at_least);
    static void                refuse_wish(data_mapper const& type, lock_policy at_least);

    unit_locks&             memory_of(unit_context& unit) const;
    std::vector<object_key> keys_of_rerun(unit_context& unit) const;
    bool                    is_repaired(unit_context& unit, object_key const& object) const;
    deadline                waits_until(unit_context const& unit) const noexcept;
    deadline                rerun_waits_until(unit_context const& unit) const noexcept;
    void                    lock(unit_context& unit, std::span<object_key const> objects, deadline wait);
    void                    lock_as_they_were_read(unit_context& unit, std::span<tracked_object const* const> objects);
    void                    lock_what_is_demanded(unit_context& unit, flush_plan const& plan);
    void                    ask_again(unit_context& unit, unit_locks& locks) const;
    std::vector<lease>      acquire(unit_context& unit, std::span<object_key const> objects, deadline wait) const;
    std::vector<lease>      acquire(unit_context& unit, std::vector<std::string> names, deadline wait) const;
    void                    release(unit_context& unit, std::vector<lease> const& leases) const;

    lock_table*          locks_;
    offline_lock_options options_;
};

}  // namespace stint
