// counters: what was asked of a database so far, for tests and for monitoring.
//
//     auto const before = db.counters();
//     work.commit();
//     CHECK((db.counters() - before).round_trips == 1);
//     CHECK(work.counters().rows_written == 2);          // what one unit asked, whatever others did meanwhile
//
// Each connection counts for itself, without a lock, so nothing is missed. A database's counters are the sum over all
// its connections, closed ones included; reading them takes a short lock. Calls that other threads have under way may
// be counted in part. What each engine counts: docs/engines.md. Regular values.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>

namespace stint {

struct counters {
    std::uint64_t round_trips = 0;   ///< waits for a server, except while opening connections; 0 on an embedded engine
    std::uint64_t statements = 0;    ///< statements executed, BEGIN and COMMIT included
    std::uint64_t prepared = 0;      ///< statements prepared
    std::uint64_t rows_read = 0;     ///< rows received
    std::uint64_t rows_written = 0;  ///< rows inserted, updated or deleted
    std::uint64_t connections = 0;   ///< connections opened

    /// Bytes sent to a server: SQL, names of prepared statements, parameters. Without the protocol's frames and without
    /// the opening of connections. 0 on an embedded engine.
    std::uint64_t bytes_sent = 0;
    /// Bytes of the values in the rows that a server returned; a null has none. Without frames, column names, command
    /// tags and errors. 0 on an embedded engine.
    std::uint64_t bytes_received = 0;

    /// How long flushes and transactions may have kept rows locked, or the whole database, as the client sees it: up to
    /// the reply to COMMIT or ROLLBACK. Never less than it was, except for a connection that was lost. Statements
    /// outside of a transaction, and a BEGIN in raw SQL, don't count. Where it begins: docs/engines.md.
    std::chrono::nanoseconds locked_for{0};

    /// Calls visit(member of each...) for every member. `Each` is counters, or has members of the same names.
    template <class Visit, class... Each>
    static constexpr void for_each(Visit visit, Each&... each) {
        visit(each.round_trips...);
        visit(each.statements...);
        visit(each.prepared...);
        visit(each.rows_read...);
        visit(each.rows_written...);
        visit(each.connections...);
        visit(each.bytes_sent...);
        visit(each.bytes_received...);
        visit(each.locked_for...);
    }

    constexpr counters& operator+=(counters const& more) noexcept {
        for_each([](auto& sum, auto const& member) { sum += member; }, *this, more);
        return *this;
    }
    constexpr counters& operator-=(counters const& earlier) noexcept {
        for_each([](auto& difference, auto const& member) { difference -= member; }, *this, earlier);
        return *this;
    }
    friend constexpr counters operator+(counters left, counters const& right) noexcept { return left += right; }
    friend constexpr counters operator-(counters later, counters const& earlier) noexcept { return later -= earlier; }
    friend bool               operator==(counters const&, counters const&) = default;
};

namespace detail {

constexpr std::size_t bytes_of_members() {
    std::size_t    sum = 0;
    counters const any{};
    counters::for_each([&](auto const& member) { sum += sizeof member; }, any);
    return sum;
}
static_assert(bytes_of_members() == sizeof(counters), "counters::for_each forgets a member");

}  // namespace detail

}  // namespace stint
