// What tests of the lock table share: a database with one, and hands that reach behind it.
#pragma once

#include <chrono>
#include <functional>
#include <future>
#include <string>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <stint/lock_table.hpp>

#include "support/scratch_database.hpp"

class lock_scratch : public scratch_database {
public:
    lock_scratch() { stint::create_lock_tables(db()); }

    stint::lock_table locks{db()};

    stint::lease taken(std::string const& name, std::string const& owner,
                       std::chrono::milliseconds time = std::chrono::minutes{10}) {
        auto const answer = locks.try_acquire({name}, {.owner = owner, .lease = time});
        REQUIRE(answer);
        return answer.leases().front();
    }

    /// SQL for a moment so many seconds from now, by the database's clock.
    static std::string in_seconds(std::chrono::seconds time) {
        auto const count = std::to_string(time.count());
        return is_postgresql() ? "(clock_timestamp() + " + count + " * interval '1 second')"
                               : "(stint_clock() + " + count + " * 1000000)";
    }
    /// As if its lease had been so long.
    void let_end(std::string const& name, std::chrono::seconds from_now) {
        sql("UPDATE stint_locks SET expires_at = " + in_seconds(from_now) + " WHERE resource = '" + name + "'");
    }
    void expire(std::string const& name) { let_end(name, std::chrono::seconds{-1}); }
};

/// Looks again and again; false when it doesn't come true for very long.
inline bool comes_true(std::function<bool()> const& is_true) {
    auto const until = stint::deadline::after(std::chrono::seconds{100});
    while (!is_true()) {
        if (until.has_passed()) return false;
        std::this_thread::sleep_for(std::chrono::milliseconds{2});
    }
    return true;
}

/// Does it in so many threads, each with its number, and passes on what they throw.
template <class Work>
void in_threads(int count, Work work) {
    std::vector<std::future<void>> all;
    for (int i = 0; i < count; ++i) all.push_back(std::async(std::launch::async, work, i));
    for (auto& answer : all) answer.get();
}
