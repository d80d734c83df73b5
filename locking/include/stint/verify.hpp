// verify: which of the rows that a unit of work used must be unchanged in the database when it commits.
//
//     stint::unit_of_work work{db, {.verify = stint::verify::reads}};
//
// What follows from each: docs/architecture.md, "What versions check".
// (Fowler, PoEAA ch. 16, Optimistic Offline Lock: inconsistent reads.)
#pragma once

#include <cstdint>

namespace stint {

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

}  // namespace stint
