// counters: what a database was asked so far; made for tests and for monitoring.
//
//     auto const before = db.counters();
//     work.commit();
//     CHECK((db.counters() - before).round_trips == 1);
//     CHECK(work.counters().rows_written == 2);          // what one unit asked, whatever others did meanwhile
//
// Counted by the connections themselves, so nothing can slip past: each one its own, without a lock. A database's
// counters are the sum over all its connections, those that were closed by now too; reading them takes a short lock.
// The numbers of calls that other threads have under way may be partly in.
#pragma once

#include <chrono>
#include <cstddef>
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

    /// Bytes of what was said to a server: the texts of SQL, the names that statements are prepared under and run by,
    /// the parameters. Not the protocol's frames around them, nor what opening a connection takes. Always 0 on an
    /// embedded engine.
    std::uint64_t bytes_sent = 0;
    /// Bytes of the values in the rows that a server answered; nulls have none. Without frames, names of columns, the
    /// tags of commands and errors. Always 0 on an embedded engine.
    std::uint64_t bytes_received = 0;

    /// How long flushes and transactions may have kept rows locked, or on SQLite the database: from the first lock to
    /// the answer to COMMIT or ROLLBACK. On SQLite, and for begin() anywhere, from the answer to BEGIN, whatever is
    /// locked later, if anything is. For a flush on PostgreSQL as the client sees it: from when the first of it left,
    /// so with the round trip that the server isn't in. Never less than it was, but for a connection that was lost.
    /// Statements outside of a transaction, and a BEGIN in raw SQL, have no part in it.
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
        for_each([](auto& sum, auto const& one) { sum += one; }, *this, more);
        return *this;
    }
    constexpr counters& operator-=(counters const& earlier) noexcept {
        for_each([](auto& later, auto const& one) { later -= one; }, *this, earlier);
        return *this;
    }
    friend constexpr counters operator+(counters one, counters const& other) noexcept { return one += other; }
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
