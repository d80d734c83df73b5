// A database on an engine that the library knows nothing of.

#include <doctest/doctest.h>

#include <filesystem>
#include <memory>

#include "support/books.hpp"
#include "support/desks.hpp"
#include "support/recording_engine.hpp"

using stint::unit_of_work;

TEST_SUITE_BEGIN("own engine");

TEST_CASE("a unit of work reads and commits through an engine of one's own") {
    record          asked;
    stint::database db{std::make_shared<recording_engine>(asked, stint::built_in_engine("sqlite::memory:"))};
    CHECK(db.kind().name() == "recording");
    CHECK(db.address() == "recording sqlite::memory:");
    stint::create_tables<books::stock>(db);
    stint::run(db, [](unit_of_work& work) {
        work.add(books::stock{stint::id<books::stock>{1}, "flour", stint::decimal{"5.00"}});
    });
    asked.clear();

    unit_of_work work{db};
    work.get<books::stock>(1).edit().name = "rye";
    work.commit();
    REQUIRE(asked.size() == 2);
    CHECK(asked[0] == "select from stocks");
    CHECK(asked[1].starts_with("flush update stocks [id=1 if version="));
}

TEST_CASE("an engine of one's own can keep offline locks") {
    record          asked;
    stint::database db{
        std::make_shared<lock_keeping_recording_engine>(asked, stint::built_in_engine("sqlite::memory:"))};
    stint::create_lock_tables(db);
    stint::create_tables<desks::sheet>(db);
    stint::run(db, [](unit_of_work& work) { work.add(desks::sheet{stint::id<desks::sheet>{1}, "sheet"}); });
    asked.clear();

    unit_of_work work{db, {.owner = "Ann"}};
    work.get<desks::sheet>(1).edit().number = 2;
    CHECK(stint::lock_table{db}.list().front().owner == "Ann");
    work.commit();
    CHECK(asked.back().find("require stint_locks [resource='sheets/1' if owner='Ann'") != std::string::npos);
    CHECK(stint::lock_table{db}.list().empty());
}

TEST_CASE("a database of no engine is refused") {
    CHECK_THROWS_AS(stint::database{std::shared_ptr<stint::engine>{}}, stint::usage_error);
}

TEST_CASE("an engine that keeps no offline locks says so where one is asked for") {
    record          asked;
    stint::database db{std::make_shared<recording_engine>(asked, stint::built_in_engine("sqlite::memory:"))};
    CHECK_THROWS_WITH_AS(stint::create_lock_tables(db), "the engine recording keeps no offline locks",
                         stint::usage_error);
}

TEST_SUITE_END();
