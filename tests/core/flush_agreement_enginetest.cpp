#include <doctest/doctest.h>

#include <cstdint>
#include <cstdlib>

#include <stint/database.hpp>

#include "../support/random_batch.hpp"
#include "../support/trial_tables.hpp"

// Whatever a batch says, an engine's own way to flush answers what the portable one answers, and leaves the same rows.

namespace {

auto const no_deadline = stint::deadline::none();

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
        auto const one = engines_.db().lend();
        auto const other = portable_.db().lend();
        auto const answer = trial_tables::answer([&] { return one->flush(trial.batch, no_deadline); });
        CHECK(answer == trial_tables::answer([&] { return other->flush_portably(trial.batch, no_deadline); }));
        CHECK(one->is_clean());
        return answer;
    }
    void compare() { CHECK(trial_tables::contents(engines_) == trial_tables::contents(portable_)); }

private:
    scratch_database engines_, portable_;
};

struct counted {
    int done = 0, refused = 0, failed = 0;

    void count(std::string const& answer) {
        ++(answer.starts_with("done") ? done : answer.starts_with("refused") ? refused : failed);
    }
};

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
}
