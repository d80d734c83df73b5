#include <doctest/doctest.h>

#include <sstream>

#include <spdlog/sinks/ostream_sink.h>

#include <stint/log.hpp>

#include "support/books.hpp"

using namespace books;
using stint::unit_of_work;

namespace {

/// What the library logs during a test.
class log_of_test {
public:
    log_of_test() : before_(stint::logger()) {
        stint::set_logger(
            std::make_shared<spdlog::logger>("test", std::make_shared<spdlog::sinks::ostream_sink_mt>(text_)));
    }
    log_of_test(log_of_test const&) = delete;
    log_of_test& operator=(log_of_test const&) = delete;
    ~log_of_test() { stint::set_logger(before_); }

    std::string text() const { return text_.str(); }

private:
    std::ostringstream              text_;
    std::shared_ptr<spdlog::logger> before_;
};

}  // namespace

TEST_SUITE_BEGIN("events");

TEST_CASE_FIXTURE(example, "an application hears what a unit does, in order") {
    std::string  heard;
    unit_of_work work{db()};
    auto const   listen = [&](unit_of_work& to) {
        to.events().loaded.connect([&](auto objects) { heard += "loaded " + std::to_string(objects.size()) + "; "; });
        to.events().before_flush.connect(
            [&](unit_of_work& unit) { heard += "flush " + std::to_string(unit.changes().size()) + "; "; });
        to.events().committed.connect(
            [&](stint::commit_report const& r) { heard += "committed " + std::to_string(r.updated) + "; "; });
        to.events().conflict.connect(
            [&](auto const& conflicts) { heard += "conflict " + conflicts.front().key + "; "; });
        to.events().rolled_back.connect([&] { heard += "rolled back; "; });
    };
    listen(work);
    auto flour = work.get<stock>(1);
    flour.edit().quantity = 1;
    work.commit();
    CHECK(heard == "loaded 1; flush 1; committed 1; ");

    heard.clear();
    sql("UPDATE stocks SET version = 9 WHERE id = 1");
    flour.edit().quantity = 2;
    CHECK_THROWS_AS(work.commit(), stint::conflict_error);
    work.rollback();
    CHECK(heard == "flush 1; conflict 1; rolled back; ");
}

TEST_CASE_FIXTURE(example, "a slot may make changes before the flush, and they belong to it") {
    unit_of_work work{db()};
    auto         sugar = work.get<stock>(2);
    work.events().before_flush.connect([&](unit_of_work&) { sugar.edit().name = "salt"; });
    work.get<stock>(1).edit().quantity = 1;
    CHECK(work.commit().updated == 2);
}

TEST_CASE_FIXTURE(example, "a slot that throws before COMMIT stops it: nothing is sent") {
    unit_of_work work{db()};
    work.get<stock>(1).edit().quantity = 1;
    auto stop = work.events().before_flush.connect([](unit_of_work&) { throw std::domain_error("not on a Sunday"); });
    auto const before = db().counters();
    CHECK_THROWS_AS(work.commit(), std::domain_error);
    CHECK(db().counters() == before);
    stop.disconnect();
    CHECK(work.commit().updated == 1);
}

TEST_CASE_FIXTURE(example,
                  "a slot that throws after COMMIT can't undo it, is reported, and keeps no other from hearing") {
    log_of_test  log;
    bool         heard = false;
    unit_of_work work{db()};
    work.events().committed.connect([](auto const&) { throw std::runtime_error("the printer is on fire"); });
    work.events().committed.connect([&](auto const&) { heard = true; });
    work.get<stock>(1).edit().quantity = 1;
    auto const report = work.commit();
    CHECK(heard);
    CHECK(stock_row(1) == "1.00@2");
    REQUIRE(report.slot_errors.size() == 1);
    CHECK_THROWS_WITH(std::rethrow_exception(report.slot_errors.front()), "the printer is on fire");
    CHECK(log.text().find("the printer is on fire") != std::string::npos);
}

TEST_CASE_FIXTURE(example, "a slot that throws when objects are loaded stops the call, and they stay") {
    unit_of_work work{db()};
    auto         stop = work.events().loaded.connect([](auto) { throw std::domain_error("too late"); });
    CHECK_THROWS_AS(work.get<stock>(1), std::domain_error);
    stop.disconnect();
    auto const before = db().counters();
    CHECK(work.get<stock>(1)->name == "flour");
    CHECK(db().counters() == before);
}

TEST_CASE_FIXTURE(example, "a slot that throws when a unit is rolled back keeps nothing from it") {
    log_of_test  log;
    unit_of_work work{db()};
    work.events().rolled_back.connect([] { throw std::runtime_error("no undo"); });
    work.get<stock>(1).edit().quantity = 1;
    work.rollback();
    CHECK_FALSE(work.has_changes());
    CHECK(log.text().find("no undo") != std::string::npos);
}

TEST_CASE_FIXTURE(example, "a slot that throws on a conflict does not hide it") {
    log_of_test  log;
    unit_of_work work{db()};
    work.events().conflict.connect([](auto const&) { throw std::runtime_error("no screen"); });
    work.get<stock>(1).edit().quantity = 1;
    sql("UPDATE stocks SET version = 9 WHERE id = 1");
    CHECK_THROWS_AS(work.commit(), stint::conflict_error);
    CHECK(log.text().find("no screen") != std::string::npos);
}

TEST_SUITE_END();
