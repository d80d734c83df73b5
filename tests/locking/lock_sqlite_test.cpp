// The lock table in one SQLite file for several processes, with its write-ahead log and without.

#include <deque>
#include <filesystem>

#include <doctest/doctest.h>

#include <stint/error.hpp>

#include "locking/ledger.hpp"
#include "locking/lock_scratch.hpp"
#include "support/partner.hpp"

using namespace std::chrono_literals;

namespace {

constexpr int processes = 4, rounds = 12;

/// Lets processes work on the same pages; their history, without any error.
std::vector<grant> history_of_work(std::string const& url, std::vector<std::string> const& further) {
    std::vector<std::string> arguments{url};
    arguments.insert(arguments.end(), further.begin(), further.end());
    std::deque<partner> all;
    for (int i = 0; i < processes; ++i)
        all.emplace_back(LOCK_ACTOR, arguments)
            .say("work p" + std::to_string(i) + " 2 " + std::to_string(rounds) + " 60000 1 0 0");
    std::vector<grant> history;
    for (auto& process : all) {
        for (auto line = process.hear(); line != "done"; line = process.hear()) {
            INFO(line);
            REQUIRE(line.rfind("page/", 0) == 0);
            history.push_back(grant_from(line));
        }
    }
    return history;
}

void check(std::string const& url, std::vector<grant> const& history) {
    stint::database db{url};
    ledger          pages{db};
    CHECK(history.size() == processes * rounds);
    CHECK(pages.written() == processes * rounds);
    CHECK(pages.twice() == 0);
    CHECK(pages.falling() == 0);
    CHECK(overlaps(history).empty());
    CHECK(falling_fences(history).empty());
}

struct folder {
    folder() {
        std::string pattern = (std::filesystem::temp_directory_path() / "stint-test-XXXXXX").string();
        REQUIRE(mkdtemp(pattern.data()) != nullptr);
        path = pattern;
    }
    ~folder() { std::filesystem::remove_all(path); }

    std::filesystem::path path;
    std::string           url() const { return "sqlite:" + (path / "scratch.db").string(); }
};

}  // namespace

TEST_SUITE_BEGIN("lock_sqlite");

TEST_CASE_FIXTURE(folder, "processes share a file with a write-ahead log, and nobody is told that it is busy") {
    {
        partner first{LOCK_ACTOR, {url()}};
        REQUIRE(first.ask("create") == "created");
        CHECK(first.ask("journal") == "wal");
    }
    check(url(), history_of_work(url(), {}));
}

TEST_CASE_FIXTURE(folder, "processes share a file with a rollback journal, and nobody is told that it is busy") {
    {
        partner first{LOCK_ACTOR, {url(), "--no-wal"}};
        REQUIRE(first.ask("create") == "created");
        CHECK(first.ask("journal") == "delete");
    }
    auto const history = history_of_work(url(), {"--no-wal"});
    {
        partner last{LOCK_ACTOR, {url(), "--no-wal"}};
        CHECK(last.ask("journal") == "delete");
    }
    check(url(), history);
}

TEST_CASE_FIXTURE(lock_scratch, "a file that somebody writes to for long is no lock that is held") {
    auto const other = db().connect();
    other->begin(stint::isolation::read_committed, stint::deadline::none());
    auto const began = stint::deadline::clock::now();
    CHECK_THROWS_AS(locks.try_acquire({"a"}, {.owner = "ann"}, stint::deadline::after(100ms)),
                    stint::deadline_exceeded);
    CHECK(stint::deadline::clock::now() - began < 20s);
    CHECK(locks.list().empty());  // reading goes on
    other->rollback();
    CHECK(locks.try_acquire({"a"}, {.owner = "ann"}, stint::deadline::after(100s)));
}

TEST_CASE_FIXTURE(lock_scratch, "a file that may only be read refuses a lock at once") {
    stint::database   reader{url() + "?mode=ro"};
    stint::lock_table table{reader};
    CHECK(table.list().empty());
    CHECK_THROWS_AS(table.try_acquire({"a"}, {.owner = "ann"}), stint::access_denied);
    CHECK_THROWS_AS(table.acquire({"a"}, {.owner = "ann"}, stint::deadline::after(1h)), stint::access_denied);
}

TEST_SUITE_END();
