#include <doctest/doctest.h>

#include <string>

#include "support/books.hpp"
#include "support/everything.hpp"

using namespace books;
using test = stint::comparison::test;

namespace {

/// A type of an application that stands for an id.
struct chosen_stock {
    stint::id<stock> chosen;

    operator stint::id<stock>() const { return chosen; }
};

}  // namespace

TEST_SUITE_BEGIN("query");

TEST_CASE("filters, orders and a limit make a selection") {
    using namespace stint;
    auto const  query = query_of<document>(where(&document::stock) == id<stock>{1} &&
                                               where(&document::processed) == false,
                                           order_by_descending(&document::quantity), order_by(&document::id), limit(10));
    auto const& rows = query.rows;
    CHECK(rows.table == "documents");
    REQUIRE(rows.where.size() == 2);
    CHECK(rows.where[0].column.name == "stock");
    CHECK(rows.where[0].relation == test::equal);
    CHECK(rows.where[0].operands.front() == value{std::int64_t{1}});
    CHECK(rows.where[1].operands.front() == value{false});
    REQUIRE(rows.order_by.size() == 2);
    CHECK(rows.order_by[0].column.name == "quantity");
    CHECK(rows.order_by[0].descending);
    CHECK_FALSE(rows.order_by[1].descending);
    CHECK(rows.limit == 10);
}

TEST_CASE("a comparison with an object that has no key yet is filled in by its unit of work") {
    using namespace stint;
    id<stock> const fresh{row_key::fresh()};
    auto const      query = query_of<document>(where(&document::processed) == false,
                                               where(&document::quantity) > 0 && where(&document::stock) == fresh);
    REQUIRE(query.pending.size() == 1);
    CHECK(query.rows.where[query.pending.front().comparison].column.name == "stock");
    CHECK(query.pending.front().object == object_key{&mapper_of<stock>(), fresh.key()});
}

TEST_CASE("a reference is compared with whatever converts to its id") {
    using namespace stint;
    auto const given = query_of<document>(where(&document::stock) == chosen_stock{id<stock>{7}});
    CHECK(given.pending.empty());
    CHECK(given.rows.where.front().operands.front() == value{std::int64_t{7}});
    id<stock> const fresh{row_key::fresh()};
    auto const      pending = query_of<document>(where(&document::stock) == chosen_stock{fresh});
    REQUIRE(pending.pending.size() == 1);
    CHECK(pending.pending.front().object == object_key{&mapper_of<stock>(), fresh.key()});
}

TEST_CASE("nullable members compare with their plain type and with null") {
    using namespace stint;
    auto const children = where(&node::parent) == id<node>{3};
    auto const roots = where(&node::parent) == std::nullopt;
    CHECK(children.comparisons.front().operands.front() == value{std::int64_t{3}});
    CHECK(is_null(roots.comparisons.front().operands.front()));
}

TEST_CASE("a number that the column can't hold is refused before it is asked for") {
    CHECK_THROWS_AS(static_cast<void>(stint::where(&stock::quantity) == stint::decimal{"1.234"}), stint::value_error);
    CHECK_NOTHROW(static_cast<void>(stint::where(&stock::quantity) == 5));
}

TEST_CASE("an integer that is larger than the member can be is asked for as it is") {
    auto const far = stint::where(&everything::small) == 5'000'000'000;
    CHECK(far.comparisons.front().operands.front() == stint::value{std::int64_t{5'000'000'000}});
}

TEST_CASE("text is compared with whatever becomes a string") {
    char const* const rye = "rye";
    for (auto const& filter : {stint::where(&stock::name) == "rye", stint::where(&stock::name) == rye,
                               stint::where(&stock::name) == std::string("rye")})
        CHECK(filter.comparisons.front().operands.front() == stint::value{std::string("rye")});
}

TEST_SUITE_END();
