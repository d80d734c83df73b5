#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <set>
#include <string>

#include "../../uow/src/free_value.hpp"

namespace {

using stint::data_type;
using stint::decimal;
using stint::distance;
using stint::value;
using namespace std::chrono_literals;

struct column_in_use {
    stint::column_type       type{};
    stint::unique_rule::part part{};
    value                    own = stint::null;
    value                    highest = stint::null;

    std::optional<value> at(distance how_far, std::uint64_t index = 0, std::uint64_t start = 7) const {
        return free_value({type, part, own, highest}, how_far, index, start);
    }
    std::string text(distance how_far, std::uint64_t index = 0) const {
        return std::get<std::string>(*at(how_far, index));
    }
};

constexpr auto far = distance::far;
constexpr auto near = distance::near;

}  // namespace

TEST_SUITE_BEGIN("free_value");

TEST_CASE("whole numbers come from the end of the column, or from above those in use") {
    column_in_use number{.type = {data_type::integer}, .own = std::int64_t{3}, .highest = std::int64_t{9}};
    CHECK(number.at(far) == value(std::numeric_limits<std::int64_t>::max() - 1));
    CHECK(number.at(near, 2) == value(std::int64_t{12}));
    number.part.largest = 32'767;
    CHECK(number.at(far, 1) == value(std::int64_t{32'766}));
}

TEST_CASE("decimals fit their column") {
    column_in_use price{.type = {data_type::numeric, 2}, .own = decimal{"1.50"}, .highest = decimal{"3.25"}};
    CHECK(price.at(near) == value(decimal{"4.25"}));
    price.part.largest = 9'999;
    CHECK(price.at(far, 1) == value(decimal{"9998.00"}));
    price.part.largest = {};
    CHECK(std::get<decimal>(*price.at(far)).scale() == 2);
}

TEST_CASE("text is lengthened, or stays as long as it is, and keeps to its column") {
    column_in_use name{.type = {data_type::text}, .own = std::string("a@b.example")};
    CHECK(name.text(far).starts_with("a@b.example~"));
    CHECK(name.text(near).size() == name.text(far).size() - 13);
    name.part.length = 5;
    CHECK(name.text(far).size() == 5);
    CHECK(name.text(near).size() == 5);
    name.own = std::string();
    CHECK(name.text(near).size() == 1);
}

TEST_CASE("text of other than ASCII is cut between characters") {
    column_in_use name{.type = {data_type::text}, .part = {.length = 14}, .own = std::string("ÄÖÜäöüß")};
    CHECK(name.text(far).starts_with("ÄÖ"));
    CHECK(name.text(far).size() == 2 * 2 + 12);
}

TEST_CASE("a text is short where another row may have it by chance") {
    column_in_use name{.type = {data_type::text}, .own = std::string("ÄÖÜäöüß")};
    CHECK(stint::is_short_text(*name.at(near)));
    CHECK_FALSE(stint::is_short_text(*name.at(far)));
    CHECK_FALSE(stint::is_short_text(stint::null));
    CHECK_FALSE(stint::is_short_text(std::int64_t{7}));
}

TEST_CASE("each index gives another value, of each type") {
    for (auto const& column :
         {column_in_use{.type = {data_type::integer}, .highest = std::int64_t{1}},
          column_in_use{.type = {data_type::numeric, 3}, .highest = decimal{"1.000"}},
          column_in_use{.type = {data_type::real}, .highest = 1.5},
          column_in_use{.type = {data_type::text}, .part = {.length = 3}, .own = std::string("abc")},
          column_in_use{.type = {data_type::instant}, .highest = stint::timestamp{1s}}})
        for (auto const how_far : {far, near}) {
            std::set<std::string> given;
            for (std::uint64_t i = 0; i < 1'000; ++i) given.insert(to_string(*column.at(how_far, i)));
            CHECK(given.size() == 1'000);
        }
}

TEST_CASE("a truth value has no other") {
    CHECK_FALSE(stint::has_free_values(data_type::boolean));
    CHECK_FALSE(column_in_use{.type = {data_type::boolean}, .own = true}.at(far));
}

TEST_SUITE_END();
