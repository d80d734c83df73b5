// How the lock of a row is called.

#include <doctest/doctest.h>

#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stint/error.hpp>
#include <stint/lock_table.hpp>

#include "support/scratch_database.hpp"

namespace {

std::string name_of(std::string_view table, std::vector<stint::value> const& key) {
    return stint::lock_name(table, key);
}

}  // namespace

TEST_SUITE_BEGIN("lock_names");

TEST_CASE("a lock is called by the table and the key") {
    CHECK(stint::lock_name("documents", 1) == "documents/1");
    CHECK(stint::lock_name("documents", -7) == "documents/-7");
    CHECK(name_of("lines", {std::int64_t{7}, std::string("a")}) == "lines/7/a");
}

TEST_CASE("no two keys have one name") {
    CHECK(name_of("lines", {std::string("7/2")}) == "lines/7%2F2");
    CHECK(name_of("lines", {std::string("7%2F2")}) == "lines/7%252F2");
    CHECK(name_of("a/b", {std::int64_t{1}}) == "a%2Fb/1");
}

TEST_CASE("a refused lock tells the table and the key that its name was made of") {
    auto const told = [](std::string const& name) { return stint::lock_refused({name}, {}).subject(); };
    using subject = stint::error_subject;
    CHECK(told(stint::lock_name("documents", 1)) == subject{.table = "documents", .key = "1"});
    CHECK(told(name_of("a/b%2F", {std::int64_t{7}, std::string("7/2"), std::string("50%")})) ==
          subject{.table = "a/b%2F", .key = "7, 7/2, 50%"});
    CHECK(told("the printer, 50%") == subject{.key = "the printer, 50%"});
    auto holder = stint::held_lock{};
    holder.name = name_of("a/b", {std::int64_t{2}});
    CHECK(stint::lock_refused({"documents/1"}, {holder}).subject() == subject{.table = "a/b", .key = "2"});
}

TEST_CASE_FIXTURE(scratch_database, "SQL makes the same names") {
    sql("CREATE TABLE lines (number integer, code text)");
    sql("INSERT INTO lines VALUES (-7, 'a/b%c'), (12, '%2F/')");
    std::string const part = "replace(replace(code, '%', '%25'), '/', '%2F')";
    for (auto const& [number, code] : {std::pair{-7, "a/b%c"}, {12, "%2F/"}})
        CHECK(ask("SELECT 'lines/' || number || '/' || " + part + " FROM lines WHERE number = " +
                  std::to_string(number)) == name_of("lines", {std::int64_t{number}, std::string(code)}));
}

TEST_CASE("what is no key names no lock") {
    CHECK_THROWS_AS(name_of("lines", {stint::null}), stint::usage_error);
    CHECK_THROWS_AS(name_of("lines", {1.5}), stint::usage_error);
}

TEST_SUITE_END();
