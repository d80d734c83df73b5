// implicit_lock: takes the lock that the mapping of each class declares. The default of every unit of work.
//
//     stint::unit_of_work work{db};                     // documents are declared exclusive_read, stocks optimistic
//     auto const document = work.get<accounting::document>(1);   // locked, then read; lock_refused names who holds it
//     auto const stock = work.get(document->stock);
//     stock.edit().quantity -= document->quantity;      // not locked: its version is checked
//     document.edit().processed = true;
//     work.commit();                                    // verifies both, writes, gives the lock back: one transaction
//
//     policy            before it is read    at its first edit                    at commit
//     (none)            -                    -                                    version
//     optimistic        -                    -                                    version; nobody else holds it
//     mixed             in a rerun: locked   -                                    as optimistic, or lock and version
//     exclusive_write   -                    locked; the version must be as read  lock and version
//     exclusive_read    locked               (locked already)                     lock and version
//
// What is locked is read after the grant has committed. At commit the flush verifies, with row locks and by the
// database's clock, that every lock of the unit is still its own; otherwise nothing is written, and the conflict names
// who has it now. When nobody has it, the next commit of the unit takes it again, and the versions tell whether
// somebody wrote in between. A commit without changes sends nothing, and so verifies nothing.
//
// The flush of a commit releases the locks, those too that the owner had before the unit. A unit that ends without a
// commit gives back what was granted to it, not what the owner had before. With `keep` nothing is released: a later
// unit with the same owner, in any process, goes on with the locks.
//
// A unit of its own tries, and throws lock_refused at once; stint::run waits in line until its time is up. `wait` says
// otherwise. Those that wait are called when their turn has come: by the lock table that was given, else by one that
// the database keeps. A unit that waits while it holds other locks can deadlock with another that does the same: the
// time that they wait ends it. Lock in one order (get with several keys does), or declare mixed.
//
// A unit can want more than is declared: offline_lock_options::at_least. Where conflicts are frequent, or where work
// that is lost at commit costs a person's time, its classes are at least exclusive:
//
//     stint::unit_of_work sure{db, {.lock = std::make_shared<stint::implicit_lock>(stint::offline_lock_options{
//                                       .at_least = stint::lock_policy::exclusive_read, .wait = 10s})}};
//
// Where they are rare but some object gets hot, they are at least mixed: the first run of stint::run reads without a
// lock. When its commit is refused, the next one first takes the locks of every object that stood in the way so far,
// all at once and in line with others, and holds no other while it waits: so it can't be overtaken on these objects
// again, and everybody in line gets a turn. However hot an object is, some run succeeds, and each one does in
// the end. stint::run tells the strategy what stood in the way; a caller that retries itself says it in
// unit_options::refused_before. Only classes whose mapping declares a policy can be locked (a lock that doesn't bind
// everybody is none): others are read without, and editing one throws usage_error.
//
// Without state but for its options; shared by all threads.
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

struct offline_lock_options {
    /// Of every class that can be locked, whatever its mapping declares less.
    lock_policy               at_least = lock_policy::optimistic;
    std::string               label{};   ///< of the locks, for people; empty: the unit's
    std::string               reason{};  ///< of the locks, for people
    std::chrono::milliseconds lease = std::chrono::minutes{10};
    /// How long a lock is waited for, in line with others; none: as the unit says (unit_options::wait), which in
    /// stint::run is until its time is up, and else not at all. The unit's own deadline ends it, too.
    std::optional<std::chrono::milliseconds> wait{};
    /// The same for what stood in the way of an earlier run (mixed), where that is longer; none: in stint::run until
    /// its time is up, else 10 s.
    std::optional<std::chrono::milliseconds> wait_in_rerun{};
    /// The locks outlive the unit, for the next step of the conversation: give the next unit the same owner.
    bool keep = false;
    /// Renews the leases while their unit lives. What it tells goes to its listener; the commit verifies in any case.
    std::shared_ptr<lease_keeper> keeper{};
    lease_keeper::listener        tell{};
};

class implicit_lock : public lock_strategy {
public:
    /// The one that everybody can share: waits as the unit says.
    static std::shared_ptr<lock_strategy> const& shared();

    explicit implicit_lock(offline_lock_options options = {});
    /// By means of this table, which must be of the units' database object and outlive the strategy.
    explicit implicit_lock(lock_table& locks, offline_lock_options options = {});

    bool locks_before_reading(unit_context& unit, data_mapper const& type, lock_policy at_least) const override;
    bool locks_after_refusal(data_mapper const& type) const noexcept override;
    void before_read(unit_context& unit, data_mapper const& type, std::span<row_key const> keys,
                     lock_policy at_least) override;
    void lock_known(unit_context& unit, std::span<tracked_object const* const> objects, lock_policy at_least) override;
    void before_first_edit(unit_context& unit, tracked_object const& object) override;
    void before_flush(unit_context& unit, flush_plan& plan) override;
    void after_flush(unit_context& unit, flush_plan const& plan, flush_end how,
                     std::span<refusal const> refusals) override;

private:
    implicit_lock(lock_table* locks, offline_lock_options options);

    /// What holds for a class: the strongest of what its mapping declares, what the unit asks for, and what the call
    /// does; none: it knows no offline locks.
    std::optional<lock_policy> demand(data_mapper const& type,
                                      lock_policy        wish = lock_policy::optimistic) const noexcept;
    bool                       locks_at_read(data_mapper const& type, lock_policy wish) const noexcept;
    bool                       locks_at_edit(data_mapper const& type) const noexcept;
    static void                refuse_undeclared(data_mapper const& type, lock_policy at_least);
    static void                refuse_wish(data_mapper const& type, lock_policy at_least);

    unit_locks&             memory_of(unit_context& unit) const;
    std::vector<object_key> keys_of_rerun(unit_context& unit) const;
    bool                    is_repaired(unit_context& unit, object_key const& one) const;
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
