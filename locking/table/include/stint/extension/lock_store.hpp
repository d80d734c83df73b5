// lock_store: what is asked of the lock table, and how an engine spells it. For authors of engines.
//
// Without state; one object an engine. Every function is one short transaction on the connection that it is given: one
// statement, and so one round trip, on PostgreSQL. Many rows are locked in the order of their names, by bytes.
// Names and owners have been checked (lock_names.hpp).
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include <stint/connection.hpp>
#include <stint/extension/engine.hpp>
#include <stint/lock_table.hpp>
#include <stint/value.hpp>

namespace stint {

/// What became of one try to acquire. Neither granted nor anybody in the way: somebody was faster by a moment.
struct lock_attempt {
    bool                   granted = false;
    std::vector<lease>     leases{};   ///< all that were wanted
    std::vector<held_lock> holders{};  ///< who is in the way
    std::size_t            ahead = 0;  ///< how many stand in line before, over all names
};

/// A place in line. The lowest number comes first.
enum class ticket : std::int64_t {
    none = 0,          ///< takes what is free, whoever waits
    last = INT64_MAX,  ///< has no place yet: everybody stands before
};

class lock_store {
public:
    /// Throws usage_error for an engine that has none.
    static lock_store const& of(engine const& kind);

    lock_store(lock_store const&) = delete;
    lock_store& operator=(lock_store const&) = delete;
    virtual ~lock_store() = default;

    std::span<std::string const> create() const noexcept { return texts_.create; }
    std::span<std::string const> drop() const noexcept { return texts_.drop; }

    virtual lock_attempt acquire(connection& on, std::span<std::string const> names, lock_request const& request,
                                 ticket place, deadline until) const = 0;
    std::vector<renewal> renew(connection& on, std::span<lease const> leases, std::chrono::milliseconds by,
                               std::chrono::milliseconds tenure, deadline until) const;
    /// The same without a wait for flushes that hold rows of these locks: those are answered as busy.
    std::vector<renewal> renew_free(connection& on, std::span<lease const> leases, std::chrono::milliseconds by,
                                    std::chrono::milliseconds tenure, deadline until) const;
    std::vector<lease>   renew_all(connection& on, std::string const& owner, std::chrono::milliseconds by,
                                   deadline until) const;
    /// Answers those that were lost.
    std::vector<lease> release(connection& on, std::span<lease const> leases, deadline until) const;
    std::size_t        release_all(connection& on, std::string const& owner, deadline until) const;

    /// What is held: of this owner, or of everybody where it is empty; of these names, or of all where there are none.
    std::vector<held_lock> list(connection& on, std::string const& owner, std::span<std::string const> names,
                                deadline until) const;
    virtual break_answer break_lock(connection& on, std::string const& name, std::int64_t fence, lock_break const& how,
                                    deadline until) const = 0;
    std::size_t          purge(connection& on, std::chrono::seconds free_for, deadline until) const;

    /// Takes places in line, or keeps those that this owner has there, for `patience` from now.
    ticket stand_in_line(connection& on, std::span<std::string const> names, std::string const& owner,
                         std::chrono::milliseconds patience, deadline until) const;
    void leave_line(connection& on, std::span<std::string const> names, std::string const& owner, deadline until) const;
    std::vector<std::string> waiting_for(connection& on, std::string const& name, deadline until) const;

    /// The channel on which owners are told that their turn has come; empty where nobody is told.
    std::string const& wake_channel() const noexcept { return texts_.wake_channel; }

protected:
    /// Parameters and answers are the same on every engine. Times are numbers of microseconds.
    struct texts {
        std::vector<std::string> create, drop;
        std::string              renew;        ///< leases, by, tenure: what is held still: name, fence, rest, is ending
        std::string              renew_free;   ///< the same, of those whose rows nobody holds at this moment
        std::string              renew_all;    ///< owner, by: the same
        std::string              release;      ///< leases: name and fence of what was released
        std::string              release_one;  ///< name, owner, fence: the same
        std::string              release_all;  ///< owner: the same
        std::string              list;         ///< what is held: the columns of a held_lock
        std::string              of_owner;     ///< owner: added to list
        std::string              of_names;     ///< names: added to list
        std::string              in_order;     ///< added to list
        std::string              purge;        ///< microseconds
        std::string              purge_line;
        std::string              stand_in_line;  ///< names, owner, patience: places
        std::string              leave_line;     ///< names, owner
        std::string              waiting_for;    ///< name: owners
        std::string              wake_channel;
    };
    explicit lock_store(texts spelled) : texts_(std::move(spelled)) {}

private:
    std::vector<renewal> renewed(connection& on, std::string const& sql, std::span<lease const> leases,
                                 std::vector<value> const& with, deadline until) const;

    texts texts_;
};

/// An engine whose databases keep offline locks.
class lock_keeping_engine {
public:
    virtual lock_store const& locks() const noexcept = 0;

protected:
    ~lock_keeping_engine() = default;
};

}  // namespace stint
