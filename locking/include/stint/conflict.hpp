// conflict: what was in the way of a commit: one for each row that refused it.
//
//     catch (stint::conflict_error const& refused) {
//         for (auto const& conflict : refused.conflicts()) std::cout << to_string(conflict) << '\n';
//         work.reload(refused);           // or decide column by column, then work.commit() again
//     }
//     // stocks 1: changed (version 1 was read, 2 is there); quantity: 56.40 was read, 40.80 is mine, 30.30 is theirs
//
// A refused commit has written nothing, and leaves the unit as it was: its changes, versions and handles. Regular
// values.
// (Fowler, PoEAA ch. 16, Optimistic Offline Lock: tell who and when.)
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <stint/access.hpp>
#include <stint/error.hpp>
#include <stint/held_lock.hpp>
#include <stint/value.hpp>
#include <stint/version.hpp>
#include <stint/write_batch.hpp>

namespace stint {

/// Why an offline lock refuses a flush. For what the database itself refuses see reason.
struct lock_reason {
    /// The unit's own lock expired, was broken, or has another owner.
    static constexpr reason lost() noexcept { return reason{"lock lost"}; }
    /// Somebody else holds the object.
    static constexpr reason bound() noexcept { return reason{"bound"}; }
};

struct column_conflict {
    std::string column;
    value       base;    ///< as it was read; null for a new object or a guard
    value       mine;    ///< as this unit would have it
    value       theirs;  ///< as the database has it; null when the row is gone

    bool changed_by_me() const { return !identical(mine, base); }
    bool changed_by_them() const { return !identical(theirs, base); }

    friend bool operator==(column_conflict const& left, column_conflict const& right) {
        return left.column == right.column && identical(left.base, right.base) && identical(left.mine, right.mine) &&
               identical(left.theirs, right.theirs);
    }
};

struct conflict {
    std::string                   table;
    std::string                   key;
    stint::reason                 reason = stint::reason::changed();
    std::optional<stint::access>  access{};    ///< what this unit did with the object; none for a row of no object
    std::optional<version_number> expected{};  ///< the version that was read
    std::optional<version_number> found{};     ///< the version that the database has, if the row is there
    std::vector<column_conflict>  columns{};   ///< those that I or they changed; for a guard, those that it reports
    std::optional<held_lock>      lock{};      ///< for bound and lock lost: the lock as it was found
    error_kind                    kind = error_kind::conflict;  ///< the kind of error that it is
    /// What can be done about it: reload and retry, with these exceptions. A suppressed row: fix the code. A new object
    /// whose key exists, if its unit had not looked for it: ask a person. A bound object, if a rerun would not wait for
    /// the lock: wait and retry.
    advice next = advice::reload_and_retry;

    friend bool operator==(conflict const&, conflict const&) = default;
};

std::string to_string(conflict const& conflict);

/// A commit was refused. Its advice is what all of its conflicts allow (conflict::next). Its kind is access if a row
/// was suppressed, else locked if one was bound; taken if all are new objects whose keys exist, gone if all were
/// deleted; else conflict (conflict::kind).
class conflict_error : public error {
public:
    explicit conflict_error(std::vector<conflict> conflicts);

    /// Every row that refused the commit, in the order of the flush; never empty.
    std::vector<conflict> const& conflicts() const noexcept { return conflicts_; }

private:
    std::vector<conflict> conflicts_;
};

}  // namespace stint
