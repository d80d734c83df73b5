// lock_store: what is asked of the lock table, and how an engine spells it. For authors of engines.
//
// It has no state; an engine has one. Every function is one short transaction on the connection that it is given, and
// one statement where the engine can. Rows are locked in the order of their names, by bytes. Names and owners have been
// checked (lock_names.hpp). Any thread may call all functions. What each engine does: docs/engines.md.
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

/// What became of one try to acquire. If it isn't granted and nobody is in the way, somebody was faster by a moment.
struct lock_attempt {
    bool                   granted = false;
    std::vector<lease>     leases{};   ///< all that were wanted
    std::vector<held_lock> holders{};  ///< who is in the way
    std::size_t            ahead = 0;  ///< how many stand ahead in line, over all names
};

/// A place in line. The lowest number comes first.
enum class ticket : std::int64_t {
    none = 0,          ///< takes what is free, whoever waits
    last = INT64_MAX,  ///< has no place yet: everybody stands ahead
};

class lock_store {
public:
    /// Returns the engine's lock store. Throws usage_error for an engine that has none.
    static lock_store const& of(engine const& kind);

    lock_store(lock_store const&) = delete;
    lock_store& operator=(lock_store const&) = delete;
    virtual ~lock_store() = default;

    std::span<std::string const> create() const noexcept { return texts_.create; }
    std::span<std::string const> drop() const noexcept { return texts_.drop; }

    virtual lock_attempt acquire(connection& link, std::span<std::string const> names, lock_request const& request,
                                 ticket place, deadline until) const = 0;
    std::vector<renewal> renew(connection& link, std::span<lease const> leases, std::chrono::milliseconds length,
                               std::chrono::milliseconds tenure, deadline until) const;
    /// The same without waiting for flushes that hold rows of these locks: such a lock is busy.
    std::vector<renewal> renew_free(connection& link, std::span<lease const> leases, std::chrono::milliseconds length,
                                    std::chrono::milliseconds tenure, deadline until) const;
    std::vector<lease>   renew_all(connection& link, std::string const& owner, std::chrono::milliseconds length,
                                   deadline until) const;
    /// Returns those that were lost.
    std::vector<lease> release(connection& link, std::span<lease const> leases, deadline until) const;
    std::size_t        release_all(connection& link, std::string const& owner, deadline until) const;

    /// Returns the locks that are held by this owner, or by anybody if it is empty; of these names, or all if there are
    /// none.
    std::vector<held_lock> list(connection& link, std::string const& owner, std::span<std::string const> names,
                                deadline until) const;
    virtual break_answer   break_lock(connection& link, std::string const& name, std::int64_t fence,
                                      lock_break const& terms, deadline until) const = 0;
    std::size_t            purge(connection& link, std::chrono::seconds free_for, deadline until) const;

    /// Takes places in line, or keeps those that this owner has, for `patience` from now.
    ticket stand_in_line(connection& link, std::span<std::string const> names, std::string const& owner,
                         std::chrono::milliseconds patience, deadline until) const;
    void   leave_line(connection& link, std::span<std::string const> names, std::string const& owner,
                      deadline until) const;
    std::vector<std::string> waiting_for(connection& link, std::string const& name, deadline until) const;

    /// The channel on which owners are told that their turn has come; empty if the engine tells nobody.
    std::string const& wake_channel() const noexcept { return texts_.wake_channel; }

protected:
    /// SQL. Parameters and results (parameters: results) are the same on every engine. Times are in microseconds.
    struct texts {
        std::vector<std::string> create, drop;
        std::string              renew;  ///< leases, length, tenure: those still held: name, fence, rest, is ending
        std::string              renew_free;   ///< the same, for those whose rows nobody holds at this moment
        std::string              renew_all;    ///< owner, length: the same
        std::string              release;      ///< leases: name and fence of those released
        std::string              release_one;  ///< name, owner, fence: the same
        std::string              release_all;  ///< owner: the same
        std::string              list;         ///< the locks that are held: the columns of a held_lock
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
    std::vector<renewal> renewed(connection& link, std::string const& sql, std::span<lease const> leases,
                                 std::vector<value> const& parameters, deadline until) const;

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
