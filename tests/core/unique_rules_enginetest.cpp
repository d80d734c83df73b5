#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <string>
#include <vector>

#include "support/scratch_database.hpp"

namespace {

std::string text(stint::unique_rule const& rule) {
    auto result = rule.table + " " + rule.name + ":";
    for (auto const& part : rule.parts)
        result += " " + (part.column.empty() ? "(expression)" : part.column) + (part.nullable ? "?" : "");
    if (!rule.is_plain) result += ", not plain";
    if (rule.is_deferred) result += ", deferred";
    if (!rule.nulls_are_distinct) result += ", nulls alike";
    return result;
}

struct ruled_tables : scratch_database {
    std::vector<stint::unique_rule> rules(std::vector<std::string> const& tables) {
        return db().lend()->unique_rules(tables, stint::deadline::none());
    }
    std::vector<std::string> texts(std::vector<std::string> const& tables) {
        std::vector<std::string> result;
        for (auto const& rule : rules(tables)) result.push_back(text(rule));
        std::ranges::sort(result);
        return result;
    }
};

using lines = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("core: unique rules");

TEST_CASE_FIXTURE(ruled_tables, "unique indexes are told with their columns and which of these may be null") {
    sql("CREATE TABLE seats (id INTEGER PRIMARY KEY, name TEXT NOT NULL, bank INTEGER, place INTEGER NOT NULL)");
    sql("CREATE INDEX seats_by_place ON seats (place)");
    sql("CREATE UNIQUE INDEX seats_name ON seats (name)");
    sql("CREATE UNIQUE INDEX seats_place ON seats (place, bank)");
    auto told = texts({"seats", "nowhere"});
    std::erase(told, "seats seats_pkey: id");  // on SQLite it is the row's number and no index
    CHECK(told == lines{"seats seats_name: name", "seats seats_place: place bank?"});
}

TEST_CASE_FIXTURE(ruled_tables, "a rule over an expression, a part of the rows or a collation is not plain") {
    sql("CREATE TABLE seats (name TEXT NOT NULL, bank INTEGER, place INTEGER NOT NULL)");
    sql("CREATE UNIQUE INDEX a_lower ON seats (lower(name))");
    sql("CREATE UNIQUE INDEX b_some ON seats (place) WHERE bank > 0");
    sql(std::string("CREATE UNIQUE INDEX c_collated ON seats (name COLLATE ") +
        (is_postgresql() ? "\"C\")" : "NOCASE)"));
    CHECK(texts({"seats"}) == lines{"seats a_lower: (expression), not plain", "seats b_some: place, not plain",
                                    "seats c_collated: name, not plain"});
}

TEST_CASE_FIXTURE(ruled_tables, "a constraint is told by the name of its index") {
    sql("CREATE TABLE seats (name TEXT NOT NULL, place INTEGER NOT NULL, CONSTRAINT own_place UNIQUE (name, place))");
    CHECK(texts({"seats"}) ==
          lines{is_postgresql() ? "seats own_place: name place" : "seats sqlite_autoindex_seats_1: name place"});
}

TEST_CASE_FIXTURE(ruled_tables, "tables are told one behind the other, each by the name that it was asked by") {
    sql("CREATE TABLE \"odd, table\" (\"odd 'column\" TEXT UNIQUE)");
    sql("CREATE TABLE seats (name TEXT UNIQUE)");
    auto const found = rules({"seats", "odd, table"});
    REQUIRE(found.size() == 2);
    CHECK(std::ranges::count(found, "seats", &stint::unique_rule::table) == 1);
    auto const odd = std::ranges::find(found, "odd, table", &stint::unique_rule::table);
    REQUIRE(odd != found.end());
    CHECK(odd->parts.front().column == "odd 'column");
}

TEST_SUITE_END();
