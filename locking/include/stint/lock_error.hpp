// What the lock strategies throw, beside lock_refused (lock_table.hpp).
#pragma once

#include <optional>
#include <string>

#include <stint/error.hpp>
#include <stint/lock_policy.hpp>
#include <stint/tracked.hpp>
#include <stint/version.hpp>

namespace stint {

/// The mapping demands a lock that the unit doesn't hold, because its strategy took none. Nothing was written. Leave
/// the choice of the strategy to the mapping (implicit_lock), or waive the lock in a strategy.
class lock_required : public error {
public:
    lock_required(tracked_object const& object, lock_policy demanded);

    std::string const& table() const noexcept { return subject().table; }
    std::string const& key() const noexcept { return subject().key; }
    lock_policy        demanded() const noexcept { return demanded_; }

private:
    lock_policy demanded_;
};

/// The lock was granted, but the object had been changed since it was read. The unit has the lock, and the object isn't
/// edited. Read it again (unit_of_work::reload) and go on, or start again. Its kind is conflict or gone.
class changed_before_lock : public error {
public:
    changed_before_lock(tracked_object const& object, std::optional<version_number> found);

    std::string const&            table() const noexcept { return subject().table; }
    std::string const&            key() const noexcept { return subject().key; }
    version_number                expected() const noexcept { return expected_; }
    std::optional<version_number> found() const noexcept { return found_; }  ///< none: the row is gone
    bool                          is_of(tracked_object const& object) const;

private:
    version_number                expected_;
    std::optional<version_number> found_;
};

}  // namespace stint
