// lock_table: locks in a table of the database, with an owner and an expiry, for as long as a person edits.
//
//     stint::lock_table locks{db};
//     auto const answer = locks.try_acquire({"documents/1"},
//                                           {.owner = session, .label = "Ann, desk 7", .lease = 10min});
//     if (!answer) show(answer.holders());      // who holds it, since when, until when, why
//     ...                                       // minutes; no connection and no transaction is held
//     locks.release(answer.leases());
//
// Shared by all threads. The database must outlive it. Throws usage_error, value_error (a name that is too long),
// database_error; schema_error before create_lock_tables was run; commit_in_doubt when nobody can say whether a call
// took place. What locks promise: docs/locking.md; what each call asks of an engine: docs/engines.md.
// (Fowler, PoEAA ch. 16, Pessimistic Offline Lock: the lock manager and its lock table.)
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <stint/database.hpp>
#include <stint/deadline.hpp>
#include <stint/error.hpp>
#include <stint/held_lock.hpp>
#include <stint/value.hpp>

namespace stint {

/// Creates the tables stint_locks, stint_lock_waiters and stint_lock_breaks, and what belongs to them, in one
/// transaction. Throws schema_error if one of them exists.
void create_lock_tables(database& db);
/// Drops those of them that exist.
void drop_lock_tables(database& db);

/// The name of the lock of a row: "documents/1"; of a key of several columns "lines/7/2". SQL can write it, too: the
/// table and each column of the key joined by '/', integers in decimal, and in the table and in texts '%' replaced by
/// '%25', then '/' by '%2F'. Throws usage_error for a key of anything else.
std::string lock_name(std::string_view table, std::span<value const> key);
std::string lock_name(std::string_view table, std::int64_t key);

/// Who wants a lock, and for how long. The owner is one business transaction, never a user or a host: the same person
/// in two windows is two owners.
struct lock_request {
    std::string               owner;                             ///< the id of one business transaction: 1 to 200 bytes
    std::string               label{};                           ///< who, for people; up to 1,000 bytes
    std::string               reason{};                          ///< why, for people; up to 1,000 bytes
    std::chrono::milliseconds lease = std::chrono::minutes{10};  ///< 1 ms to lock_table::longest_lease
};

/// Either all the locks that were asked for, or none and who was in the way.
class lock_answer {
public:
    explicit lock_answer(std::vector<lease> leases) : leases_(std::move(leases)), granted_(true) {}
    explicit lock_answer(std::vector<held_lock> holders) : holders_(std::move(holders)) {}

    explicit operator bool() const noexcept { return granted_; }
    /// In the order of their names.
    std::vector<lease> const& leases() const noexcept { return leases_; }
    /// Everybody who was in the way; may be empty if acquire() only stood in line.
    std::vector<held_lock> const& holders() const noexcept { return holders_; }

private:
    std::vector<lease>     leases_;
    std::vector<held_lock> holders_;
    bool                   granted_ = false;
};

/// What became of a lease that was to be renewed.
struct renewal {
    enum class state : std::uint8_t {
        renewed,
        ending,  ///< still held, but not longer than lease.ends: it is being broken, or its tenure is used up
        busy,    ///< held, but not lengthened: a flush is using it; only a lease_keeper gets this, to try again
        lost,    ///< expired, released, or taken by somebody else
    };
    stint::lease renewed;  ///< with its new end; a lost lease is as it was given
    state        outcome = state::renewed;
    held_lock    now{};  ///< for a lost lease: the lock as it stands; its owner is empty if nobody holds it
};

struct lock_break {
    std::string               breaker;   ///< who breaks it, for people and the audit; not empty
    std::string               reason{};  ///< why, for the same readers
    std::chrono::milliseconds grace{0};  ///< how long the holder may still finish its work; it can't renew
};

struct break_answer {
    bool      done = false;  ///< false: the lock that is held has another fence
    held_lock now{};         ///< the lock as it stands; its owner is empty if nobody holds it
};

struct lock_table_options {
    /// The first acquire() that waits starts a thread with a connection of its own, if the engine tells of locks that
    /// become free. Without it waiting callers look more often: for a table that lives briefly.
    bool listens = true;
};

/// The states of a lock:
///
///     state     how it is left                                            what others see
///     free      try_acquire, acquire                                      nothing
///     held      release -> free; renew -> held; break -> ending;          holder, since, until
///               the expiry passes -> free for everybody; row as it was
///     ending    release -> free; the expiry passes -> free                the same, and who breaks it
///
/// Acquiring what the same owner holds returns the same grant, and may lengthen it. Every grant of a name has a number,
/// its fence, higher than all before it, for ever. An expired lock that nobody took can be acquired again, as a new
/// grant. The database's clock alone decides about expiry. A holder may rely on lease::ends, on the steady clock of its
/// own process. Holding a lock proves nothing at the moment of writing: a flush verifies it (implicit_lock.hpp).
///
/// Every call is one short transaction of its own, on a connection borrowed for it. Don't call inside a transaction of
/// your own on SQLite. Rows are locked in one order, by bytes.
class lock_table {
public:
    /// A longer lease is refused. A lease that is longer all the same, because a clock was set back, is listed and
    /// binds commits, but anybody can acquire its lock, and break_lock ends it.
    static constexpr std::chrono::hours longest_lease{24 * 31};

    explicit lock_table(database& db, lock_table_options options = {});
    lock_table(lock_table const&) = delete;
    lock_table& operator=(lock_table const&) = delete;
    ~lock_table();

    /// Acquires all of them or none, without waiting for a holder. Takes a free lock also if others wait in line. A
    /// name that is given twice counts once.
    lock_answer try_acquire(std::vector<std::string> names, lock_request const& request,
                            deadline until = deadline::none());

    /// The same, but waits for holders until the deadline, in line with others. While it waits it holds nothing,
    /// neither a lock nor a connection. Throws lock_refused when the deadline has passed, deadline_exceeded when the
    /// database doesn't answer. A caller that dies while it waits loses its place within a few seconds.
    std::vector<lease> acquire(std::vector<std::string> names, lock_request const& request, deadline until);

    /// Lengthens leases, of any owners, to `length` from now; never shortens one. It is one statement for all of them,
    /// and another to find who has those that were lost. No lease is lengthened beyond `tenure` from its grant; only
    /// acquire, which a person asks for, may do that. Waits for flushes that use these locks.
    std::vector<renewal> renew(std::span<lease const> leases, std::chrono::milliseconds length,
                               std::chrono::milliseconds tenure = longest_lease, deadline until = deadline::none());
    /// Renews all that an owner holds, by its id alone; so another process can go on with them. Leases that can't be
    /// lengthened are returned as they are.
    std::vector<lease> renew_all(std::string const& owner, std::chrono::milliseconds length,
                                 deadline until = deadline::none());

    /// Gives leases back. Returns those that were lost before: somebody else has, or had, these locks.
    std::vector<lease> release(std::span<lease const> leases, deadline until = deadline::none());
    /// Gives back all that an owner holds. Returns how many.
    std::size_t release_all(std::string const& owner, deadline until = deadline::none());

    /// Returns the locks that are held, in the order of their names; expired locks are not.
    std::vector<held_lock> list(deadline until = deadline::none());
    std::vector<held_lock> list_of(std::string const& owner, deadline until = deadline::none());
    /// Returns those of these names that are held.
    std::vector<held_lock> find(std::vector<std::string> names, deadline until = deadline::none());
    /// Returns the owners that wait for it, in the order of their places.
    std::vector<std::string> waiting_for(std::string const& name, deadline until = deadline::none());

    /// Ends a lock that its holder doesn't give back, at once or after a grace. `fence` is the one that was shown to
    /// the person who decided: if the lock has changed hands since, nothing is done. stint_lock_breaks records it.
    break_answer break_lock(std::string const& name, std::int64_t fence, lock_break const& terms,
                            deadline until = deadline::none());

    /// Deletes the rows of locks that have been free for this long, at least a minute. Returns how many. For tidiness
    /// only: nothing depends on it, and fences rise all the same.
    std::size_t purge(std::chrono::seconds free_for, deadline until = deadline::none());

    database& db() const noexcept { return db_; }

private:
    class line;

    database&             db_;
    std::unique_ptr<line> line_;
};

/// A lock was not granted. Nothing was changed; the same call may succeed later.
class lock_refused : public error {
public:
    lock_refused(std::vector<std::string> const& names, std::vector<held_lock> holders);

    /// Who was in the way; empty if the time was up while others stood ahead in line.
    std::vector<held_lock> const& holders() const noexcept { return holders_; }

private:
    std::vector<held_lock> holders_;
};

}  // namespace stint
