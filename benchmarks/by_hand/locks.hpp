// locks_by_hand: a lock table as one would write it without Stint, to compare with. The same promises for a lock by
// name: one statement decides on the row that it holds, by the database's clock; numbers that rise for ever; the
// remaining time answered. It has no line of those who wait, no breaking, no limit of a lease, and says of a refusal
// only that it was one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

namespace bench {

class locks_by_hand {
public:
    locks_by_hand() = default;
    locks_by_hand(locks_by_hand const&) = delete;
    locks_by_hand& operator=(locks_by_hand const&) = delete;
    virtual ~locks_by_hand() = default;

    /// Answers the fence. Ends the run when the lock is refused: nobody competes here.
    virtual std::int64_t acquire(std::string const& name) = 0;
    virtual void         release(std::string const& name, std::int64_t fence) = 0;
    /// Adds rows of so many free names.
    virtual void fill(int names) = 0;
};

/// A table of its own, by libsqlite3 and prepared statements.
std::unique_ptr<locks_by_hand> locks_in_sqlite(std::string const& path);
/// A table of its own, by libpq and prepared statements.
std::unique_ptr<locks_by_hand> locks_in_postgresql(std::string const& url);

}  // namespace bench
