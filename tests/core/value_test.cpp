#include <chrono>
#include <limits>

#include <doctest/doctest.h>

#include <stint/value.hpp>

using namespace std::chrono_literals;
using stint::timestamp;
using stint::to_string;
using stint::value;

namespace {

timestamp at(std::int64_t microseconds) {
    return timestamp{std::chrono::microseconds{microseconds}};
}

}  // namespace

TEST_SUITE("core: value") {
    TEST_CASE("every kind of value has a printed form") {
        CHECK(to_string(value{stint::null}) == "null");
        CHECK(to_string(value{true}) == "true");
        CHECK(to_string(value{std::int64_t{-42}}) == "-42");
        CHECK(to_string(value{0.1}) == "0.1");
        CHECK(to_string(value{stint::decimal{"40.80"}}) == "40.80");
        CHECK(to_string(value{stint::key_of_row{3}}) == "@3");
        CHECK(to_string(value{at(0)}) == "1970-01-01T00:00:00.000000Z");
    }

    TEST_CASE("what is stored alike is identical, a NaN too") {
        auto const nan = std::numeric_limits<double>::quiet_NaN();
        auto const infinity = std::numeric_limits<double>::infinity();
        CHECK(stint::identical(nan, -nan));
        CHECK(stint::identical(value{nan}, value{nan}));
        CHECK(stint::identical(infinity, infinity));
        CHECK_FALSE(stint::identical(infinity, -infinity));
        CHECK_FALSE(stint::identical(nan, 0.0));
        CHECK_FALSE(stint::identical(0.0, nan));
        CHECK_FALSE(stint::identical(0.0, -0.0));
        CHECK_FALSE(stint::identical(value{nan}, value{stint::null}));
        CHECK_FALSE(stint::identical(value{0.0}, value{std::int64_t{0}}));
        CHECK(stint::identical(value{stint::null}, value{stint::null}));
        CHECK(stint::identical(value{stint::decimal{"1.5"}}, value{stint::decimal{"1.50"}}));
    }

    TEST_CASE("text is printed in quotes and on one line") {
        CHECK(to_string(value{std::string("text")}) == "'text'");
        CHECK(to_string(value{std::string("O'Neill")}) == "'O''Neill'");
        CHECK(to_string(value{std::string("two\nlines\tand\0zero", 18)}) == "'two\\nlines\\x09and\\x00zero'");
        CHECK(to_string(value{std::string("Käse")}) == "'Käse'");
    }

    TEST_CASE("null equals null and nothing else") {
        CHECK(value{stint::null} == value{});
        CHECK(value{stint::null} != value{std::int64_t{0}});
        CHECK(value{stint::null} != value{std::string()});
    }

    TEST_CASE("times before 1970 and on leap days are printed right") {
        CHECK(to_string(at(-1)) == "1969-12-31T23:59:59.999999Z");
        CHECK(to_string(timestamp{std::chrono::sys_days{2024y / 2 / 29} + 23h + 59min + 59s + 1us}) ==
              "2024-02-29T23:59:59.000001Z");
        CHECK(to_string(timestamp{std::chrono::sys_days{1900y / 3 / 1}}) == "1900-03-01T00:00:00.000000Z");
        CHECK(to_string(timestamp{std::chrono::sys_days{std::chrono::year{-44} / 3 / 15}}) ==
              "-0044-03-15T00:00:00.000000Z");
        CHECK(to_string(timestamp::max()) == "294247-01-10T04:00:54.775807Z");
        CHECK(to_string(timestamp::min()) == "-290308-12-21T19:59:05.224192Z");
    }

    TEST_CASE("every day of 800 years is the day that the standard library says") {
        for (auto day = std::chrono::sys_days{1600y / 1 / 1}; day < std::chrono::sys_days{2400y / 1 / 1};
             day += std::chrono::days{1}) {
            auto const date = std::chrono::year_month_day{day};
            char       expected[16];
            std::snprintf(expected, sizeof expected, "%04d-%02u-%02u", static_cast<int>(date.year()),
                          static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()));
            REQUIRE(to_string(timestamp{day}).substr(0, 10) == expected);
        }
    }
}
