#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "../../locking/table/src/lease_book.hpp"

using namespace std::chrono_literals;
using stint::lease;
using stint::lease_book;
using stint::lease_news;
using stint::renewal;

namespace {

/// Leases of 30 s, renewed every 10 s, to be relied on until 3 s before they end. An answer may take 8 s; after a
/// failure the next try comes 4 s later.
struct book_of_leases {
    lease_book book{{.beat = 10s, .margin = 3s, .patience = 8s, .pause = 4s}};

    static lease_book::time_point at(std::chrono::milliseconds moment) { return lease_book::time_point{1h + moment}; }
    static lease                  granted(std::string name, std::chrono::milliseconds ends) {
        return {.name = std::move(name), .owner = "ann", .fence = 1, .ends = stint::deadline::at(at(ends))};
    }

    void keep(lease const& first, std::chrono::milliseconds now = 0s) {
        book.keep(first, std::make_shared<stint::lease_keeper::listener const>(), at(now));
    }
    /// As the database answers a beat that began at this moment.
    void answer(std::chrono::milliseconds now, renewal::state state, lease const& answered) {
        book.begin_beat(at(now));
        book.end_beat(std::vector{renewal{.renewed = answered, .outcome = state}}, at(now));
    }
    /// "a late, b on time": all that is to be told.
    std::string words() {
        std::string result;
        while (auto const next = book.next_word())
            result += (result.empty() ? "" : ", ") + next->lease.name + ' ' + std::string(to_string(next->news));
        return result;
    }
};

}  // namespace

TEST_SUITE_BEGIN("lease_book");

TEST_CASE_FIXTURE(book_of_leases, "an empty book has nothing to do") {
    CHECK(book.next_beat() == lease_book::time_point::max());
    CHECK(book.next_check() == lease_book::time_point::max());
    CHECK(words().empty());
}

TEST_CASE_FIXTURE(book_of_leases,
                  "the first beat comes a beat after the first lease, or early enough for a short one") {
    keep(granted("a", 30s));
    CHECK(book.next_beat() == at(10s));
    keep(granted("b", 12s));
    CHECK(book.next_beat() == at(1s));  // 12 s, less the margin and the time for an answer
}

TEST_CASE_FIXTURE(book_of_leases, "a renewed lease is relied on until its new end, less the margin") {
    auto const first = granted("a", 30s);
    keep(first);
    CHECK(book.relies_on(first, at(26s)));
    CHECK_FALSE(book.relies_on(first, at(27s)));
    answer(10s, renewal::state::renewed, granted("a", 40s));
    CHECK(book.relies_on(first, at(36s)));
    CHECK_FALSE(book.relies_on(first, at(37s)));
    CHECK(book.next_beat() == at(20s));
    CHECK(words().empty());
}

TEST_CASE_FIXTURE(book_of_leases, "an answer that is older than what is known makes no lease shorter") {
    auto const first = granted("a", 30s);
    keep(first);
    answer(10s, renewal::state::renewed, granted("a", 20s));
    CHECK(book.relies_on(first, at(26s)));
}

TEST_CASE_FIXTURE(book_of_leases, "after a beat that failed all are late, until one succeeds; each is told once") {
    keep(granted("a", 30s));
    book.begin_beat(at(10s));
    book.fail_beat(at(11s));
    CHECK(words() == "a late");
    CHECK(book.next_beat() == at(15s));
    book.begin_beat(at(15s));
    book.be_late();
    CHECK(words().empty());
    keep(granted("b", 45s), 16s);
    CHECK(words() == "b late");
    book.end_beat(std::vector{renewal{.renewed = granted("a", 45s)}}, at(15s));
    CHECK(words() == "a on time");
    answer(25s, renewal::state::renewed, granted("b", 55s));
    CHECK(words() == "b on time");
}

TEST_CASE_FIXTURE(book_of_leases, "one whose window is over is unreachable, and that is the last word on it") {
    auto const first = granted("a", 30s);
    keep(first);
    CHECK(book.next_check() == at(27s));
    book.check(at(26s));
    CHECK(words().empty());
    book.check(at(27s));
    CHECK(book.kept() == 0);
    CHECK(words() == "a unreachable");
    CHECK_FALSE(book.forget(first).last);
}

TEST_CASE_FIXTURE(book_of_leases, "one that the database no longer has is lost, and isn't asked for again") {
    keep(granted("a", 30s));
    keep(granted("b", 30s));
    answer(10s, renewal::state::lost, granted("a", 30s));
    CHECK(book.begin_beat(at(20s)).size() == 1);
    CHECK(words() == "a lost");
}

TEST_CASE_FIXTURE(book_of_leases, "one that is being broken ends earlier, and is told once") {
    auto const first = granted("a", 30s);
    keep(first);
    answer(10s, renewal::state::ending, granted("a", 15s));
    CHECK(words() == "a ending");
    CHECK_FALSE(book.relies_on(first, at(12s)));
    answer(11s, renewal::state::ending, granted("a", 15s));
    CHECK(words().empty());
    book.check(at(12s));
    CHECK(words() == "a unreachable");
}

TEST_CASE_FIXTURE(book_of_leases, "one with which a flush is at work is asked for again soon") {
    auto const first = granted("a", 30s);
    keep(first);
    answer(10s, renewal::state::busy, first);
    CHECK(book.next_beat() == at(14s));
    CHECK(book.relies_on(first, at(26s)));
    CHECK(words().empty());
}

TEST_CASE_FIXTURE(book_of_leases,
                  "last words come before all others, and others about the same lease are not said any more") {
    keep(granted("a", 30s));
    keep(granted("b", 28s));
    book.begin_beat(at(10s));
    book.fail_beat(at(20s));
    book.check(at(25s));
    CHECK(words() == "b unreachable, a late");
}

TEST_CASE_FIXTURE(book_of_leases,
                  "what is kept again is another lease: answers to what was asked before don't touch it") {
    auto const first = granted("a", 30s);
    keep(first);
    book.begin_beat(at(10s));
    keep(granted("a", 40s), 11s);
    book.end_beat(std::vector{renewal{.renewed = first, .outcome = renewal::state::lost}}, at(10s));
    CHECK(words().empty());
    CHECK(book.relies_on(first, at(36s)));
}

TEST_CASE_FIXTURE(book_of_leases, "what is forgotten is told of nothing, and comes back as it was renewed last") {
    auto const first = granted("a", 30s);
    keep(first);
    answer(10s, renewal::state::renewed, granted("a", 40s));
    book.be_late();
    auto const forgotten = book.forget(first);
    REQUIRE(forgotten.last);
    CHECK(forgotten.last->ends.at() == at(40s));
    CHECK(forgotten.tell != nullptr);
    CHECK(words().empty());
    CHECK(book.next_beat() == lease_book::time_point::max());
}

TEST_SUITE_END();
