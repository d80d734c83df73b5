// What one acquire and one release cost against the same SQL by hand, and 1,000 locks at once against 1,000 one by one.
// Nobody competes for the locks.

#include <array>
#include <string>
#include <vector>

#include <stint/database.hpp>
#include <stint/extension/engine.hpp>
#include <stint/lock_table.hpp>

#include "by_hand/locks.hpp"
#include "suites.hpp"
#include "support/delay_proxy.hpp"
#include "support/kept_cores.hpp"
#include "support/numbered.hpp"
#include "support/place.hpp"

namespace bench {

namespace {

constexpr int names_at_once = 1000;
constexpr int names_in_use = 20'000;

/// The locks of one database, and the same by hand.
class lock_comparison {
public:
    lock_comparison(measuring& run, std::string prefix, stint::database& db, locks_by_hand& hand)
        : run_(run), prefix_(std::move(prefix)), db_(db), hand_(hand) {}

    void compare_over_network() {
        compare_one("known name", [](int) { return std::string("documents/1"); });
        compare_many("known names", [](int) { return std::string("stocks/"); });
    }

    void compare_one_and_many() {
        compare_one("known name", [](int) { return std::string("documents/1"); });
        compare_one("new name", [](int round) { return numbered("documents/new/", round); });
        compare_many("known names", [](int) { return std::string("stocks/"); });
        if (!run_.quick()) compare_many("new names", [](int round) { return numbered("stocks/new/", round) + '/'; });
        fill();
        compare_one("known name of 20,000", [](int) { return std::string("documents/1"); });
        compare_one("20,000 in turn", [](int round) { return numbered("filled/", 1 + round * 7919 % names_in_use); });
    }

private:
    stint::lock_request const me_{.owner = "me", .label = "Ann, desk 7", .reason = "editing"};

    template <class Name>
    void compare_one(std::string const& which, Name name) {
        if (!run_.wants(prefix_ + "/lock " + which)) return;
        way const by_stint = [&](int round) -> std::vector<duration> {
            std::vector<stint::lease> one;
            auto const                acquired = time_of([&] { one = acquire({name(round)}); });
            return {acquired, time_of([&] { locks_.release(one); })};
        };
        way const by_hand = [&](int round) -> std::vector<duration> {
            std::int64_t fence = 0;
            auto const   acquired = time_of([&] { fence = hand_.acquire(name(round)); });
            return {acquired, time_of([&] { hand_.release(name(round), fence); })};
        };
        auto const took = medians_in_turns(std::array{by_stint, by_hand}, run_.pace_for(std::chrono::seconds{2}));
        add("acquire " + which, took, 0, "by hand", at_most(1.2));
        add("release " + which, took, 1, "by hand", std::nullopt);
    }

    template <class Prefix>
    void compare_many(std::string const& which, Prefix prefix) {
        if (!run_.wants(prefix_ + "/lock 1,000 " + which)) return;
        way const at_once = [&](int round) -> std::vector<duration> {
            std::vector<stint::lease> all;
            auto const                wanted = names(prefix(round) + "a/");
            auto const                took = time_of([&] { all = acquire(wanted); });
            return {took, time_of([&] { locks_.release(all); })};
        };
        way const one_by_one = [&](int round) -> std::vector<duration> {
            std::vector<stint::lease> all;
            auto const                wanted = names(prefix(round) + "b/");
            auto const                took = time_of([&] {
                for (auto const& one : wanted) all.push_back(acquire({one}).front());
            });
            return {took, time_of([&] {
                        for (auto const& one : all) locks_.release({&one, 1});
                    })};
        };
        auto const took = medians_in_turns(std::array{at_once, one_by_one}, run_.pace_for());
        add("acquire 1,000 " + which, took, 0, "one by one", std::nullopt);
        add("release 1,000 " + which, took, 1, "one by one", std::nullopt);
        if (db_.kind().name() == "postgresql") count_trips(which, names(prefix(-1) + "a/"));
    }

    void count_trips(std::string const& which, std::vector<std::string> const& wanted) {
        auto const before = db_.counters();
        auto const all = acquire(wanted);
        auto const trips = (db_.counters() - before).round_trips;
        locks_.release(all);
        run_.add({.name = prefix_ + "/acquire 1,000 " + which,
                  .stint = static_cast<double>(trips),
                  .unit = "trips",
                  .wanted = at_most(1)});
    }

    /// What a table remembers after some months: the same names in both.
    void fill() {
        std::vector<std::string> all;
        for (int i = 1; i <= names_in_use; ++i) {
            all.push_back(numbered("filled/", i));
            if (all.size() < names_at_once) continue;
            locks_.release(acquire(all));
            all.clear();
        }
        hand_.fill(names_in_use);
        db_.lend()->execute(db_.kind().name() == "postgresql" ? "VACUUM ANALYZE" : "ANALYZE", stint::deadline::none());
    }

    std::vector<stint::lease> acquire(std::vector<std::string> wanted) {
        auto const answer = locks_.try_acquire(std::move(wanted), me_);
        if (!answer) throw stint::lock_refused({}, answer.holders());
        return answer.leases();
    }

    static std::vector<std::string> names(std::string const& prefix) {
        std::vector<std::string> result;
        for (int i = 0; i < names_at_once; ++i) result.push_back(numbered(prefix, i));
        return result;
    }

    void add(std::string const& what, std::vector<std::vector<duration>> const& took, std::size_t part,
             std::string other, std::optional<goal> wanted) {
        run_.add({.name = prefix_ + '/' + what,
                  .stint = took[0][part].count(),
                  .other = took[1][part].count(),
                  .other_name = std::move(other),
                  .wanted = wanted});
    }

    measuring&        run_;
    std::string       prefix_;
    stint::database&  db_;
    stint::lock_table locks_{db_};
    locks_by_hand&    hand_;
};

}  // namespace

void lock_table_benchmark(measuring& run) {
    place file{""};
    stint::create_lock_tables(file.db());
    lock_comparison{run, "sqlite", file.db(), *locks_in_sqlite(file.path())}.compare_one_and_many();
    if (!run.has_server()) return;

    kept_cores const kept{run.server(), cores::shared};
    place            here{run.server()};
    stint::create_lock_tables(here.db());
    lock_comparison{run, "postgresql", here.db(), *locks_in_postgresql(here.url())}.compare_one_and_many();

    delay_proxy     network{run.server(), std::chrono::milliseconds{1}};
    place           far{run.server()};
    auto const      url = far.url_through(network.port());
    stint::database db{url};
    stint::create_lock_tables(db);
    lock_comparison{run, "postgresql+1ms", db, *locks_in_postgresql(url)}.compare_over_network();
}

}  // namespace bench
