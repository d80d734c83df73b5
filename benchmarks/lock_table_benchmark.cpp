// What one acquire and one release cost against the same SQL by hand, and 1,000 locks at once against 1,000 one by one.
//
//     lock_table_benchmark [--json] [--rounds N]
//
// On a SQLite file in the temporary folder, and on the PostgreSQL server that STINT_TEST_POSTGRES names, if it names one. Medians of
// all rounds, the ways in turns. Nobody competes for the locks.

#include <array>
#include <cstdlib>
#include <filesystem>
#include <iostream>
#include <stdexcept>
#include <string>
#include <vector>

#include <stint/database.hpp>
#include <stint/lock_table.hpp>

#include "by_hand.hpp"
#include "in_turns.hpp"
#include "report.hpp"

namespace {

constexpr int  names_at_once = 1000;
constexpr int  names_in_use = 20'000;
constexpr auto goal_of_one = 1.2;

struct options {
    bool json = false;
    int  rounds = 2000;
};

class lock_table_benchmark {
public:
    lock_table_benchmark(stint::database& db, by_hand& hand, int rounds) : db_(db), hand_(hand), rounds_(rounds) {}

    std::vector<comparison> run() {
        compare_one(", known name", [](int) { return std::string("documents/1"); });
        compare_one(", new name", [](int round) { return "documents/new/" + std::to_string(round); });
        compare_many(", known names", [](int) { return std::string("stocks/"); });
        compare_many(", new names", [](int round) { return "stocks/new/" + std::to_string(round) + '/'; });
        fill();
        compare_one(", known, of 20,000", [](int) { return std::string("documents/1"); });
        return std::move(results_);
    }

private:
    stint::lock_request const me_{.owner = "me", .label = "Ann, desk 7", .reason = "editing"};

    template <class Name>
    void compare_one(std::string const& which, Name name) {
        way const by_stint = [&](int round) -> std::vector<duration> {
            stint::lease one;
            auto const   acquired = time_of([&] { one = acquire({name(round)}).front(); });
            return {acquired, time_of([&] { locks_.release({&one, 1}); })};
        };
        way const by_hand = [&](int round) -> std::vector<duration> {
            std::int64_t fence = 0;
            auto const   acquired = time_of([&] { fence = hand_.acquire(name(round)); });
            return {acquired, time_of([&] { hand_.release(name(round), fence); })};
        };
        auto const                took = medians_in_turns(std::array{by_stint, by_hand}, rounds_);
        std::vector<stint::lease> one;
        auto const                trips = trips_of([&] { one = acquire({name(-1)}); });
        add({.what = "acquire" + which,
             .stint = took[0][0],
             .other_way = "by hand",
             .other = took[1][0],
             .goal = goal_of_one,
             .round_trips = trips});
        add({.what = "release" + which,
             .stint = took[0][1],
             .other_way = "by hand",
             .other = took[1][1],
             .round_trips = trips_of([&] { locks_.release(one); })});
    }

    template <class Prefix>
    void compare_many(std::string const& which, Prefix prefix) {
        way const at_once = [&](int round) -> std::vector<duration> {
            std::vector<stint::lease> all;
            auto const                took = time_of([&] { all = acquire(names(prefix(round) + "a/")); });
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
        auto const                took = medians_in_turns(std::array{at_once, one_by_one}, std::max(5, rounds_ / 100));
        std::vector<stint::lease> all;
        auto const                trips = trips_of([&] { all = acquire(names(prefix(-1) + "a/")); });
        add({.what = "acquire 1,000" + which,
             .stint = took[0][0],
             .other_way = "one by one",
             .other = took[1][0],
             .round_trips = trips});
        add({.what = "release 1,000" + which,
             .stint = took[0][1],
             .other_way = "one by one",
             .other = took[1][1],
             .round_trips = trips_of([&] { locks_.release(all); })});
    }

    /// What a table remembers after some months.
    void fill() {
        for (int i = 0; i < names_in_use / names_at_once; ++i)
            locks_.release(acquire(names("filled/" + std::to_string(i) + '/')));
        db_.lend()->execute("ANALYZE stint_locks", stint::deadline::none());
        hand_.fill(names_in_use);
    }

    std::vector<stint::lease> acquire(std::vector<std::string> wanted) {
        auto const answer = locks_.try_acquire(std::move(wanted), me_);
        if (!answer) throw stint::lock_refused({}, answer.holders());
        return answer.leases();
    }

    template <class Step>
    int trips_of(Step step) {
        auto const before = db_.counters();
        step();
        return static_cast<int>((db_.counters() - before).round_trips);
    }
    static std::vector<std::string> names(std::string const& prefix) {
        std::vector<std::string> result;
        for (int i = 0; i < names_at_once; ++i) result.push_back(prefix + std::to_string(i));
        return result;
    }
    void add(comparison one) {
        one.engine = db_.kind().name();
        results_.push_back(std::move(one));
    }

    stint::database&        db_;
    stint::lock_table       locks_{db_};
    by_hand&                hand_;
    int                     rounds_;
    std::vector<comparison> results_{};
};

std::vector<comparison> measure(std::string const& url, by_hand& hand, int rounds) {
    stint::database db{url};
    stint::drop_lock_tables(db);
    stint::create_lock_tables(db);
    auto results = lock_table_benchmark{db, hand, rounds}.run();
    stint::drop_lock_tables(db);
    return results;
}

std::vector<comparison> measure_sqlite(int rounds) {
    std::string folder = (std::filesystem::temp_directory_path() / "stint-benchmark-XXXXXX").string();
    if (mkdtemp(folder.data()) == nullptr) throw std::runtime_error("no temporary folder");
    auto hand = by_hand_in_sqlite(folder + "/by_hand.db");
    auto results = measure("sqlite:" + folder + "/stint.db", *hand, rounds);
    hand.reset();
    std::filesystem::remove_all(folder);
    return results;
}

options read(std::vector<std::string> const& words) {
    options given;
    for (std::size_t i = 0; i < words.size(); ++i) {
        if (words[i] == "--json") {
            given.json = true;
        } else if (words[i] == "--rounds" && i + 1 < words.size()) {
            given.rounds = std::stoi(words[++i]);
        } else {
            throw std::invalid_argument(words[i] + " is unknown: lock_table_benchmark [--json] [--rounds N]");
        }
    }
    return given;
}

}  // namespace

int main(int count, char** words) try {
    auto const given = read({words + 1, words + count});
    auto       results = measure_sqlite(given.rounds);
    if (auto const* url = std::getenv("STINT_TEST_POSTGRES")) {
        auto hand = by_hand_in_postgresql(url);
        for (auto& one : measure(url, *hand, given.rounds)) results.push_back(std::move(one));
    } else {
        std::cerr << "without PostgreSQL: STINT_TEST_POSTGRES names no server\n";
    }
    given.json ? print_json(std::cout, results) : print_table(std::cout, results);
} catch (std::exception const& e) {
    std::cerr << e.what() << '\n';
    return 3;
}
