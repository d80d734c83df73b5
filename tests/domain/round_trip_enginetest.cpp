#include <doctest/doctest.h>

#include <limits>

#include "support/everything.hpp"

using namespace books;
using stint::decimal;
using stint::id;
using stint::unit_of_work;

namespace {

class store : public example {
public:
    store() { stint::create_tables<everything>(db()); }

    /// What another unit reads after this one wrote it.
    everything after_a_round_trip(everything object) {
        id<everything> key;
        {
            unit_of_work work{db()};
            auto         added = work.add(std::move(object));
            work.commit();
            key = added.id();
        }
        return stored(key);
    }
};

everything with_extremes(bool high) {
    using large = std::numeric_limits<std::int64_t>;
    everything object;
    object.yes = high;
    object.small = high ? std::numeric_limits<std::int16_t>::max() : std::numeric_limits<std::int16_t>::min();
    object.medium = high ? std::numeric_limits<std::uint32_t>::max() : 0;
    object.large = high ? large::max() : large::min();
    object.real = high ? 0.1 : -std::numeric_limits<double>::max();
    object.text = high ? "Zoë's \"flour\" \\ 50% :x ; -- ✓\n" : "";
    object.number = decimal{high ? "999999999999999.999" : "-999999999999999.999"};
    object.second = std::chrono::sys_seconds{std::chrono::seconds{high ? 4102444800 : -1}};
    object.instant = stint::timestamp{std::chrono::microseconds{high ? 4102444800123456 : -1}};
    object.stock = id<stock>{1};
    return object;
}

}  // namespace

TEST_SUITE_BEGIN("round_trip");

TEST_CASE_FIXTURE(store, "every member type comes back as it went") {
    for (bool const high : {true, false}) {
        CAPTURE(high);
        auto const went = with_extremes(high);
        auto const came = after_a_round_trip(went);
        CHECK(came.yes == went.yes);
        CHECK(came.small == went.small);
        CHECK(came.medium == went.medium);
        CHECK(came.large == went.large);
        CHECK(came.real == went.real);
        CHECK(came.text == went.text);
        CHECK(came.number.to_string() == went.number.to_string());
        CHECK(came.second == went.second);
        CHECK(came.instant == went.instant);
        CHECK(came.stock == went.stock);
        CHECK(came.version == stint::version_number{1});
        CHECK_FALSE(came.maybe_yes);
        CHECK_FALSE(came.maybe_int);
        CHECK_FALSE(came.maybe_real);
        CHECK_FALSE(came.maybe_text);
        CHECK_FALSE(came.maybe_number);
        CHECK_FALSE(came.maybe_instant);
        CHECK_FALSE(came.maybe_stock);
    }
}

TEST_CASE_FIXTURE(store, "optional members come back too, and become null again") {
    auto went = with_extremes(true);
    went.maybe_yes = false;
    went.maybe_int = -7;
    went.maybe_real = 1e-300;
    went.maybe_text = "";
    went.maybe_number = decimal{-3};
    went.maybe_instant = stint::timestamp{};
    went.maybe_stock = id<stock>{2};
    auto const key = after_a_round_trip(went).id;

    unit_of_work work{db()};
    auto         came = work.get(key);
    CHECK(came->maybe_yes == false);
    CHECK(came->maybe_int == -7);
    CHECK(came->maybe_real == 1e-300);
    CHECK(came->maybe_text == "");
    CHECK(came->maybe_number == decimal{-3});
    CHECK(came->maybe_instant == stint::timestamp{});
    CHECK(came->maybe_stock == id<stock>{2});

    came.edit().maybe_text.reset();
    came.edit().maybe_stock.reset();
    work.commit();
    CHECK(came->version == stint::version_number{2});
    unit_of_work look{db()};
    CHECK_FALSE(look.get(key)->maybe_text);
    CHECK(look.find<everything>(stint::where(&everything::maybe_stock) == std::nullopt).size() == 1);
    CHECK(look.find<everything>(stint::where(&everything::maybe_number) == -3).size() == 1);
    CHECK(look.find<everything>(stint::where(&everything::instant) < went.instant).empty());
    CHECK(look.find<everything>(stint::where(&everything::text) == went.text).size() == 1);
}

TEST_CASE_FIXTURE(store, "what a column holds but the member can't is told by name, and nothing is loaded") {
    auto const key = after_a_round_trip(with_extremes(true)).id;
    auto const fails_naming = [&](char const* change, char const* column) {
        sql(change);
        stint::database fresh{url()};
        unit_of_work    work{fresh};
        try {
            work.get(key);
            FAIL("loaded what doesn't fit");
        } catch (stint::error const& e) {
            std::string const text = e.what();
            CHECK_MESSAGE(text.find(column) != std::string::npos, text);
        }
        CHECK_FALSE(work.has_changes());
    };
    SUBCASE("a number that is too large") {
        fails_naming("UPDATE everything SET medium = 5000000000", "medium");
    }
    SUBCASE("a null") {
        if (is_postgresql()) {
            sql("ALTER TABLE everything ALTER COLUMN text DROP NOT NULL");
            fails_naming("UPDATE everything SET text = NULL", "text");
        }
    }
    SUBCASE("more decimals than the scale") {
        if (is_postgresql()) {
            sql("ALTER TABLE everything ALTER COLUMN number TYPE numeric");
            fails_naming("UPDATE everything SET number = 1.2345", "number");
        }
    }
}

TEST_SUITE_END();
