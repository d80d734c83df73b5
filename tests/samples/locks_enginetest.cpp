// Locks from one run of the program to a later one.
#include <doctest/doctest.h>

#include <regex>

#include "samples/accounting_fixture.hpp"

using nlohmann::json;

TEST_SUITE_BEGIN("accounting locks");

namespace {

struct lock_desk : accounting_fixture {
    lock_desk() { use_example(); }

    json        locks() const { return parsed(run("locks --json")); }
    std::string fence() const { return std::to_string(locks().at(0).at("fence").get<std::int64_t>()); }
};

/// Of a lock for 10 minutes.
bool tells_time_left(std::string const& text) {
    return std::regex_search(text, std::regex{"for another (10 min 0|9 min [0-9]+) s"});
}

}  // namespace

TEST_CASE_FIXTURE(lock_desk,
                  "a document is locked in one run, refused to others in the next, and processed in a third") {
    for (std::string const choice : {"", " --lock optimistic", " --lock pessimistic", " --lock mixed"}) {
        CAPTURE(choice);
        use_example();
        CHECK(run("lock document 1 --owner desk-7 --for 10m").exit_code == 0);

        auto const other = run("process 1 --owner desk-9" + choice);
        CHECK(other.exit_code == 1);
        CHECK(other.out.empty());
        CHECK(contains(other.err, "refused: "));
        CHECK(contains(other.err, "desk-7"));
        CHECK(tells_time_left(other.err));
        CHECK_FALSE(is_processed(1));
        CHECK(locks().at(0).at("owner") == "desk-7");

        auto const holder = run("process 1 --owner desk-7");
        CAPTURE(holder.err);
        CHECK(holder.exit_code == 0);
        CHECK(is_processed(1));
        CHECK(locks() == json::array());
    }
}

TEST_CASE_FIXTURE(lock_desk, "whoever works without any lock is not stopped by one") {
    CHECK(run("lock document 1 --owner desk-7").exit_code == 0);
    CHECK(run("process 1 --owner desk-9 --lock none").exit_code == 0);
    CHECK(is_processed(1));
}

TEST_CASE_FIXTURE(lock_desk, "a stock that is locked binds whoever would only check versions") {
    CHECK(run("lock stock 1 --owner desk-7 --for 10m").exit_code == 0);
    for (std::string const choice : {"", " --lock optimistic", " --lock pessimistic"}) {
        CAPTURE(choice);
        auto const other = run("process 1" + choice);
        CHECK(other.exit_code == 1);
        CHECK(contains(other.err, "desk-7"));
        CHECK(tells_time_left(other.err));
    }
    CHECK(locks().size() == 1);  // whoever is refused gives back what he had taken himself
    CHECK(quantity_of_stock(1) == "56.40");
}

TEST_CASE_FIXTURE(lock_desk, "under the mixed lock whoever was refused for a lock waits in line for it") {
    CHECK(run("lock stock 1 --owner desk-7 --for 2s").exit_code == 0);
    auto const end = run("process 1 --lock mixed");
    CHECK_MESSAGE(end.exit_code == 0, end.err);
    CHECK(contains(end.err, "stocks/1 is held by desk-7"));
    CHECK(contains(end.err, "once more"));
    CHECK(quantity_of_stock(1) == "40.80");
    CHECK(locks() == json::array());
}

TEST_CASE_FIXTURE(lock_desk, "whoever is told to wait processes when the lock is given back") {
    CHECK(run("lock document 1 --owner desk-7").exit_code == 0);
    program           waiting{with_database(words_of("process 1 --owner desk-9 --wait 30s"))};
    stint::lock_table table{db()};
    while (table.waiting_for("documents/1") != std::vector<std::string>{"desk-9"}) {}
    CHECK(locks().at(0).at("waiting") == json::array({"desk-9"}));

    CHECK(run("unlock document 1 --owner desk-7").exit_code == 0);
    auto const end = waiting.wait();
    CHECK_MESSAGE(end.exit_code == 0, end.err);
    CHECK(is_processed(1));
    CHECK(locks() == json::array());
}

TEST_CASE_FIXTURE(lock_desk, "locks are taken all or none") {
    CHECK(run("lock document 2 --owner desk-7").exit_code == 0);
    auto const other = run("lock document 1 2 --owner desk-9");
    CHECK(other.exit_code == 1);
    CHECK(contains(other.err, "documents/2 is held by desk-7"));
    CHECK(contains(other.err, "for another "));
    CHECK(locks().size() == 1);

    CHECK(parsed(run("lock document 1 2 --owner desk-7 --json")).size() == 2);
    CHECK(locks().size() == 2);
}

TEST_CASE_FIXTURE(lock_desk, "what isn't there can't be locked") {
    auto const document = run("lock document 99 --owner desk-7");
    CHECK(document.exit_code == 1);
    CHECK(contains(document.err, "there is no document 99"));
    CHECK(contains(run("lock stock 99 --owner desk-7").err, "there is no stock 99"));
    CHECK(locks() == json::array());
}

TEST_CASE_FIXTURE(lock_desk, "locks are listed for programs") {
    CHECK(locks() == json::array());
    CHECK(run("lock stock 2 --owner desk-7 --reason inventory --for 1h").exit_code == 0);
    auto const list = locks();
    REQUIRE(list.size() == 1);
    auto const& lock = list.at(0);
    CHECK(lock.at("name") == "stocks/2");
    CHECK(lock.at("owner") == "desk-7");
    CHECK(lock.at("reason") == "inventory");
    CHECK(lock.at("fence") > 0);
    CHECK(lock.at("since") < lock.at("until"));
    CHECK(lock.at("seconds_left") > 3500);
    CHECK(lock.at("seconds_left") <= 3600);
    CHECK(lock.at("broken_by") == "");
    CHECK(lock.at("waiting") == json::array());
}

TEST_CASE_FIXTURE(lock_desk, "locks are listed for people") {
    CHECK(run("lock document 2 1 --owner desk-7").exit_code == 0);
    auto const end = run("locks");
    CHECK(end.out.starts_with("lock         owner   label"));
    CHECK(contains(end.out, "\ndocuments/1  desk-7 "));
    CHECK(contains(end.out, "\ndocuments/2  desk-7 "));
    CHECK(contains(end.out, "9 min "));
}

TEST_CASE_FIXTURE(lock_desk, "only the holder gives a lock back, and all of them or none") {
    CHECK(run("lock document 1 --owner desk-7").exit_code == 0);
    auto const other = run("unlock document 1 --owner desk-9");
    CHECK(other.exit_code == 1);
    CHECK(contains(other.err, "desk-9 doesn't hold documents/1: documents/1 is held by desk-7"));

    auto const half = run("unlock document 1 2 --owner desk-7");
    CHECK(half.exit_code == 1);
    CHECK(contains(half.err, "desk-7 doesn't hold documents/2: nobody holds it"));
    CHECK(locks().size() == 1);

    CHECK(parsed(run("unlock document 1 --owner desk-7 --json")) == json{{"released", {"documents/1"}}});
    CHECK(locks() == json::array());
}

TEST_CASE_FIXTURE(lock_desk, "a lock is broken by its number") {
    CHECK(run("lock document 1 --owner desk-7").exit_code == 0);
    auto const end = run("break document 1 --by Ann --reason gone --fence " + fence());
    CHECK_MESSAGE(end.exit_code == 0, end.err);
    CHECK(contains(end.out, "documents/1 is taken from desk-7"));
    CHECK(locks() == json::array());

    CHECK(run("process 1 --owner desk-9").exit_code == 0);
}

TEST_CASE_FIXTURE(lock_desk, "a lock that has changed hands isn't broken") {
    CHECK(run("lock document 1 --owner desk-7").exit_code == 0);
    auto const stale = fence();
    CHECK(run("unlock document 1 --owner desk-7").exit_code == 0);
    auto const free = run("break document 1 --by Ann --fence " + stale);
    CHECK(free.exit_code == 1);
    CHECK(contains(free.err, "documents/1 isn't held with fence " + stale + " any more: nobody holds it"));

    CHECK(run("lock document 1 --owner desk-9").exit_code == 0);
    CHECK(fence() != stale);
    auto const other = run("break document 1 --by Ann --fence " + stale);
    CHECK(other.exit_code == 1);
    CHECK(contains(other.err, "documents/1 is held by desk-9"));
    CHECK(contains(other.err, "fence " + fence()));
    CHECK(locks().size() == 1);
}

TEST_CASE_FIXTURE(lock_desk, "whoever is given grace still finishes what is in hand") {
    CHECK(run("lock document 1 --owner desk-7").exit_code == 0);
    auto const broken = run("break document 1 --by Ann --grace 1m --json --fence " + fence());
    CHECK(broken.exit_code == 0);
    CHECK(parsed(broken).at("broken_by") == "Ann");
    CHECK(parsed(broken).at("seconds_left") <= 60);
    CHECK(locks().at(0).at("broken_by") == "Ann");
    CHECK(contains(run("process 1 --owner desk-9").err, "being broken by Ann"));

    auto const holder = run("process 1 --owner desk-7");
    CHECK_MESSAGE(holder.exit_code == 0, holder.err);
    CHECK(is_processed(1));
    CHECK(locks() == json::array());
}

TEST_CASE_FIXTURE(lock_desk, "new books know no locks") {
    CHECK(run("lock document 1 --owner desk-7").exit_code == 0);
    CHECK(run("init").exit_code == 0);
    CHECK(locks() == json::array());
}

TEST_SUITE_END();
