// NaN equals nothing, itself included; where it is stored it is a value like any other. (SQLite refuses it:
// errors_test.cpp.)
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "support/readings.hpp"
#include "support/scratch_database.hpp"

using readings::reading;
using stint::unit_of_work;

namespace {

constexpr auto nan_value = std::numeric_limits<double>::quiet_NaN();

class meter : public scratch_database {
public:
    meter() {
        stint::create_tables<reading>(db());
        stint::run(db(), [](unit_of_work& work) { work.add(reading{{}, nan_value, nan_value}); });
    }

    std::string row() {
        return ask("SELECT at_noon || ' ' || coalesce(at_night::text, 'none') || '@' || version FROM readings");
    }
};

}  // namespace

TEST_SUITE_BEGIN("not a number");

TEST_CASE_FIXTURE(meter, "a NaN that was read is no change, in an optional member neither") {
    unit_of_work work{db()};
    auto         measured = work.get<reading>(1);
    measured.edit();
    CHECK_FALSE(work.has_changes());
    CHECK(work.changes().empty());
    CHECK(work.commit().updated == 0);
    CHECK(row() == "NaN NaN@1");

    measured.edit().at_noon = -nan_value;  // as it is stored there is only one
    CHECK_FALSE(work.has_changes());
}

TEST_CASE_FIXTURE(meter, "a number in place of a NaN, none, and a NaN in place of a number are changes") {
    unit_of_work work{db()};
    auto         measured = work.get<reading>(1);
    measured.edit().at_noon = 1;
    CHECK(work.changes().front().columns.size() == 1);
    work.commit();
    CHECK(row() == "1 NaN@2");
    measured.edit().at_night.reset();
    work.commit();
    CHECK(row() == "1 none@3");
    measured.edit().at_night = nan_value;
    measured.edit().at_noon = nan_value;
    work.commit();
    CHECK(row() == "NaN NaN@4");
    CHECK_FALSE(work.has_changes());
}

TEST_CASE_FIXTURE(meter, "a conflict doesn't report a NaN that nobody touched, and is equal to itself") {
    unit_of_work work{db()};
    work.get<reading>(1).edit().at_noon = 1;
    sql("UPDATE readings SET version = 9, at_noon = 2");
    try {
        work.commit();
        FAIL("the commit was not refused");
    } catch (stint::conflict_error const& e) {
        auto const& columns = e.conflicts().front().columns;
        REQUIRE(columns.size() == 1);
        CHECK(columns.front().column == "at_noon");
        CHECK(std::isnan(std::get<double>(columns.front().base)));
        CHECK(columns.front().changed_by_me());
        CHECK(columns.front().changed_by_them());
        CHECK(e.conflicts().front() == stint::conflict(e.conflicts().front()));
    }
}

TEST_CASE_FIXTURE(meter, "a NaN is found by a NaN") {
    unit_of_work work{db()};
    CHECK(work.find<reading>(stint::where(&reading::at_noon) == nan_value).size() == 1);
    CHECK(work.find<reading>(stint::where(&reading::at_night) != nan_value).empty());
}

TEST_SUITE_END();
