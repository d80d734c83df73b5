// lock_table: locks that are kept in a table of the database, with an owner and an expiry, for as long as a person
// edits.
//
//     stint::lock_table locks{db};
//     auto const answer = locks.try_acquire({"documents/1"},
//                                           {.owner = session, .label = "Ann, desk 7", .lease = 10min});
//     if (!answer) show(answer.holders());      // who holds it, since when, until when, why
//     ...                                       // minutes; no connection and no transaction is held
//     locks.release(answer.leases());
//
//     state     how it is left                                            what others see
//     free      try_acquire, acquire                                      nothing
//     held      release -> free; renew -> held; break -> ending;          holder, since, until
//               the expiry passes -> free for everybody but as it was
//     ending    release -> free; the expiry passes -> free                the same, and who breaks it
//
// An owner is the id of one business transaction, never of a user or a host: who waits in two windows is two owners.
// The label is for people. Acquiring again what one holds answers the same grant, and may lengthen it.
// Every grant of a resource has a number, its fence, higher than all before it, for ever. An expired lock that nobody
// took can be acquired again, as a new grant.
//
// Expiry is judged by the database's clock alone. What a holder may rely on is lease::ends, on the steady clock of its
// own process, counted from before the request was sent. Holding a lock is no proof at the moment of writing: a
// flush verifies it (implicit_lock.hpp).
//
// Every call is one short transaction of its own, at READ COMMITTED, on a connection borrowed for it: don't call inside
// a transaction of your own on SQLite, where it would wait for itself. Acquire, renew and release of any number are one
// round trip, and another where somebody is to be named who is in the way; rows are locked in one order, by bytes.
// Shared by all threads. Throws usage_error, value_error (a name that is too long) and database_error; schema_error
// where create_lock_tables wasn't run; commit_in_doubt where it isn't known whether a call took place (a SQLite file
// whose disk fails). (Fowler, PoEAA ch. 16, Pessimistic Offline Lock: the lock manager and its lock table.)
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

/// The tables stint_locks, stint_lock_waiters and stint_lock_breaks, with what belongs to them. In one transaction;
/// throws schema_error when one of them exists.
void create_lock_tables(database& db);
/// Drops those that exist.
void drop_lock_tables(database& db);

/// The name of the lock of a row: "documents/1"; of a key of several columns "lines/7/2". SQL can write it, too: the
/// table and each column of the key joined by '/', integers in decimal, and in the table and in texts '%' replaced by
/// '%25', then '/' by '%2F'. Throws usage_error for a key of anything else.
std::string lock_name(std::string_view table, std::span<value const> key);
std::string lock_name(std::string_view table, std::int64_t key);

/// Who wants a lock, and for how long.
struct lock_request {
    std::string               owner;                             ///< the id of one business transaction: 1 to 200 bytes
    std::string               label{};                           ///< who, for people; up to 1,000 bytes
    std::string               reason{};                          ///< why, for people; up to 1,000 bytes
    std::chrono::milliseconds lease = std::chrono::minutes{10};  ///< 1 ms to lock_table::longest_lease
};

/// All that was asked for, or nothing and who was in the way.
class lock_answer {
public:
    explicit lock_answer(std::vector<lease> leases) : leases_(std::move(leases)), granted_(true) {}
    explicit lock_answer(std::vector<held_lock> holders) : holders_(std::move(holders)) {}

    explicit operator bool() const noexcept { return granted_; }
    /// In the order of their names.
    std::vector<lease> const& leases() const noexcept { return leases_; }
    /// Whoever was in the way, all of them; may be empty when acquire() only stood in line.
    std::vector<held_lock> const& holders() const noexcept { return holders_; }

private:
    std::vector<lease>     leases_;
    std::vector<held_lock> holders_;
    bool                   granted_ = false;
};

/// What became of one lease that was to be renewed.
struct renewal {
    enum class state : std::uint8_t {
        renewed,
        ending,  ///< held still, but not longer than lease.ends: it is being broken, or its tenure is used up
        busy,    ///< held, but not lengthened: a flush is at work with it; told to a lease_keeper alone, to try again
        lost,    ///< expired, released, or taken by another
    };
    stint::lease renewed;  ///< with its new end; of a lost one as it was given
    state        how = state::renewed;
    held_lock    now{};  ///< the lock as it stands: of a lost one who holds it (an empty owner: nobody)
};

struct lock_break {
    std::string               by;        ///< who breaks it, for people and the audit; not empty
    std::string               reason{};  ///< why, for the same
    std::chrono::milliseconds grace{0};  ///< how long the holder may still finish what is in hand; it can't renew
};

struct break_answer {
    bool      done = false;  ///< false: the fence was not the one of the lock that is held
    held_lock now{};         ///< as it is being broken; or who holds it instead (an empty owner: nobody)
};

struct lock_table_options {
    /// The first acquire() that waits starts a thread, with a connection of its own, which hears where the engine tells
    /// of locks that become free. Without it those who wait look the more often: for a table that lives briefly.
    bool listens = true;
};

class lock_table {
public:
    /// A longer lease is refused. One that is longer all the same, because a clock was set back, is listed and binds
    /// commits, but can be acquired by everybody; break_lock ends it, too.
    static constexpr std::chrono::hours longest_lease{24 * 31};

    /// The database must outlive it.
    explicit lock_table(database& db, lock_table_options options = {});
    lock_table(lock_table const&) = delete;
    lock_table& operator=(lock_table const&) = delete;
    ~lock_table();

    /// All of them or none, without waiting for a holder; takes a free lock also where others wait in line. A name that
    /// is given twice counts once.
    lock_answer try_acquire(std::vector<std::string> names, lock_request const& request,
                            deadline until = deadline::none());

    /// The same, but waits for holders until the deadline, in line with others who wait; while it waits it holds
    /// nothing, neither a lock nor a connection. Throws lock_refused when the deadline passed. Woken when a lock
    /// becomes free (NOTIFY) where the engine can, and looks from time to time everywhere. A wait that dies leaves its
    /// place in a few seconds. A database that does not answer may hold it up for 5 s more; then it is
    /// deadline_exceeded.
    std::vector<lease> acquire(std::vector<std::string> names, lock_request const& request, deadline until);

    /// Lengthens leases to `by` from now, never shortens one. One statement for any number of them, of any owners (and
    /// another to tell who has those that were lost). None is lengthened beyond `tenure` from its grant; acquire, which
    /// a person asks for, is not bound by that. Waits for flushes that are at work with these locks.
    std::vector<renewal> renew(std::span<lease const> leases, std::chrono::milliseconds by,
                               std::chrono::milliseconds tenure = longest_lease, deadline until = deadline::none());
    /// All that an owner holds, by his id alone: also how another process goes on with them. Those that can't be
    /// lengthened are answered as they are.
    std::vector<lease> renew_all(std::string const& owner, std::chrono::milliseconds by,
                                 deadline until = deadline::none());

    /// Gives leases back. Answers those that were lost before: somebody else has, or had, these locks.
    std::vector<lease> release(std::span<lease const> leases, deadline until = deadline::none());
    /// All that an owner holds; answers how many.
    std::size_t release_all(std::string const& owner, deadline until = deadline::none());

    /// What is held, in the order of the names; expired locks are not.
    std::vector<held_lock> list(deadline until = deadline::none());
    std::vector<held_lock> list_of(std::string const& owner, deadline until = deadline::none());
    /// Those of these names that are held.
    std::vector<held_lock> find(std::vector<std::string> names, deadline until = deadline::none());
    /// The owners who wait for it, first come first.
    std::vector<std::string> waiting_for(std::string const& name, deadline until = deadline::none());

    /// Ends a lock that its holder doesn't give back, at once or after a grace. The fence is the one that was
    /// shown to whoever decided it: when the lock has changed hands since, nothing is done. Written down in
    /// stint_lock_breaks.
    break_answer break_lock(std::string const& name, std::int64_t fence, lock_break const& how,
                            deadline until = deadline::none());

    /// Deletes what the table remembers of locks that have been free for so long, at least a minute. For tidiness only:
    /// nothing depends on it, and fences rise all the same. Answers how many.
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

    /// Who was in the way; empty when the time was up while others stood before in line.
    std::vector<held_lock> const& holders() const noexcept { return holders_; }

private:
    std::vector<held_lock> holders_;
};

}  // namespace stint
