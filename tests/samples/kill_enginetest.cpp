// Kill -9 at random moments, STINT_KILLS times (5): whatever dies, the books hold.
#include <doctest/doctest.h>

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <random>
#include <thread>

#include "samples/accounting_fixture.hpp"

TEST_SUITE_BEGIN("accounting kill");

namespace {

constexpr std::size_t documents = 1000;

int kills() {
    auto const* wanted = std::getenv("STINT_KILLS");
    return wanted != nullptr ? std::atoi(wanted) : 5;
}

struct killed_load : accounting_fixture {
    killed_load() { use_generated(5, documents); }

    std::vector<std::string> load() const { return with_database({"load", "--clerks", "4", "--processes", "3"}); }

    /// Waits until clerks have done a random number of documents, fewer than one worker has to do, and a little more.
    void wait_for_a_moment() {
        static std::minstd_rand random{std::random_device{}()};
        auto const              enough = processed() + 1 + random() % (documents / 4);
        while (processed() < enough) {}
        std::this_thread::sleep_for(std::chrono::microseconds{random() % 3'000});
    }

    void start_over_when_done() {
        if (processed() > documents / 2) use_generated(5, documents);
    }

    void check_books() {
        auto const report = accounting::audit(db());
        CHECK_MESSAGE(report.ok(), report.complaint());
    }
};

}  // namespace

TEST_CASE_FIXTURE(killed_load, "after kill -9 of all processes of a load the books hold") {
    for (int i = 0; i < kills(); ++i) {
        start_over_when_done();
        program load{this->load()};
        wait_for_a_moment();
        ::kill(-load.process(), SIGKILL);
        CHECK(load.wait().exit_code == -1);
        check_books();
    }
    CHECK(accounting({"load"}).exit_code == 0);
    CHECK(processed() == documents);
}

TEST_CASE_FIXTURE(killed_load, "after kill -9 of a worker the others go on, the load tells, and the books hold") {
    for (int i = 0; i < kills(); ++i) {
        use_generated(5, documents);
        program load{this->load()};
        wait_for_a_moment();
        auto const workers = load.children();
        REQUIRE_FALSE(workers.empty());
        ::kill(workers.front(), SIGKILL);
        auto const end = load.wait();
        CHECK(end.exit_code == 3);
        CHECK(contains(end.err, "(process " + std::to_string(workers.front()) + "): was killed by signal 9"));
        CHECK(processed() >= documents / 2);
        check_books();
    }
}

TEST_CASE_FIXTURE(killed_load, "after kill -9 of the load its workers end, and the books hold") {
    for (int i = 0; i < kills(); ++i) {
        start_over_when_done();
        program load{this->load()};
        wait_for_a_moment();
        ::kill(load.process(), SIGKILL);
        CHECK(load.wait().exit_code == -1);  // waits for the workers too: they hold its standard error
        CHECK(processed() < documents);
        check_books();
    }
}

TEST_SUITE_END();
