#include <doctest/doctest.h>

#include "../../core/src/select_sql.hpp"
#include "../../engines/postgresql/postgresql_dialect.hpp"
#include "tables.hpp"

using namespace tables;
using stint::comparison;
using stint::selection;

namespace {

struct cached_texts {
    stint::postgresql_dialect const spelling{};
    stint::selection_cache          cache{2};

    auto rendered(selection const& selection) { return cache.rendered(selection, spelling); }
};

selection of_stocks(comparison const& where) {
    return {.table = "stocks", .columns = {id, name}, .where = {where}};
}

}  // namespace

TEST_SUITE_BEGIN("core: select_sql");

TEST_CASE_FIXTURE(cached_texts, "selections that differ in their values alone have one text") {
    auto const text_of_first = rendered(of_stocks({id, comparison::test::equal, {number(1)}}));
    CHECK(text_of_first->sql == R"(SELECT "id", "name" FROM "stocks" WHERE "id" = :1)");
    CHECK(rendered(of_stocks({id, comparison::test::equal, {number(2)}})) == text_of_first);

    auto first = of_stocks({id, comparison::test::any_of, {number(1), number(2)}});
    auto second = of_stocks({id, comparison::test::any_of, {}});
    CHECK(rendered(first) == rendered(second));
    first.limit = 1;
    second.limit = 2;
    CHECK(rendered(first) == rendered(second));
}

TEST_CASE_FIXTURE(cached_texts, "null is no value: it has a text of its own") {
    auto const with_value = rendered(of_stocks({name, comparison::test::equal, {text("rye")}}));
    auto const with_null = rendered(of_stocks({name, comparison::test::equal, {stint::null}}));
    CHECK(with_value != with_null);
    CHECK(with_null->sql == R"(SELECT "id", "name" FROM "stocks" WHERE "name" IS NULL)");
    CHECK(rendered(of_stocks({name, comparison::test::equal, {stint::null}})) == with_null);
}

TEST_CASE_FIXTURE(cached_texts, "whatever else differs makes another text") {
    auto const usual = of_stocks({id, comparison::test::equal, {number(1)}});
    auto const text = rendered(usual)->sql;
    auto const differs = [&](auto change) {
        auto other = usual;
        change(other);
        return rendered(other)->sql != text;
    };
    CHECK(differs([](selection& first) { first.table = "documents"; }));
    CHECK(differs([](selection& first) { first.columns = {id}; }));
    CHECK(differs([](selection& first) { first.columns = {name, id}; }));
    CHECK(differs([](selection& first) { first.where.front().column = quantity; }));
    CHECK(differs([](selection& first) { first.where.front().relation = comparison::test::less; }));
    CHECK(differs([](selection& first) { first.where.clear(); }));
    CHECK(differs([](selection& first) { first.order_by = {{id}}; }));
    CHECK(differs([](selection& first) { first.order_by = {{id, true}}; }));
    CHECK(differs([](selection& first) { first.limit = 1; }));
}

TEST_CASE_FIXTURE(cached_texts, "there is never more than fits in, and a text lives as long as it is used") {
    auto const kept = rendered({.table = "a", .columns = {id}});
    rendered({.table = "b", .columns = {id}});
    rendered({.table = "c", .columns = {id}});
    CHECK(rendered({.table = "a", .columns = {id}}) != kept);
    CHECK(kept->sql == R"(SELECT "id" FROM "a")");
}

TEST_SUITE_END();
