#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "uow/written_objects.hpp"

using namespace books;

TEST_SUITE_BEGIN("pending_change");

TEST_CASE_FIXTURE(written_objects, "changes come in the order of the objects, and only of those that changed") {
    auto const salt = add(stock{{}, "salt", stint::decimal{"5.00"}});
    auto const flour = read(stock_of(1)), sugar = read(stock_of(2, "sugar")), rye = read(stock_of(3, "rye"));
    flour.edit().quantity = stint::decimal{"4.00"};
    sugar.edit();
    remove(rye);
    std::vector<std::string> lines;
    for (auto const& change : changes().list) lines.push_back(to_string(describe(change)));
    CHECK(lines == std::vector<std::string>{"added stocks " + salt.id().to_string() + ": name 'salt', quantity 5.00",
                                            "changed stocks 1: quantity 5.00 -> 4.00",
                                            "removed stocks 3: name 'rye', quantity 5.00"});
    CHECK(has_changed(flour.object()));
    CHECK_FALSE(has_changed(sugar.object()));
}

TEST_CASE_FIXTURE(written_objects, "an object that was edited back to what was read has no change") {
    auto const flour = read(stock_of(1));
    flour.edit().quantity = stint::decimal{"4.00"};
    flour.edit().quantity = stint::decimal{"5.0"};
    CHECK(changes().list.empty());
}

TEST_CASE_FIXTURE(written_objects, "changes that write the same fields share one set of them") {
    auto const flour = read(stock_of(1)), sugar = read(stock_of(2)), rye = read(stock_of(3));
    flour.edit().quantity = stint::decimal{"4.00"};
    rye.edit().name = "oats";
    sugar.edit().quantity = stint::decimal{"6.00"};
    auto const pending = changes();
    REQUIRE(pending.list.size() == 3);
    CHECK(pending.sets.size() == 2);
    CHECK(pending.list[0].written == pending.list[1].written);
    CHECK(pending.list[0].fields() == std::vector<std::size_t>{1});
    CHECK(pending.list[2].fields() == std::vector<std::size_t>{0});
}

TEST_CASE_FIXTURE(written_objects, "a key that was edited is refused") {
    read(stock_of(1)).edit().id = stint::id<stock>{2};
    CHECK_THROWS_WITH_AS(
        changes(), "the key of stocks 1 was edited; a key is an object's identity: remove the object and add another",
        stint::usage_error);
}

TEST_CASE_FIXTURE(written_objects, "people are shown the name of a key that isn't known yet") {
    auto const  root = add(node{{}, "root"});
    auto const  leaf = add(node{{}, "leaf", root.id()});
    auto const& type = leaf.object().mapper();
    CHECK(shown(type, leaf.object().object(), 1) == stint::value{root.id().to_string()});
    CHECK(type.fields()[1].referred(leaf.object().object()) == root.id().key());
    CHECK(type.fields()[1].referred(root.object().object()).is_none());
}

TEST_SUITE_END();
