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
    /// The rows that it writes: no update of another unit is lost. Not the rows that it only read, nor an object that
    /// was edited back to what was read, which is no write. So units that each write a different row can break a rule
    /// over several rows.
    writes,
    /// Also the rows that it only read. If all units that write verify their reads, they leave the rows that they read
    /// and wrote as if they had run one after the other. Not covered: rows that were looked for and weren't there, what
    /// a query would find by now, and a unit that writes nothing. Its commit sends nothing, and its reads may be of
    /// several moments.
    reads,
};

}  // namespace stint
