// One at a time, in threads and in processes, also when they stop, die, or let their locks expire. What counts is the
// data that the locks protect (ledger.hpp) and the history of the grants (grant_history.hpp), not what the lock table
// answers.

#include <algorithm>
#include <atomic>
#include <deque>
#include <mutex>
#include <shared_mutex>

#include <doctest/doctest.h>

#include "locking/ledger.hpp"
#include "locking/lock_scratch.hpp"
#include "support/numbered.hpp"
#include "support/partner.hpp"

using namespace std::chrono_literals;
using lines = std::vector<std::string>;

namespace {

constexpr int workers = 4;

struct shared_pages : lock_scratch {
    shared_pages() { pages.create(); }

    ledger pages{db()};

    std::vector<grant> in_worker_threads(work_plan const& plan) {
        stint::database    others{url(), {.connections = workers}};
        stint::lock_table  table{others};
        ledger             same_pages{others};
        std::mutex         mutex;
        std::vector<grant> history;
        in_threads(workers, [&](int number) {
            auto const done = carry_out(plan, numbered("w", number), table, same_pages);
            auto const hold = std::lock_guard(mutex);
            history.insert(history.end(), done.begin(), done.end());
        });
        return history;
    }

    partner& started(std::deque<partner>& actors) {
        return actors.emplace_back(LOCK_ACTOR, std::vector<std::string>{url()});
    }

    static std::string order_of(work_plan const& plan, int number) {
        std::string order = "work p" + std::to_string(number);
        for (auto const word : {plan.pages, plan.rounds, static_cast<int>(plan.lease.count()), plan.renews ? 1 : 0,
                                plan.leaves, plan.stops})
            order += ' ' + std::to_string(word);
        return order;
    }

    void check_pages() {
        CHECK(pages.twice() == 0);
        CHECK(pages.falling() == 0);
    }
};

std::vector<grant> history_of(partner& actor) {
    std::vector<grant> result;
    std::string        line;
    while ((line = actor.hear()) != "done") {
        INFO(line);
        REQUIRE(line.rfind("page/", 0) == 0);
        result.push_back(grant_from(line));
    }
    return result;
}

/// As if nobody looked when a lock ends: whatever is granted counts as expired for everybody else at once.
void forget_when_locks_end(scratch_database& at) {
    if (!at.is_postgresql()) {
        at.sql("CREATE TRIGGER forget_new AFTER INSERT ON stint_locks BEGIN "
               "UPDATE stint_locks SET expires_at = 1 WHERE resource = NEW.resource; END");
        at.sql("CREATE TRIGGER forget_old AFTER UPDATE ON stint_locks BEGIN "
               "UPDATE stint_locks SET expires_at = 1 WHERE resource = NEW.resource; END");
        return;
    }
    at.sql("CREATE FUNCTION forget() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN "
           "UPDATE stint_locks SET expires_at = ''epoch'' WHERE resource = NEW.resource; RETURN NULL; END'");
    at.sql("CREATE TRIGGER forget AFTER INSERT OR UPDATE ON stint_locks FOR EACH ROW WHEN (pg_trigger_depth() = 0) "
           "EXECUTE FUNCTION forget()");
}

}  // namespace

TEST_SUITE_BEGIN("lock_exclusion");

TEST_CASE_FIXTURE(shared_pages, "threads that share pages under locks write every number once") {
    auto const history = in_worker_threads({.pages = 2, .rounds = 20});
    CHECK(history.size() == workers * 20);
    CHECK(pages.written() == workers * 20);
    check_pages();
    CHECK(overlaps(history) == lines{});
    CHECK(falling_fences(history) == lines{});
}

TEST_CASE_FIXTURE(shared_pages, "processes that share pages under locks write every number once") {
    constexpr int      processes = 3;
    work_plan const    plan{.pages = 2, .rounds = 20};
    std::vector<grant> history;
    {
        std::deque<partner> actors;
        for (int i = 0; i < processes; ++i) started(actors).say(order_of(plan, i));
        history = in_worker_threads(plan);
        for (auto& actor : actors)
            for (auto const& granted : history_of(actor)) history.push_back(granted);
    }
    CHECK(history.size() == (processes + workers) * 20);
    CHECK(pages.written() == (processes + workers) * 20);
    check_pages();
    CHECK(overlaps(history) == lines{});
    CHECK(falling_fences(history) == lines{});
}

TEST_CASE_FIXTURE(shared_pages,
                  "a process that was stopped longer than its lease finds its lock lost before it writes") {
    partner    sleeper{LOCK_ACTOR, {url()}};
    auto const granted = sleeper.ask("acquire page/0 sleeper 300");
    REQUIRE(granted.rfind("granted ", 0) == 0);
    auto const fence = granted.substr(8);
    auto const seen = pages.last_number("page/0");
    sleeper.stop();

    auto const next = locks.acquire({"page/0"}, {.owner = "next"}, stint::deadline::after(100s));
    CHECK(next.front().fence > std::stoll(fence));
    pages.write("page/0", seen + 1, next.front().fence);
    sleeper.go_on();
    CHECK(sleeper.ask("renew page/0 sleeper " + fence + " 60000") == "lost");
    CHECK(sleeper.ask("release page/0 sleeper " + fence) == "lost");
    CHECK(sleeper.ask("acquire page/0 sleeper 60000") == "refused next");
    CHECK(locks.release(next).empty());
    auto const again = sleeper.ask("acquire page/0 sleeper 60000");
    REQUIRE(again.rfind("granted ", 0) == 0);
    CHECK(std::stoll(again.substr(8)) > next.front().fence);
    check_pages();
}

TEST_CASE_FIXTURE(shared_pages,
                  "processes that stop in the middle of their work and come back late write nothing twice") {
    constexpr int       processes = 3;
    std::deque<partner> actors;
    for (int i = 0; i < processes; ++i)
        started(actors).say(order_of({.pages = 2, .rounds = 12, .lease = 150ms, .renews = true, .stops = 6}, i));

    // Whoever stops is woken when his lock is his no more. All have ended when nobody holds a lock and all was tried.
    int        late = 0;
    auto const wake = [&](int number) {
        if (!actors[static_cast<std::size_t>(number)].has_stopped()) return;
        auto const holds_one = [&] {
            auto const held = locks.list();
            return std::ranges::any_of(
                held, [&](auto const& lock) { return lock.owner.rfind(numbered("p", number) + '.', 0) == 0; });
        };
        REQUIRE(comes_true([&] { return !holds_one(); }));
        ++late;
        actors[static_cast<std::size_t>(number)].go_on();
    };
    std::atomic<int>   running{processes};
    std::mutex         mutex;
    std::vector<grant> history;
    auto const         hear = std::async(std::launch::async, [&] {
        in_threads(processes, [&](int number) {
            auto const done = history_of(actors[static_cast<std::size_t>(number)]);
            auto const hold = std::lock_guard(mutex);
            history.insert(history.end(), done.begin(), done.end());
            --running;
        });
    });
    while (running > 0)
        for (int i = 0; i < processes; ++i) wake(i);
    hear.wait();

    CHECK(late > 0);
    CHECK(history.size() == processes * 12);
    CHECK(pages.written() <= processes * 12 - late);
    CHECK(pages.written() > 0);
    check_pages();
    CHECK(overlaps(history) == lines{});
    CHECK(falling_fences(history) == lines{});
}

TEST_CASE_FIXTURE(shared_pages,
                  "what killed processes held becomes free when it expires, and nothing is written twice") {
    constexpr int       processes = 3;
    work_plan const     plan{.pages = 2, .rounds = 100'000, .lease = 500ms};
    std::deque<partner> actors;
    int                 last = 0;
    for (; last < processes; ++last) started(actors).say(order_of(plan, last));
    for (int kills = 0; kills < 3; ++kills) {
        auto const before = pages.written();
        REQUIRE(comes_true([&] { return pages.written() > before + 3; }));
        actors.front().kill();
        actors.pop_front();
        started(actors).say(order_of(plan, last++));
    }
    auto const before = pages.written();
    REQUIRE(comes_true([&] { return pages.written() > before + 3; }));
    actors.clear();
    CHECK(comes_true([&] { return locks.list().empty(); }));
    check_pages();
}

TEST_CASE_FIXTURE(shared_pages, "the history of the grants can be true where locks are left to expire") {
    auto const history = in_worker_threads({.pages = 2, .rounds = 25, .lease = 60ms, .renews = true, .leaves = 5});
    CHECK(history.size() == workers * 25);
    CHECK(overlaps(history) == lines{});
    CHECK(falling_fences(history) == lines{});
    check_pages();
}

TEST_CASE_FIXTURE(shared_pages, "on a lock table that forgets when locks end the history of the grants can't be true") {
    forget_when_locks_end(*this);
    auto const history = in_worker_threads({.pages = 1, .rounds = 25});
    CHECK(overlaps(history).size() > 0);
    CHECK(pages.twice() > 0);
}

TEST_CASE_FIXTURE(shared_pages, "fences rise while locks are released, broken, left to expire and purged") {
    constexpr int takers = 3, rounds = 15;
    std::shared_mutex
               under_way;  // no round is under way while times are made older: a fence is drawn, and then written
    std::mutex mutex;
    std::vector<grant> history;
    std::size_t        purged = 0;  // guarded by under_way
    stint::database    others{url(), {.connections = takers}};
    stint::lock_table  table{others};

    // A third is left to expire, a third for others to break, a third is released.
    auto const took = [&](int number, int round) {
        auto const hold = std::shared_lock(under_way);
        auto const owner = std::to_string(number) + '.' + std::to_string(round);
        auto const asked = grant::time::clock::now();
        auto       answer = table.try_acquire(
            {"a"}, {.owner = owner, .label = round % 3 == 1 ? "stays" : "", .lease = round % 3 == 0 ? 20ms : 60'000ms});
        if (answer) {
            {
                auto const alone = std::lock_guard(mutex);
                history.push_back({"a", owner, answer.leases().front().fence, asked, grant::time::clock::now(), {}});
            }
            if (round % 3 == 2) table.release(answer.leases());
        } else {
            for (auto const& holder : answer.holders())
                if (holder.label == "stays") table.break_lock("a", holder.fence, {.breaker = std::to_string(number)});
        }
        return static_cast<bool>(answer);
    };
    // Whatever state the last round left the lock in is long over, so the first purge always finds its record.
    auto const purge = [&] {
        auto const hold = std::lock_guard(under_way);
        sql("UPDATE stint_locks SET acquired_at = " + in_seconds(-3600s) + ", expires_at = " + in_seconds(-3600s));
        purged += table.purge(1min);
    };
    in_threads(takers, [&](int number) {
        for (int round = 0; round < rounds;) {
            if (!took(number, round)) continue;
            if (++round % 5 == 0) purge();
        }
    });
    CHECK(history.size() == takers * rounds);
    CHECK(falling_fences(history) == lines{});
    CHECK(purged > 0);
}

TEST_SUITE_END();
