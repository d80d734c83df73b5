#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <limits>
#include <string>
#include <vector>

#include "support/scratch_database.hpp"

namespace {

struct ruled_tables : scratch_database {
    std::vector<stint::unique_rule> rules() {
        return db().lend()->unique_rules(std::array{std::string("seats")}, stint::deadline::none());
    }
};

}  // namespace

TEST_SUITE_BEGIN("core: unique rules");

TEST_CASE_FIXTURE(ruled_tables, "what columns take at most is told for their free values") {
    sql("CREATE DOMAIN label AS varchar(7) NOT NULL");
    sql("CREATE TABLE seats (small smallint, medium int, large bigint, price numeric(6, 2), any_number numeric, "
        "code varchar(5), words text, named label)");
    for (auto const* column : {"small", "medium", "large", "price", "any_number", "code", "words", "named"})
        sql("CREATE UNIQUE INDEX of_" + std::string(column) + " ON seats (" + column + ")");
    auto const part = [all = rules()](std::string const& column) {
        return std::ranges::find_if(all, [&](auto const& rule) { return rule.has_column(column); })->parts.front();
    };
    CHECK(part("small").largest == 32'767);
    CHECK(part("medium").largest == 2'147'483'647);
    CHECK(part("large").largest.value_or(0) == 0);
    CHECK(part("price").largest == 9'999);
    CHECK_FALSE(part("any_number").largest);
    CHECK(part("code").length == 5);
    CHECK_FALSE(part("words").length);
    CHECK(part("named").length == 7);
    CHECK_FALSE(part("named").nullable);
}

TEST_CASE_FIXTURE(ruled_tables,
                  "constraints judged at COMMIT, exclusion constraints and nulls that are alike are told") {
    sql("CREATE TABLE seats (a int UNIQUE DEFERRABLE INITIALLY DEFERRED, b int UNIQUE DEFERRABLE, "
        "c int UNIQUE NULLS NOT DISTINCT, d int4range, e char(3) UNIQUE, EXCLUDE USING gist (d WITH &&))");
    auto const all = rules();
    auto const rule_of = [&](std::string const& column) {
        return *std::ranges::find_if(all, [&](auto const& rule) { return rule.has_column(column); });
    };
    CHECK(rule_of("a").is_deferred);
    CHECK_FALSE(rule_of("b").is_deferred);
    CHECK(rule_of("b").is_plain);
    CHECK(rule_of("b").nulls_are_distinct);
    CHECK_FALSE(rule_of("c").nulls_are_distinct);
    CHECK_FALSE(rule_of("d").is_plain);
    CHECK_FALSE(rule_of("e").is_plain);  // 'a' and 'a  ' are alike
}

TEST_SUITE_END();
