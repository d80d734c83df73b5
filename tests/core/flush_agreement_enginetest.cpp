#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <map>
#include <regex>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include <stint/database.hpp>

#include "../support/random_batch.hpp"
#include "../support/trial_tables.hpp"

// Whatever a batch says, an engine's own way to flush answers what the portable one answers, and leaves the same rows.

namespace {

auto const no_deadline = stint::deadline::none();

bool is_of_value(std::string const& answer) {
    return answer.find("value_error") != std::string::npos;
}

/// Which numbers a sequence gives to which rows is nobody's business: they are named in the order in which they are
/// told.
class key_names {
public:
    std::string operator()(std::string const& text) {
        std::string result;
        auto        from = text.begin();
        std::smatch found;
        for (; std::regex_search(from, text.end(), found, given_by_a_sequence_); from = found[0].second) {
            result.append(from, found[0].first);
            auto const number = names_.emplace(found.str(), names_.size()).first->second;
            result += "new" + std::to_string(number);
        }
        return result.append(from, text.end());
    }

private:
    std::regex                         given_by_a_sequence_{"\\b9[01]00000[0-9][0-9]\\b"};
    std::map<std::string, std::size_t> names_;
};

std::string sorted(std::string const& lines) {
    std::istringstream       in(lines);
    std::vector<std::string> all;
    for (std::string line; std::getline(in, line);) all.push_back(line);
    std::ranges::sort(all);
    std::string result;
    for (auto const& line : all) result += line + '\n';
    return result;
}

class two_databases {
public:
    two_databases() {
        trial_tables::create(engines_);
        trial_tables::create(portable_);
    }

    /// What became of the engine's flush.
    std::string flush(random_batch const& trial) {
        trial_tables::refill(engines_, trial.before);
        trial_tables::refill(portable_, trial.before);
        auto const link = engines_.db().lend();
        auto const other = portable_.db().lend();
        engine_keys_ = portable_keys_ = {};
        auto const before = more_written();
        auto const answer = engine_keys_(trial_tables::answer([&] { return link->flush(trial.batch, no_deadline); }));
        auto const expected = portable_keys_(
            trial_tables::answer([&] { return other->flush_portably(trial.batch, no_deadline); }));
        // A value that fits nowhere can be told before anything is sent, and before a row is found to be stale.
        bool const told_early = is_of_value(answer) && expected.starts_with("refused");
        if (!told_early) CHECK(answer == expected);
        CHECK(link->is_clean());
        if (!scratch_database::is_postgresql() && answer.starts_with("done")) CHECK(more_written() == before);
        return answer;
    }
    void compare() {
        CHECK(sorted(engine_keys_(trial_tables::contents(engines_))) ==
              sorted(portable_keys_(trial_tables::contents(portable_))));
    }

private:
    // One statement may write many rows, and need not answer their keys; what failed may have been tried twice.
    std::uint64_t more_written() { return (engines_.db().counters() - portable_.db().counters()).rows_written; }

    key_names        engine_keys_, portable_keys_;
    scratch_database engines_, portable_;
};

struct counted {
    int done = 0, refused = 0, failed = 0;

    void count(std::string const& answer) {
        ++(answer.starts_with("done") ? done : answer.starts_with("refused") ? refused : failed);
    }
};

// Item 1 differs from all that no item is, said in every order of three to five columns.
void add_guards_of_all_orders(stint::write_batch& to) {
    using namespace trial_tables;
    std::vector<std::pair<stint::column, stint::value>> const all{
        {version, 99}, {name, "none"}, {quantity, stint::decimal{"-1"}}, {ratio, -1.0}, {seen, stint::timestamp{}}};
    std::vector<std::size_t> order{0, 1, 2, 3, 4};
    do {
        for (std::size_t columns = 3; columns <= order.size(); ++columns) {
            stint::row_shape          shape{.table = "items", .key = {id}};
            std::vector<stint::value> values;
            for (std::size_t i = 0; i < columns; ++i) {
                shape.conditions.push_back({all[order[i]].first, stint::condition::test::differs});
                values.push_back(all[order[i]].second);
            }
            to.add(to.shape(std::move(shape)), {1}, std::move(values));
        }
    } while (std::ranges::next_permutation(order).found);
}

std::uint32_t rounds() {
    return scratch_database::is_postgresql() ? 150 : 1000;
}

}  // namespace

TEST_SUITE("core: flush") {
    TEST_CASE("an engine's flush and the portable one agree on batches of every kind") {
        two_databases databases;
        counted       answers;
        for (std::uint32_t seed = 1; seed <= rounds(); ++seed) {
            auto const trial = random_batch::from(seed);
            INFO("random_batch::from(", seed, "):\n", to_string(trial.batch));
            answers.count(databases.flush(trial));
            databases.compare();
        }
        // Else the batches would say nothing.
        auto const few = static_cast<int>(rounds()) / 10;
        CHECK(answers.done > 3 * few);
        CHECK(answers.refused > 2 * few);
        CHECK(answers.failed > few / 2);
    }

    TEST_CASE("each row of a flush reads the database's clock anew") {
        using namespace trial_tables;
        using namespace std::chrono;
        scratch_database database;
        create(database);
        stint::write_batch batch;
        auto const         hold = batch.shape({.action = stint::row_action::insert,
                                               .table = "holds",
                                               .key = {kind, id},
                                               .assignments = {{owner}, {until, stint::assignment::source::clock}},
                                               .returning = {until}});
        for (std::int64_t key = 0; key < 1000; ++key)
            batch.add(hold, {std::string("items"), key}, {}, {std::string("me")});

        auto const start = floor<microseconds>(system_clock::now()).time_since_epoch().count();
        auto const outcome = database.db().lend()->flush(batch, no_deadline);
        REQUIRE(std::holds_alternative<stint::flush_done>(outcome));
        auto const& rows = std::get<stint::flush_done>(outcome).returned;
        CHECK(std::get<std::int64_t>(rows.front()[0]) >= start);
        CHECK(std::get<std::int64_t>(rows.front()[0]) < std::get<std::int64_t>(rows.back()[0]));
    }

    TEST_CASE("a batch may have more shapes than a connection keeps statements") {
        two_databases databases;
        random_batch  trial = random_batch::from(1);
        trial.batch = {};
        for (int i = 0; i < 2; ++i) add_guards_of_all_orders(trial.batch);
        REQUIRE(trial.batch.shapes().size() > 250);
        CHECK(databases.flush(trial).starts_with("done"));
    }
}
