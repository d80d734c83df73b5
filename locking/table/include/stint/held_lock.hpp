// held_lock and lease: an offline lock as everybody sees it, and as its holder has it. Regular values.
#pragma once

#include <chrono>
#include <cstdint>
#include <string>

#include <stint/deadline.hpp>
#include <stint/value.hpp>

namespace stint {

/// A lock that somebody holds, as the database showed it.
struct held_lock {
    std::string               name{};       ///< "documents/1"
    std::string               owner{};      ///< the holder's business transaction; empty if nobody holds it
    std::string               label{};      ///< the holder, for people
    std::string               reason{};     ///< why it is held
    std::int64_t              fence = 0;    ///< the number of this grant
    timestamp                 since{};      ///< by the database's clock
    timestamp                 until{};      ///< by the database's clock
    std::chrono::microseconds left{0};      ///< the time until then, when the lock was looked at
    std::string               broken_by{};  ///< who is breaking it; empty if nobody is

    friend bool operator==(held_lock const&, held_lock const&) = default;
};

/// "documents/1 is held by desk-7 (Ann: editing) since 2026-11-21 09:00:00 UTC, for another 9 min 58 s"
std::string to_string(held_lock const& lock);

/// A grant. Whoever has its three facts can renew and release it, in any process.
struct lease {
    std::string  name{};
    std::string  owner{};
    std::int64_t fence = 0;
    /// The database ends it at this moment or later: it is counted from before the request was sent.
    deadline ends = deadline::after(std::chrono::seconds{0});
    /// The table had no row of this name before, so flushes that began before the grant may still be under way.
    bool is_first = false;
    /// The owner held the lock before this request.
    bool was_held = false;
};

}  // namespace stint
