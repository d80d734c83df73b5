// Whoever takes part in the flushes of a unit: what it adds, raises and explains.

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <vector>

#include <stint/extension/flush_plan.hpp>
#include <stint/extension/unit_context.hpp>

#include "support/books.hpp"
#include "support/desks.hpp"

using namespace books;
using stint::access;
using stint::unit_of_work;

namespace {

using words = std::vector<std::string>;
using participants = std::vector<std::shared_ptr<stint::flush_participant>>;

/// Writes what a unit changed into a table of its own, in the same transaction.
class history final : public stint::flush_participant {
public:
    words told;

    void before_flush(stint::unit_context& unit, stint::flush_plan& plan) override {
        told.emplace_back("before");
        for (auto const& touched : plan.objects()) {
            if (touched.access() == access::read) continue;
            plan.add({.shape = {.action = stint::row_action::insert,
                                .table = "history",
                                .key = {{"line", {stint::data_type::text}}},
                                .assignments = {{{"author", {stint::data_type::text}}}}},
                      .key = {touched.object().mapper().table() + "/" +
                              touched.object().mapper().key_text(touched.object().key())},
                      .assignments = {unit.label()},
                      .object = &touched.object()});
        }
    }
    void after_flush(stint::unit_context&, stint::flush_plan const&, stint::flush_end end,
                     std::span<stint::refusal const>) override {
        told.push_back("end " + std::to_string(static_cast<int>(end)));
    }
};

/// Raises the version of everything that was read.
class raising final : public stint::flush_participant {
public:
    void before_flush(stint::unit_context&, stint::flush_plan& plan) override {
        for (auto& touched : plan.objects()) touched.raise_version();
    }
};

/// Refuses every flush by a guard, and says of it what a test wants.
class refusing final : public stint::flush_participant {
public:
    static constexpr stint::reason closed{"books are closed"};

    bool fails = false;
    bool is_silent = false;
    bool all = false;

    void before_flush(stint::unit_context&, stint::flush_plan& plan) override {
        for (auto const* const year : {"2025", "2026"})
            plan.add({.shape = {.action = stint::row_action::require,
                                .table = "history",
                                .key = {{"line", {stint::data_type::text}}},
                                .if_absent = closed},
                      .key = {year}});
    }
    void explain(stint::unit_context&, std::span<stint::refused_row> rows) override {
        if (fails) throw std::domain_error("no idea");
        CHECK(rows.size() == 2);
        for (auto& row : rows) {
            row.told.next = stint::advice::ask_a_person;
            row.told.kind = stint::error_kind::locked;
        }
        if (is_silent) rows.back().is_told = false;
        if (all) rows.front().is_told = false;
    }
};

class watched_books : public example {
public:
    watched_books() { sql("CREATE TABLE history (line TEXT PRIMARY KEY, author TEXT NOT NULL)"); }

    stint::conflict_error refused(unit_of_work& work) {
        try {
            work.commit();
        } catch (stint::conflict_error const& e) {
            return e;
        }
        throw std::logic_error("the commit was not refused");
    }

    std::shared_ptr<history>  written = std::make_shared<history>();
    std::shared_ptr<refusing> closed = std::make_shared<refusing>();
};

}  // namespace

TEST_SUITE_BEGIN("participants");

TEST_CASE_FIXTURE(watched_books, "a participant's rows are written with the unit's, and it is told the end") {
    {
        unit_of_work work{db(), {.label = "Ann", .participants = {written}}};
        work.get<stock>(1).edit().quantity = 1;
        work.get<stock>(2);
        CHECK(work.commit().updated == 1);
        CHECK(ask("SELECT line || ' ' || author FROM history") == "stocks/1 Ann");
        CHECK(written->told == words{"before", "end 0"});
        work.get<document>(1).edit().processed = true;
        CHECK(to_string(work.dry_run()) == "update documents [id=1 if version=1] processed=true, version=next\n"
                                           "insert history [line='documents/1'] author='Ann'");
        CHECK(ask("SELECT COUNT(*) FROM history") == "1");
    }
    CHECK(written->told == words{"before", "end 0", "before", "end 5", "end 4"});
}

TEST_CASE_FIXTURE(watched_books, "a commit without changes asks no participant") {
    unit_of_work work{db(), {.participants = {written}}};
    work.get<stock>(1);
    work.commit();
    CHECK(written->told == words{"end 0"});
}

TEST_CASE_FIXTURE(watched_books, "a participant's row that is refused takes the whole flush back") {
    sql("INSERT INTO history VALUES ('stocks/1', 'somebody')");
    unit_of_work work{db(), {.participants = {written}}};
    work.get<stock>(1).edit().quantity = 1;
    auto const conflicts = refused(work).conflicts();
    REQUIRE(conflicts.size() == 1);
    CHECK(conflicts[0].table == "stocks");  // that it is about
    CHECK(conflicts[0].key == "1");
    CHECK(conflicts[0].reason == stint::reason::exists());
    CHECK(conflicts[0].access == access::changed);
    CHECK(stock_row(1) == "56.40@1");
}

TEST_CASE_FIXTURE(watched_books, "a raised version is written without a column, and those who have read it notice") {
    unit_of_work work{db(), {.participants = {std::make_shared<raising>()}}}, other{db()};
    auto const   sugar = work.get<stock>(2);
    auto const   theirs = other.get<stock>(2);
    work.get<stock>(1).edit().quantity = 1;
    CHECK(work.commit().updated == 2);
    CHECK(stock_row(2) == "26.80@2");
    CHECK(sugar.version() == stint::version_number{2});
    theirs.edit().quantity = 2;
    CHECK(refused(other).conflicts().front().found == stint::version_number{2});

    sugar.edit().quantity = 3;  // memory has followed
    work.get<stock>(1).edit().quantity = 4;
    CHECK(work.commit().updated == 2);
    CHECK(stock_row(2) == "3.00@3");
}

TEST_CASE_FIXTURE(watched_books, "a version that can't be raised any more refuses the commit") {
    unit_of_work work{db(), {.participants = {std::make_shared<raising>()}}};
    work.get<stock>(2);
    work.get<stock>(1).edit().quantity = 1;
    sql("UPDATE stocks SET version = 7 WHERE id = 2");
    auto const conflicts = refused(work).conflicts();
    REQUIRE(conflicts.size() == 1);
    CHECK(conflicts[0].key == "2");
    CHECK(conflicts[0].access == access::changed);
    CHECK(conflicts[0].expected == stint::version_number{1});
    CHECK(conflicts[0].found == stint::version_number{7});
    CHECK(stock_row(1) == "56.40@1");
}

TEST_CASE_FIXTURE(watched_books, "a participant explains its refusals, beside those of the unit's own rows") {
    unit_of_work work{db(), {.participants = {written, closed}}};
    work.get<stock>(1).edit().quantity = 1;
    sql("UPDATE stocks SET version = 7 WHERE id = 1");
    auto const error = refused(work);
    auto const conflicts = error.conflicts();
    REQUIRE(conflicts.size() == 3);
    CHECK(conflicts[0].table == "history");
    CHECK(conflicts[0].key == "'2025'");
    CHECK(conflicts[0].reason == refusing::closed);
    CHECK(conflicts[0].next == stint::advice::ask_a_person);
    CHECK_FALSE(conflicts[0].access);
    CHECK(conflicts[2].table == "stocks");
    CHECK(conflicts[2].next == stint::advice::reload_and_retry);
    CHECK(error.kind() == stint::error_kind::locked);
    CHECK(error.what_next() == stint::advice::ask_a_person);
    CHECK(written->told == words{"before", "end 1"});
}

TEST_CASE_FIXTURE(watched_books, "a row that another tells of is told once") {
    closed->is_silent = true;
    unit_of_work work{db(), {.participants = {closed}}};
    work.get<stock>(1).edit().quantity = 1;
    CHECK(refused(work).conflicts().size() == 1);
}

TEST_CASE_FIXTURE(watched_books, "a participant that fails to explain leaves what is known of its rows") {
    closed->fails = true;
    unit_of_work work{db(), {.participants = {closed}}};
    work.get<stock>(1).edit().quantity = 1;
    auto const conflicts = refused(work).conflicts();
    REQUIRE(conflicts.size() == 2);
    CHECK(conflicts[1].reason == refusing::closed);
    CHECK(conflicts[1].next == stint::advice::reload_and_retry);
}

TEST_CASE_FIXTURE(watched_books, "what a participant throws before the flush stops the commit, and all are told") {
    class stopping final : public stint::flush_participant {
    public:
        void before_flush(stint::unit_context&, stint::flush_plan&) override { throw std::domain_error("closed"); }
    };
    unit_of_work work{db(), {.participants = {std::make_shared<stopping>(), written}}};
    work.get<stock>(1).edit().quantity = 1;
    CHECK_THROWS_AS(work.commit(), std::domain_error);
    CHECK(written->told == words{"end 2"});
    CHECK(stock_row(1) == "56.40@1");
}

TEST_CASE_FIXTURE(watched_books, "a run that joins another can't have participants of its own") {
    stint::run(db(), [&](unit_of_work&) {
        CHECK_THROWS_WITH_AS(stint::run(db(), [](unit_of_work&) {}, {.unit = {.participants = {written}}}),
                             doctest::Contains("other participants"), stint::usage_error);
    });
}

TEST_CASE_FIXTURE(desks::office, "an object whose version is raised is written: the locks of others bind it") {
    unit_of_work holder{db()};
    holder.get<desks::shelf>(1, stint::lock_policy::exclusive_read);
    unit_of_work work{db(), {.participants = {std::make_shared<raising>()}}};
    work.get<desks::shelf>(1);
    work.get<desks::note>(1).edit().number = 1;
    try {
        work.commit();
        FAIL("not refused");
    } catch (stint::conflict_error const& e) {
        REQUIRE(e.conflicts().size() == 1);
        CHECK(e.conflicts()[0].reason == stint::lock_reason::bound());
        CHECK(e.conflicts()[0].lock->owner == holder.owner());
        CHECK(e.kind() == stint::error_kind::locked);
    }
}

TEST_CASE_FIXTURE(desks::office, "a strategy locks what a participant has made a write") {
    unit_of_work work{db(), {.participants = {std::make_shared<raising>()}}};
    auto const   form = work.get<desks::form>(1);
    work.get<desks::note>(1).edit().number = 1;
    CHECK(work.commit().updated == 2);
    CHECK(form.version() == stint::version_number{2});
    CHECK(stint::lock_table{db()}.list().empty());
}

TEST_CASE_FIXTURE(watched_books, "a refusal is told even where every row says that another one tells it") {
    closed->is_silent = true;
    closed->all = true;
    unit_of_work work{db(), {.participants = {closed}}};
    work.get<stock>(1).edit().quantity = 1;
    CHECK(refused(work).conflicts().size() == 1);
}

TEST_CASE_FIXTURE(watched_books, "a participant that is null is refused") {
    CHECK_THROWS_AS((unit_of_work{db(), {.participants = {nullptr}}}), stint::usage_error);
}

TEST_CASE_FIXTURE(desks::office, "an object whose version is raised needs the lock that its class demands") {
    unit_of_work work{db(), {.lock = stint::optimistic_lock::shared(), .participants = {std::make_shared<raising>()}}};
    work.get<desks::form>(1);
    work.get<desks::note>(1).edit().number = 1;
    CHECK_THROWS_AS(work.commit(), stint::lock_required);
}

TEST_SUITE_END();
