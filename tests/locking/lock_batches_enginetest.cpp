// Many locks at once, in any order, against everything else that touches many: nobody waits for each other in a circle,
// nobody gets a part.

#include <algorithm>
#include <atomic>
#include <random>

#include <doctest/doctest.h>

#include "../support/of_a_session.hpp"
#include "locking/ledger.hpp"
#include "locking/lock_scratch.hpp"

using namespace std::chrono_literals;

namespace {

constexpr int clerks = 4;

std::string with_parameter(std::string const& url, std::string const& parameter) {
    return url + (url.find('?') == std::string::npos ? "?" : "&") + parameter;
}

/// A deadlock is found after 10 ms, not after 1 s, so that there can be many.
std::string impatient(std::string const& url) {
    if (!scratch_database::is_postgresql()) return url;
    auto const at = url.find("options=");
    return with_parameter(url.substr(0, at) + "options=-cdeadlock_timeout%3D10ms%20" + url.substr(at + 8),
                          "application_name=stint_batches");
}

std::vector<std::string> some_names(std::minstd_rand& random) {
    std::vector<std::string> names;
    for (auto count = 2 + random() % 6; count > 0; --count) names.push_back("batch/" + std::to_string(random() % 12));
    return names;
}

struct batches : lock_scratch {
    batches() { pages.create(); }

    ledger                           pages{db()};
    std::atomic<bool>                over{false};
    std::atomic<int>                 granted{0}, refused{0}, blameless{0}, lines{0};
    std::unique_ptr<stint::database> others = std::make_unique<stint::database>(
        impatient(url()), stint::database_options{.connections = clerks + 4});
    std::unique_ptr<stint::lock_table> of_others = std::make_unique<stint::lock_table>(*others);
    stint::lock_table&                 table = *of_others;

    /// Takes batches for business transactions of its own, and writes a line on each page of those that it got.
    void work_as(int number) {
        std::minstd_rand random{static_cast<unsigned>(number + 1)};
        ledger           same_pages{*others};
        for (int round = 0; !over; ++round) {
            auto const owner = std::to_string(number) + '.' + std::to_string(round);
            auto const wanted = some_names(random);
            auto const answer = table.try_acquire(wanted, {.owner = owner});
            if (!answer) {
                ++refused;
                check_refusal(answer, owner, wanted);
                continue;
            }
            ++granted;
            check_grant(answer, wanted);
            if (round % 4 == 0) write_on_all(answer.leases(), same_pages);
            if (round % 3 == 0) table.renew(answer.leases(), 10min);
            if (round % 3 == 1) table.renew_all(owner, 10min);
            if (round % 2 == 0) CHECK(table.release(answer.leases()).empty());
            else CHECK(table.release_all(owner) == answer.leases().size());
        }
    }

    void check_refusal(stint::lock_answer const& answer, std::string const& owner,
                       std::vector<std::string> const& wanted) {
        CHECK(table.list_of(owner).empty());
        if (answer.holders().empty()) ++blameless;
        for (auto const& lock : answer.holders()) {
            CHECK(lock.owner != owner);
            CHECK(std::ranges::find(wanted, lock.name) != wanted.end());
        }
    }

    static void check_grant(stint::lock_answer const& answer, std::vector<std::string> wanted) {
        std::ranges::sort(wanted);
        wanted.erase(std::unique(wanted.begin(), wanted.end()), wanted.end());
        std::vector<std::string> got;
        for (auto const& lease : answer.leases()) got.push_back(lease.name);
        CHECK(got == wanted);
    }

    void write_on_all(std::vector<stint::lease> const& leases, ledger& to) {
        std::vector<std::int64_t> numbers;
        for (auto const& lease : leases) numbers.push_back(to.last_number(lease.name));
        for (std::size_t i = 0; i < leases.size(); ++i) to.write(leases[i].name, numbers[i] + 1, leases[i].fence);
        lines += static_cast<int>(leases.size());
    }

    /// Locks of one owner on names that nobody else wants or that somebody may just release: all kinds of statements
    /// for many rows.
    void be_in_the_way(int number) {
        std::minstd_rand random{static_cast<unsigned>(100 + number)};
        auto const       owner = "tidier" + std::to_string(number);
        while (!over) {
            auto       names = some_names(random);
            auto const answer = table.try_acquire(
                names, {.owner = owner, .lease = std::chrono::milliseconds{1 + random() % 20}});
            table.renew_all(owner, 5ms);
            table.purge(1min);
            for (auto const& lock : answer.holders())
                if (lock.owner.rfind("tidier", 0) == 0) table.break_lock(lock.name, lock.fence, {.breaker = owner});
            table.release_all(owner);
        }
    }

    std::int64_t deadlocks() {
        return std::stoll(ask("SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"));
    }
};

}  // namespace

TEST_SUITE_BEGIN("lock_batches");

TEST_CASE_FIXTURE(batches,
                  "batches in any order, against all that touches many locks, never wait in a circle" * of_a_session) {
    auto const before = is_postgresql() ? deadlocks() : 0;
    in_threads(clerks + 3, [&](int number) {
        try {
            if (number < clerks) work_as(number);
            else if (number < clerks + 2) be_in_the_way(number);
            else std::this_thread::sleep_for(3s);
        } catch (...) {
            over = true;
            throw;
        }
        over = true;
    });
    CHECK(granted > 0);
    CHECK(refused > 0);
    CHECK(blameless == 0);
    CHECK(pages.written() == lines);
    CHECK(pages.twice() == 0);
    CHECK(pages.falling() == 0);
    CHECK(table.list().empty());

    of_others.reset();
    others.reset();  // servers' processes tell what they counted when they end
    if (!is_postgresql()) return;
    CHECK(comes_true(
        [&] { return ask("SELECT count(*) FROM pg_stat_activity WHERE application_name = 'stint_batches'") == "0"; }));
    CHECK(deadlocks() == before);
}

TEST_CASE_FIXTURE(batches, "one lock that is held refuses a batch, which then holds nothing, and the holder is named" *
                               of_a_session) {
    taken("batch/5", "ann");
    auto const answer = locks.try_acquire({"batch/9", "batch/5", "batch/1", "batch/9", "batch/10"}, {.owner = "bob"});
    REQUIRE_FALSE(answer);
    REQUIRE(answer.holders().size() == 1);
    CHECK(answer.holders().front().name == "batch/5");
    CHECK(answer.holders().front().owner == "ann");
    CHECK(locks.list_of("bob").empty());
    CHECK(locks.try_acquire({"batch/10", "batch/1", "batch/9"}, {.owner = "carl"}));
}

TEST_SUITE_END();
