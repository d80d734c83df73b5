#include <doctest/doctest.h>

#include <cstdint>
#include <limits>
#include <type_traits>
#include <unordered_set>

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>
#include <stint/id.hpp>

#include "support/books.hpp"

namespace {

struct apple {};
struct pear {};

}  // namespace

TEST_SUITE_BEGIN("id");

TEST_CASE("an id of one class is not an id of another") {
    static_assert(!std::is_convertible_v<stint::id<apple>, stint::id<pear>>);
    static_assert(!std::is_constructible_v<stint::id<apple>, stint::id<pear>>);
    static_assert(!std::is_convertible_v<int, stint::id<apple>>, "a number becomes an id only where that is said");
    static_assert(sizeof(stint::id<apple>) == 8);
}

TEST_CASE("an id is given, none or pending") {
    stint::id<apple> const given{7};
    CHECK(given.is_given());
    CHECK(given.value() == 7);
    CHECK(given.to_string() == "7");

    stint::id<apple> const none;
    CHECK(none.is_none());
    CHECK_FALSE(none.is_given());
    CHECK_THROWS_AS(none.value(), stint::usage_error);

    auto const pending = stint::id<apple>{stint::row_key::fresh()};
    CHECK(pending.is_pending());
    CHECK_FALSE(pending.is_given());
    CHECK_THROWS_AS(pending.value(), stint::usage_error);
    CHECK(pending != none);
    CHECK(pending != stint::id<apple>{stint::row_key::fresh()});
}

TEST_CASE("numbers from -2^62 up are keys, those below are reserved") {
    auto const lowest = -(std::int64_t{1} << 62);
    CHECK(stint::id<apple>{lowest}.value() == lowest);
    CHECK(stint::id<apple>{std::numeric_limits<std::int64_t>::max()}.is_given());
    CHECK_THROWS_AS(stint::id<apple>{lowest - 1}, stint::usage_error);
}

TEST_CASE("a row's key is opaque: it is none, pending or given, and its mapper orders and names it") {
    auto const& type = stint::mapper_of<books::stock>();
    auto const  first = stint::id<books::stock>{1}.key(), second = stint::id<books::stock>{2}.key();
    auto const  pending = stint::row_key::fresh(), later = stint::row_key::fresh();
    static_assert(sizeof(stint::row_key) == 8);
    static_assert(!std::is_constructible_v<stint::row_key, std::int64_t>);
    CHECK(first == stint::id<books::stock>{1}.key());
    CHECK(first != second);
    CHECK(stint::row_key{}.is_none());
    CHECK(pending.is_pending());
    CHECK(type.precedes(first, second));
    CHECK(type.precedes(pending, later));
    CHECK(type.precedes(later, first));
    CHECK(type.precedes(stint::row_key{}, pending));
    CHECK(type.key_value(second) == stint::value{std::int64_t{2}});
    CHECK(type.name_of(second) == "stocks 2");
    CHECK(type.key_text(stint::row_key{}) == "none");
    CHECK(type.key_text(pending).starts_with("pending#"));
}

TEST_CASE("a number in a column that no key can have is refused, not taken for a new row") {
    stint::value const far{std::numeric_limits<std::int64_t>::min() + 5};
    CHECK_THROWS_WITH_AS(static_cast<void>(stint::mapper_of<books::stock>().key_in({&far, 1})),
                         "stocks.id: the number -9223372036854775803 is no key: numbers below -2^62 stand for objects "
                         "that have no key yet",
                         stint::value_error);
}

TEST_CASE("ids can be sorted and hashed") {
    CHECK(stint::id<apple>{1} < stint::id<apple>{2});
    std::unordered_set<stint::id<apple>> const set{stint::id<apple>{1}, stint::id<apple>{1}, stint::id<apple>{2}};
    CHECK(set.size() == 2);
}

TEST_SUITE_END();
