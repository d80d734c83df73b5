// lock_strategy: the plug for an offline lock: when a unit of work reads, edits and commits, it asks.
//
// A business transaction lasts minutes, a system transaction milliseconds. What keeps two business transactions
// apart in between is a strategy, asked with whole sets at these moments:
//
//     before_read         keys about to be read         may take locks, in transactions of its own
//     lock_known          objects that it has already   the same, when a get() asks for a lock on them
//     after_read          the objects that were read
//     before_first_edit   an object, as it was read     may take a lock, and refuse by throwing
//     before_flush        all that was read or written  adds rows to the batch, may check more or less
//     after_flush         how it ended                  may give locks back
//
// All are asked while the unit holds no connection, so a strategy may borrow one (context.db()) even from
// a pool of one. A strategy may serve many units in many threads at once and outlive them, so its functions
// must be safe to call concurrently; the context and the objects belong to the calling unit alone.
// implicit_lock.hpp is the default; an application can write its own. Whatever the strategy, offline locks that others
// hold bind the unit, and locks that a mapping demands must be held, unless the strategy says otherwise
// (touched_object). (Fowler, PoEAA ch. 16, Offline Concurrency Patterns.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include <stint/data_mapper.hpp>
#include <stint/database.hpp>
#include <stint/deadline.hpp>
#include <stint/held_lock.hpp>
#include <stint/lock_policy.hpp>
#include <stint/tracked.hpp>
#include <stint/write_batch.hpp>

namespace stint {

/// What of a unit's work must be unchanged in the database when it commits. What follows from each:
/// docs/architecture.md, "What versions check".
enum class verify : std::uint8_t {
    /// The rows it writes: no update of another unit is lost. Not those that it only read, nor an object that was
    /// edited back to what was read, which is no write: a rule over several rows can be broken by units that each write
    /// another of them.
    writes,
    /// Also the rows that it only read (FOR SHARE). Units that write something, all of which verify their reads, then
    /// leave the rows that they read and wrote as if they had run one after the other. Not covered: rows that were not
    /// there when they were looked for, what a query would find by now, and a unit that writes nothing: its commit
    /// sends nothing, and what it read in several reads may be of several moments.
    reads,
};

struct object_key {
    data_mapper const* type;
    std::int64_t       key;

    friend bool operator==(object_key const&, object_key const&) = default;
};

/// What a strategy remembers of one unit; dies with it.
class lock_memory {
public:
    lock_memory() = default;
    lock_memory(lock_memory const&) = delete;
    lock_memory& operator=(lock_memory const&) = delete;
    virtual ~lock_memory() = default;
};

/// What a strategy may know of the unit that asks. Valid during the call.
class lock_context {
public:
    virtual database& db() noexcept = 0;
    /// The id of the business transaction; the same until its unit ends, unlike any other.
    virtual std::string const& owner() = 0;
    virtual verify             verification() const noexcept = 0;
    /// Until when the unit's caller will wait.
    virtual deadline until() const noexcept = 0;
    /// Who the owner is, for people; may be empty.
    virtual std::string const& label() const noexcept = 0;
    /// Until when locks that others hold are waited for, unless the strategy itself says: one that has passed when they
    /// aren't.
    virtual deadline lock_wait() const noexcept = 0;
    /// The objects that stood in the way of earlier runs of the same business transaction.
    virtual std::span<object_key const> refused_before() const noexcept = 0;
    /// Those that stood in the way of this one since its last commit.
    virtual std::span<object_key const> refused_here() const noexcept = 0;
    /// Empty until the strategy puts something there.
    virtual std::unique_ptr<lock_memory>& memory() noexcept = 0;

protected:
    ~lock_context() = default;
};

/// How a unit used an object.
enum class access : std::uint8_t { read, added, changed, removed };

/// Unless a strategy says otherwise, versions are checked as the unit's verification demands, offline locks of others
/// refuse the commit, and a lock that the mapping demands must be held: no check can be lost by forgetting it.
class touched_object {
public:
    touched_object(tracked_object const& object, access how, verify demanded) noexcept
        : object_(&object), how_(how), expects_version_(how == access::changed || how == access::removed ||
                                                        (how == access::read && demanded == verify::reads)) {}

    tracked_object const& object() const noexcept { return *object_; }
    access                how() const noexcept { return how_; }

    /// The commit is to be refused unless the row still has the version that was read. A row that was only read is held
    /// FOR SHARE until the end of the flush. Without effect on an added object.
    void expect_version() noexcept { expects_version_ = how_ != access::added; }
    /// The commit may overwrite or delete what this unit has not seen: updates of others can be lost.
    void ignore_version() noexcept { expects_version_ = false; }
    bool expects_version() const noexcept { return expects_version_; }

    /// The strategy holds the object's offline lock, and has added a row that verifies it.
    void holds_lock() noexcept { lock_ = lock_state::held; }
    /// The commit may do without the lock that the mapping demands; those of others still bind it.
    void waive_lock() noexcept { lock_ = lock_state::waived; }
    /// The commit may write what others have locked.
    void ignore_lock() noexcept { lock_ = lock_state::ignored; }

    enum class lock_state : std::uint8_t { none, held, waived, ignored };
    lock_state lock() const noexcept { return lock_; }

private:
    tracked_object const* object_;
    access                how_;
    bool                  expects_version_;
    lock_state            lock_ = lock_state::none;
};

/// A row of a strategy's own, of any table. Guards (lock, require, forbid) are checked before the unit's objects are
/// written, in one pass with them; what writes (say, gives a lock back) is written after them, in the same transaction.
struct strategy_row {
    row_shape          shape;
    std::vector<value> key;
    std::vector<value> conditions{};   ///< one for each condition that takes a value
    std::vector<value> assignments{};  ///< one for each assignment that takes a value
    /// The unit's object that it is about, if it is about one: a conflict is reported as the object's.
    tracked_object const* about = nullptr;
};

/// What is about to be flushed: every object that the unit read or wrote, and the strategy's rows so far.
class flush_plan {
public:
    explicit flush_plan(std::vector<touched_object> objects) noexcept : objects_(std::move(objects)) {}

    std::span<touched_object>       objects() noexcept { return objects_; }
    std::span<touched_object const> objects() const noexcept { return objects_; }
    std::span<strategy_row const>   rows() const noexcept { return rows_; }

    void add(strategy_row one) { rows_.push_back(std::move(one)); }

private:
    std::vector<touched_object> objects_;
    std::vector<strategy_row>   rows_;
};

enum class flush_end : std::uint8_t {
    committed,
    refused,
    failed,
    in_doubt,
    rolled_back,  ///< the unit gave up its work, or ended without a commit
    not_sent,     ///< it was a dry run
};

class lock_strategy {
public:
    lock_strategy() = default;
    lock_strategy(lock_strategy const&) = delete;
    lock_strategy& operator=(lock_strategy const&) = delete;
    virtual ~lock_strategy() = default;

    /// Whether before_read must know every key: a query then reads its keys first, by a statement of its own.
    virtual bool locks_before_reading(lock_context& context, data_mapper const& type, lock_policy at_least) const;
    /// Whether a rerun locks objects of this class that stood in the way of the run before: stint::run then tries
    /// again, too, when somebody's lock was in the way.
    virtual bool locks_after_refusal(data_mapper const& type) const noexcept;

    /// `at_least` is what the caller of the unit asks for, whatever the mapping declares. What it throws stops the
    /// read. Unless overridden: usage_error when a lock is asked for.
    virtual void before_read(lock_context& context, data_mapper const& type, std::span<std::int64_t const> keys,
                             lock_policy at_least);
    /// The same for objects that the unit knows already, and that stay as they were read.
    virtual void lock_known(lock_context& context, std::span<tracked_object* const> objects, lock_policy at_least);
    virtual void after_read(lock_context& context, std::span<tracked_object* const> objects);
    /// What it throws stops the edit; the object stays clean.
    virtual void before_first_edit(lock_context& context, tracked_object& object);
    /// What it throws stops the commit; nothing of it was sent. Also asked by unit_of_work::dry_run().
    virtual void before_flush(lock_context& context, flush_plan& plan);
    /// `refusals` is empty unless it was refused. The objects of the plan have their new versions when it was
    /// committed. What it throws is logged: the end can't be undone.
    virtual void after_flush(lock_context& context, flush_plan const& plan, flush_end how,
                             std::span<refusal const> refusals);
};

}  // namespace stint
