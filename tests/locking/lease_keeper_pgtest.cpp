// What a server can do to a keeper's connection.

#include <signal.h>

#include <atomic>
#include <mutex>
#include <string>
#include <thread>

#include <doctest/doctest.h>

#include <stint/lease_keeper.hpp>

#include "../support/of_a_session.hpp"
#include "support/scratch_database.hpp"

using namespace std::chrono_literals;
using stint::lease;
using stint::lease_keeper;
using stint::lease_news;

namespace {

using clock = stint::deadline::clock;

template <class Condition>
bool comes_true(Condition is_true) {
    auto const until = stint::deadline::after(20s);
    while (!is_true()) {
        if (until.has_passed()) return false;
        std::this_thread::sleep_for(2ms);
    }
    return true;
}

// Stopped until the end of a scope.
class frozen_process {
public:
    explicit frozen_process(int process) : process_(::kill(process, SIGSTOP) == 0 ? process : 0) {}
    frozen_process(frozen_process const&) = delete;
    frozen_process& operator=(frozen_process const&) = delete;
    ~frozen_process() {
        if (process_ != 0) ::kill(process_, SIGCONT);
    }

    bool is_frozen() const noexcept { return process_ != 0; }

private:
    int process_;
};

class one_kept : public scratch_database {
public:
    one_kept() { stint::create_lock_tables(db()); }

    lease_keeper::listener listener() {
        return [this](lease const&, lease_news news) {
            auto const hold = std::lock_guard(mutex_);
            told_ += (told_.empty() ? "" : ", ") + std::string(to_string(news));
            at_ = clock::now();
        };
    }
    std::string told() {
        auto const hold = std::lock_guard(mutex_);
        return told_;
    }
    clock::time_point at() {
        auto const hold = std::lock_guard(mutex_);
        return at_;
    }
    lease taken(std::chrono::milliseconds for_time) {
        return locks.try_acquire({"a"}, {.owner = "desk 1", .lease = for_time}).leases().front();
    }
    stint::timestamp end() {
        auto const found = locks.find({"a"});
        return found.empty() ? stint::timestamp{} : found.front().until;
    }
    /// The server's process for the connection that renews.
    std::string renewing_process() {
        std::string process;
        CHECK(comes_true([&] {
            process = ask("SELECT min(pid) FROM pg_stat_activity WHERE pid <> pg_backend_pid() AND state = 'idle' AND "
                          "datname = current_database() AND "
                          "query LIKE '%UPDATE stint_locks%SET expires_at%'");
            return !process.empty();
        }));
        return process;
    }

    stint::lock_table locks{db()};

private:
    std::mutex        mutex_;
    std::string       told_;
    clock::time_point at_{};
};

}  // namespace

TEST_SUITE_BEGIN("lease_keeper");

TEST_CASE_FIXTURE(one_kept, "a keeper whose connection is killed opens another" * of_a_session) {
    lease_keeper keeper{locks, {.lease = 4s, .beat = 100ms}};
    auto const   mine = taken(4s);
    keeper.keep(mine, listener());
    auto const process = renewing_process();
    auto const before = db().counters();
    sql("SELECT pg_terminate_backend(" + process + ", 5000)");
    auto const then = end();
    CHECK(comes_true([&] { return end() > then; }));
    CHECK((db().counters() - before).connections == 1);
    CHECK(keeper.relies_on(mine));
    if (!told().empty()) CHECK(comes_true([&] { return told().ends_with("late, on time"); }));  // hit while it renewed
}

TEST_CASE_FIXTURE(one_kept, "who is renewed by a server that froze is told in time" * of_a_session) {
    lease_keeper keeper{locks, {.lease = 3s, .beat = 200ms, .margin = 1s}};
    auto const   mine = taken(3s);
    keeper.keep(mine, listener());
    auto const           process = renewing_process();
    auto const           then = clock::now();
    frozen_process const frozen{std::stoi(process)};
    if (!frozen.is_frozen()) {
        MESSAGE("skipped: the server's processes can't be stopped from here");
        return;
    }
    REQUIRE(comes_true([&] { return told().ends_with("late, unreachable"); }));
    CHECK(at() < then + 3s);
    CHECK_FALSE(keeper.relies_on(mine));
    CHECK(keeper.kept() == 0);
    CHECK(locks.find({"a"}).size() == 1);  // the others still see it held
}

TEST_SUITE_END();
