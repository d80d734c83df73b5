#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "support/readings.hpp"
#include "support/scratch_database.hpp"

using readings::reading;
using stint::unit_of_work;

namespace {

constexpr auto infinity = std::numeric_limits<double>::infinity();

class meter : public scratch_database {
public:
    meter() { stint::create_tables<reading>(db()); }

    /// A copy of what another unit reads.
    reading stored() {
        unit_of_work look{db()};
        return *look.find<reading>().front();
    }
};

}  // namespace

TEST_SUITE_BEGIN("doubles");

TEST_CASE_FIXTURE(meter, "infinities are kept, and are no change once they were read") {
    unit_of_work work{db()};
    auto         measured = work.add(reading{{}, infinity, -infinity});
    work.commit();
    CHECK(stored().at_noon == infinity);
    CHECK(stored().at_night == -infinity);
    measured.edit();
    CHECK_FALSE(work.has_changes());
    measured.edit().at_noon = -infinity;
    CHECK(work.commit().updated == 1);
    CHECK(stored().at_noon == -infinity);
}

TEST_CASE_FIXTURE(meter, "a zero with the other sign is written; SQLite keeps one zero only") {
    unit_of_work work{db()};
    auto         measured = work.add(reading{{}, 0.0, 0.0});
    work.commit();
    measured.edit().at_noon = -0.0;
    measured.edit().at_night = -0.0;
    CHECK(work.commit().updated == 1);
    CHECK(stored().at_noon == 0);
    CHECK(std::signbit(stored().at_noon) == is_postgresql());
    CHECK(std::signbit(*stored().at_night) == is_postgresql());
    CHECK_FALSE(work.has_changes());
}

TEST_SUITE_END();
