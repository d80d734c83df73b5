// counters: what a database was asked so far; made for tests and for monitoring.
//
//     auto const before = db.counters();
//     work.commit();
//     CHECK((db.counters() - before).round_trips == 4);
//
// Counted by the connections themselves, so nothing can slip past. Reading them takes no lock; the
// numbers of calls that other threads have under way may be partly in.
#pragma once

#include <cstdint>

namespace stint {

struct counters {
    std::uint64_t round_trips =
        0;  ///< times a caller waited for a server, but for opening connections; always 0 on an embedded engine
    std::uint64_t statements = 0;    ///< statements executed, BEGIN and COMMIT included
    std::uint64_t prepared = 0;      ///< statements prepared
    std::uint64_t rows_read = 0;     ///< rows received
    std::uint64_t rows_written = 0;  ///< rows inserted, updated or deleted
    std::uint64_t connections = 0;   ///< connections opened

    friend counters operator-(counters const& later, counters const& earlier) noexcept {
        return {later.round_trips - earlier.round_trips,   later.statements - earlier.statements,
                later.prepared - earlier.prepared,         later.rows_read - earlier.rows_read,
                later.rows_written - earlier.rows_written, later.connections - earlier.connections};
    }
    friend bool operator==(counters const&, counters const&) = default;
};

}  // namespace stint
