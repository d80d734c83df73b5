// by_hand: a lock table as one would write it without Stint, to compare with. The same promises for a lock by name: one
// statement decides on the row that it holds, by the database's clock; numbers that rise for ever; the remaining time answered.
// It has no line of those who wait, no breaking, no limit of a lease, and says of a refusal only that it was one.
#pragma once

#include <cstdint>
#include <memory>
#include <string>

class by_hand {
public:
    by_hand() = default;
    by_hand(by_hand const&) = delete;
    by_hand& operator=(by_hand const&) = delete;
    virtual ~by_hand() = default;

    /// Answers the fence. Ends the program when the lock is refused: nobody competes here.
    virtual std::int64_t acquire(std::string const& name) = 0;
    virtual void         release(std::string const& name, std::int64_t fence) = 0;
    /// Adds rows of so many free names.
    virtual void fill(int names) = 0;
};

/// A table of its own in the same file, by libsqlite3 and prepared statements.
std::unique_ptr<by_hand> by_hand_in_sqlite(std::string const& path);
/// A table of its own in the same schema, by libpq and prepared statements.
std::unique_ptr<by_hand> by_hand_in_postgresql(std::string const& url);
