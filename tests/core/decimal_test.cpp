#include <limits>
#include <sstream>
#include <type_traits>

#include <doctest/doctest.h>

#include <stint/decimal.hpp>
#include <stint/error.hpp>

using stint::decimal;
using stint::value_error;

TEST_SUITE("core: decimal") {
    TEST_CASE("a decimal keeps what its text says") {
        CHECK(decimal{"56.40"}.to_string() == "56.40");
        CHECK(decimal{"-3"}.to_string() == "-3");
        CHECK(decimal{"+0.5"}.to_string() == "0.5");
        CHECK(decimal{"-0.05"}.to_string() == "-0.05");
        CHECK(decimal{"007.00"}.to_string() == "7.00");
        CHECK(decimal{"0.000000000000000001"}.to_string() == "0.000000000000000001");
        CHECK(decimal{}.to_string() == "0");
    }

    TEST_CASE("text that is no decimal is refused") {
        for (auto const* text :
             {"", "-", "+", ".", ".5", "5.", "1,5", "1e3", " 1", "1 ", "0x1", "--1", "1.2.3", "NaN", "infinity"}) {
            CAPTURE(text);
            CHECK_THROWS_AS(decimal{text}, value_error);
        }
        CHECK_THROWS_WITH_AS(decimal{"1e3"}, "'1e3' is no decimal: only digits, a sign and a point may stand in it",
                             value_error);
    }

    TEST_CASE("64 bits of units are the limit") {
        CHECK(decimal{"9223372036854775807"}.units() == std::numeric_limits<std::int64_t>::max());
        CHECK(decimal{"-9223372036854775808"}.units() == std::numeric_limits<std::int64_t>::min());
        CHECK(decimal{"-9223372036854775808"}.to_string() == "-9223372036854775808");
        CHECK(decimal{"-9.223372036854775808"}.to_string() == "-9.223372036854775808");
        CHECK_THROWS_AS(decimal{"9223372036854775808"}, value_error);
        CHECK_THROWS_AS(decimal{"-9223372036854775809"}, value_error);
        CHECK_THROWS_AS(decimal{"99999999999999999999999999999999999999999999"}, value_error);
        CHECK_THROWS_AS(decimal{"0.0000000000000000001"}, value_error);
        CHECK_THROWS_AS(decimal{std::numeric_limits<std::uint64_t>::max()}, value_error);
    }

    TEST_CASE("there is no way in from floating point") {
        CHECK_FALSE(std::is_constructible_v<decimal, double>);
        CHECK_FALSE(std::is_constructible_v<decimal, float>);
        CHECK_FALSE(std::is_constructible_v<decimal, bool>);
        CHECK(std::is_convertible_v<int, decimal>);
    }

    TEST_CASE("sums and products are exact") {
        CHECK((decimal{"56.40"} - decimal{"15.60"}).to_string() == "40.80");
        CHECK((decimal{"0.1"} + decimal{"0.20"}).to_string() == "0.30");
        CHECK((decimal{"1.5"} * decimal{"-2.25"}).to_string() == "-3.375");
        CHECK((-decimal{"1.50"}).to_string() == "-1.50");
        CHECK((3 * decimal{"0.10"}).to_string() == "0.30");
    }

    TEST_CASE("a result that does not fit throws and changes nothing") {
        auto large = decimal{"9223372036854775807"};
        CHECK_THROWS_AS(large += 1, value_error);
        CHECK_THROWS_AS(large *= 2, value_error);
        CHECK_THROWS_AS(large += decimal{"0.5"}, value_error);
        CHECK_THROWS_AS(-decimal{"-9223372036854775808"}, value_error);
        CHECK(large.to_string() == "9223372036854775807");
        CHECK_THROWS_AS(decimal{"0.0000000001"} * decimal{"0.0000000001"}, value_error);
    }

    TEST_CASE("a result gives up trailing zeros rather than fail") {
        CHECK((decimal{"9223372036854775806"} + decimal{"1.00"}).to_string() == "9223372036854775807");
        CHECK((decimal{"0.1000000000"} * decimal{"0.1000000000"}).to_string() == "0.010000000000000000");
    }

    TEST_CASE("rescaling loses no digit") {
        CHECK(decimal{"1.5"}.rescaled(3).to_string() == "1.500");
        CHECK(decimal{"1.500"}.rescaled(1).to_string() == "1.5");
        CHECK(decimal{"-1.50"}.rescaled(1).to_string() == "-1.5");
        CHECK_THROWS_AS(decimal{"1.55"}.rescaled(1), value_error);
        CHECK_THROWS_AS(decimal{"1"}.rescaled(19), value_error);
        CHECK_THROWS_AS(decimal{"1"}.rescaled(-1), value_error);
        CHECK_THROWS_AS(decimal{"92233720368547758.08"}.rescaled(3), value_error);
        CHECK(decimal{"92233720368547758"}.fits(2));
        CHECK_FALSE(decimal{"92233720368547759"}.fits(2));
    }

    TEST_CASE("equal numbers are equal whatever their scales") {
        CHECK(decimal{"1.5"} == decimal{"1.50"});
        CHECK(std::hash<decimal>{}(decimal{"1.5"}) == std::hash<decimal>{}(decimal{"1.500"}));
        CHECK(decimal{"0.00"} == decimal{0});
        CHECK(decimal{"9.6"} < decimal{"10.00"});
        CHECK(decimal{"-9223372036854775808"} < decimal{"0.000000000000000001"});
        CHECK(decimal{"-0.1"} > decimal{"-0.11"});
    }

    TEST_CASE("a decimal can be made of units and printed to a stream") {
        CHECK(decimal::from_units(4080, 2) == decimal{"40.80"});
        CHECK_THROWS_AS(decimal::from_units(1, 19), value_error);
        std::ostringstream out;
        out << decimal{"40.80"};
        CHECK(out.str() == "40.80");
    }
}
