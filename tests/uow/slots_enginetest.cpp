// What slots of events may do with the unit that calls them.
#include <doctest/doctest.h>

#include <functional>

#include "support/books.hpp"

using namespace books;
using stint::unit_of_work;

namespace {

/// A unit that has read stock 1, with a slot for each event; all but the one that a test is about do nothing.
class listened_unit : public example {
public:
    listened_unit() {
        auto& events = work.events();
        events.loaded.connect([&](auto const&) { tell("loaded"); });
        events.before_flush.connect([&](unit_of_work&) { tell("before_flush"); });
        events.committed.connect([&](auto const&) { tell("committed"); });
        events.conflict.connect([&](auto const&) { tell("conflict"); });
        events.rolled_back.connect([&] { tell("rolled_back"); });
    }

    /// Lets the event happen, with this in its slot.
    void in_slot_of(std::string const& event, std::function<void()> slot) {
        event_ = event;
        slot_ = std::move(slot);
        flour.edit().quantity += 1;
        if (event == "conflict") sql("UPDATE stocks SET version = version + 7 WHERE id = 1");
        if (event == "loaded") work.get<document>(1);
        else if (event == "rolled_back") work.rollback();
        else if (event == "conflict") CHECK_THROWS_AS(work.commit(), stint::conflict_error);
        else work.commit();
        CHECK(slot_ == nullptr);  // it was called
    }

    unit_of_work          work{db()};
    stint::tracked<stock> flour = work.get<stock>(1);

private:
    void tell(std::string const& event) {
        if (event != event_ || slot_ == nullptr) return;
        std::exchange(slot_, nullptr)();
    }

    std::string           event_{};
    std::function<void()> slot_{};
};

auto const events = {"loaded", "before_flush", "committed", "conflict", "rolled_back"};

}  // namespace

TEST_SUITE_BEGIN("slots");

TEST_CASE_FIXTURE(listened_unit,
                  "a commit or a rollback in a slot is refused, whatever the event, and the unit goes on") {
    for (auto const* const event : events) {
        CAPTURE(event);
        in_slot_of(event, [&] {
            CHECK_THROWS_WITH_AS(work.commit(), doctest::Contains(event), stint::usage_error);
            CHECK_THROWS_WITH_AS(work.rollback(), doctest::Contains("rollback() was called in a slot"),
                                 stint::usage_error);
        });
        work.rollback();
        work.reload(flour);
        flour.edit().quantity += 1;
        CHECK(work.commit().updated == 1);
    }
}

TEST_CASE_FIXTURE(listened_unit, "a slot of before_flush that commits stops the commit: nothing is sent") {
    auto const stop = work.events().before_flush.connect([](unit_of_work& unit) { unit.commit(); });
    flour.edit().quantity = 1;
    auto const before = db().counters();
    CHECK_THROWS_AS(work.commit(), stint::usage_error);
    CHECK(db().counters() == before);
    CHECK(work.has_changes());
    stop.disconnect();
    CHECK(work.commit().updated == 1);
}

TEST_CASE_FIXTURE(listened_unit, "a slot of committed that commits is reported as one that threw") {
    work.events().committed.connect([&](auto const&) { work.commit(); });
    flour.edit().quantity = 1;
    auto const report = work.commit();
    CHECK(report.updated == 1);
    REQUIRE(report.slot_errors.size() == 1);
    CHECK_THROWS_AS(std::rethrow_exception(report.slot_errors.front()), stint::usage_error);
}

TEST_CASE_FIXTURE(listened_unit, "a commit in a slot of loaded is refused where the read is a slot's of before_flush") {
    bool called = false;
    work.events().loaded.connect([&](auto const&) {
        called = true;
        CHECK_THROWS_WITH_AS(work.commit(), doctest::Contains("'loaded'"), stint::usage_error);
    });
    work.events().before_flush.connect([&](unit_of_work& unit) {
        unit.get<document>(2);
        CHECK_THROWS_WITH_AS(unit.commit(), doctest::Contains("'before_flush'"), stint::usage_error);
    });
    flour.edit().quantity = 1;
    CHECK(work.commit().updated == 1);
    CHECK(called);
}

TEST_CASE_FIXTURE(listened_unit, "whatever the event, its slots may read, change, reload and look") {
    for (auto const* const event : events) {
        CAPTURE(event);
        in_slot_of(event, [&] {
            auto sugar = work.get<stock>(2);
            sugar.edit().quantity += 1;
            work.remove(work.add(stock{{}, "salt", 1}));
            CHECK(work.find<document>().size() == 2);
            CHECK(work.reload(sugar));
            sugar.edit().name += '!';
            CHECK(work.dry_run().size() >= 1);
            CHECK(work.changes().size() >= 1);
        });
        bool const goes_on = event == std::string("loaded") || event == std::string("before_flush");
        if (event != std::string("before_flush")) CHECK(work.has_changes());
        if (!goes_on && event != std::string("conflict")) CHECK(work.commit().updated == 1);
        work.rollback();
        work.reload(flour);
    }
    CHECK(stored(stint::id<stock>{2}).name == "sugar!!!");  // before_flush, committed, rolled_back
}

TEST_SUITE_END();
