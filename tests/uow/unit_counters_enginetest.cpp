// What a unit of work says that it asked of the database: neither less nor more.

#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <optional>
#include <thread>

#include <stint/events.hpp>
#include <stint/extension/flush_plan.hpp>
#include <stint/extension/unit_context.hpp>

#include "support/desks.hpp"

using namespace desks;
using namespace std::chrono_literals;
using stint::counters;
using stint::id;
using stint::unit_of_work;

TEST_SUITE_BEGIN("unit_of_work");

namespace {

stint::unit_options with(std::shared_ptr<stint::lock_strategy> lock, std::string owner) {
    stint::unit_options options;
    options.lock = std::move(lock);
    options.owner = std::move(owner);
    return options;
}

}  // namespace

TEST_CASE_FIXTURE(office, "a unit counts what it asked, and nothing of another unit") {
    auto const   before = db().counters();
    unit_of_work ann{db()}, bob{db()};
    CHECK(ann.counters() == counters{});

    auto const first = ann.get<note>(1);
    auto const of_ann = ann.counters();
    CHECK(of_ann.statements == 1);
    CHECK(of_ann.rows_read == 1);
    CHECK(of_ann.rows_written == 0);
    CHECK(of_ann.locked_for == 0ns);

    CHECK(bob.find<note>().size() == 2);
    bob.get<note>(1).edit().number = 7;
    bob.commit();
    CHECK(bob.counters().rows_read >= 2);
    CHECK(bob.counters().rows_written == 1);
    CHECK(bob.counters().locked_for > 0ns);
    CHECK(ann.counters() == of_ann);

    CHECK(ann.get<note>(1) == first);
    CHECK(ann.counters() == of_ann);  // not asked again
    CHECK(ann.reload(first));
    CHECK(ann.counters().rows_read == 2);
    CHECK(ann.counters() + bob.counters() == db().counters() - before);
}

TEST_CASE_FIXTURE(office, "a commit that is refused is counted, and what tells who is in the way") {
    auto const held = locks.try_acquire({"shelves/1"}, {.owner = "bob"});
    auto const before = db().counters();
    {
        unit_of_work ann{db()};
        ann.get<shelf>(1).edit().number = 7;
        auto const read = ann.counters();
        CHECK_THROWS_AS(ann.commit(), stint::conflict_error);
        auto const refused = ann.counters() - read;
        CHECK(refused.rows_written == 0);
        CHECK(refused.rows_read > 0);
        CHECK(refused.locked_for > 0ns);
        CHECK(ann.counters() == db().counters() - before);
    }
}

TEST_CASE_FIXTURE(office, "the locks that a unit takes and gives back are counted with it") {
    bool       by_table_of_others = false;
    auto const before = db().counters();
    SUBCASE("by a table of its own") {}
    SUBCASE("by a table that units share") {
        by_table_of_others = true;
    }
    auto const   lock = by_table_of_others ? std::make_shared<stint::implicit_lock>(locks)
                                           : std::make_shared<stint::implicit_lock>();
    unit_of_work ann{db(), with(lock, "ann")};
    auto const   drawn = ann.get<sheet>(1);
    CHECK(ann.counters().rows_written > 0);  // the lock
    CHECK(ann.counters() == db().counters() - before);

    ann.get<form>(1).edit().number = 7;
    drawn.edit().number = 7;
    ann.commit();
    CHECK(ann.counters() == db().counters() - before);

    ann.get<sheet>(2);
    ann.rollback();
    CHECK(ann.counters() == db().counters() - before);
    CHECK(held().empty());
}

TEST_CASE_FIXTURE(office, "what slots of its events ask is not the unit's") {
    unit_of_work                ann{db()};
    std::optional<unit_of_work> bob;
    ann.events().loaded.connect([&](auto const&) {
        db().lend()->execute("UPDATE shelves SET number = 5", stint::deadline::none());
        if (bob) return;
        bob.emplace(db());
        bob->find<shelf>();
    });
    auto const before = db().counters();
    ann.get<note>(1);
    CHECK(ann.counters().statements == 1);
    CHECK(ann.counters().rows_written == 0);
    CHECK(bob->counters().rows_read == 2);
    CHECK((db().counters() - before).statements == 3);
}

TEST_CASE_FIXTURE(office, "what other threads ask meanwhile is not the unit's, even for its strategy") {
    struct with_helper final : stint::lock_strategy {
        void before_read(stint::unit_context& context, stint::data_mapper const&, std::span<stint::row_key const>,
                         stint::lock_policy) override {
            std::thread{[&] {
                context.db().lend()->execute("UPDATE shelves SET number = 5", stint::deadline::none());
            }}.join();
        }
    };
    auto const   before = db().counters();
    unit_of_work ann{db(), with(std::make_shared<with_helper>(), "ann")};
    ann.get<note>(1);
    CHECK(ann.counters().statements == 1);
    CHECK(ann.counters().rows_written == 0);
    CHECK((db().counters() - before).rows_written == 2);
}

TEST_SUITE_END();
