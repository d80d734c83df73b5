// conflict: who was in the way of a commit, and how: one for every row that refused it.
//
//     catch (stint::conflict_error const& refused) {
//         for (auto const& one : refused.conflicts()) std::cout << to_string(one) << '\n';
//         work.reload(refused);           // or decide column by column, then work.commit() again
//     }
//     // stocks 1: changed (version 1 was read, 2 is there); quantity: 56.40 was read, 40.80 is mine, 30.30 is theirs
//
// A refused commit has written nothing, and the unit is as it was before: its changes, versions and handles. Regular
// values. (Fowler, PoEAA ch. 16, Optimistic Offline Lock: tell who and when.)
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

/// Why an offline lock refuses a flush. What the database itself refuses: reason.
struct lock_reason {
    /// The unit's own lock has expired, was broken, or has another owner.
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
    reason                        why = reason::changed();
    std::optional<access>         mine{};      ///< what this unit did with the object; none for a row of no object
    std::optional<version_number> expected{};  ///< the version that was read
    std::optional<version_number> found{};     ///< the version that the database has, if the row is there
    std::vector<column_conflict>  columns{};   ///< those that I or they changed; of a guard what it reports
    std::optional<held_lock>      lock{};      ///< of bound and lock lost: the lock as it was found
    error_kind                    kind = error_kind::conflict;  ///< what it is of the kinds of errors
    /// What can be done about it: reload and retry; of a row that was suppressed fix the code; of a new object whose
    /// key exists, without its unit having looked for it, ask a person; of a bound one wait and retry, where a rerun
    /// would not wait for the lock.
    advice next = advice::reload_and_retry;

    friend bool operator==(conflict const&, conflict const&) = default;
};

std::string to_string(conflict const& one);

/// A commit was refused. What can be done is what every one of its conflicts allows (conflict::next). Its kind is
/// access where a row was suppressed, else locked where one was bound; taken where all are new objects whose keys
/// exist, gone where all were deleted; else conflict (conflict::kind).
class conflict_error : public error {
public:
    explicit conflict_error(std::vector<conflict> conflicts);

    /// Every row that refused the commit, in the order of the flush; never empty.
    std::vector<conflict> const& conflicts() const noexcept { return conflicts_; }

private:
    std::vector<conflict> conflicts_;
};

}  // namespace stint
