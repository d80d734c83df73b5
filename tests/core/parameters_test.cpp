#include <doctest/doctest.h>

#include <stint/error.hpp>

#include "../../core/src/parameters.hpp"

namespace {

std::string numbered(std::string_view sql) {
    auto const result = stint::with_dollars(sql);
    return result.sql + " #" + std::to_string(result.parameters);
}

}  // namespace

TEST_SUITE("core: parameters") {
    TEST_CASE("each number becomes PostgreSQL's, however often and where it is written") {
        CHECK(numbered("SELECT 1") == "SELECT 1 #0");
        CHECK(numbered("a = :1 AND b = :2") == "a = $1 AND b = $2 #2");
        CHECK(numbered("a = :2 OR b = :1 OR c = :2") == "a = $2 OR b = $1 OR c = $2 #2");
        CHECK(numbered(":1:2") == "$1$2 #2");
        CHECK(numbered(":12, :1, :2, :3, :4, :5, :6, :7, :8, :9, :10, :11") ==
              "$12, $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11 #12");
    }

    TEST_CASE("in texts, names, remarks and casts there is none") {
        for (auto const* const sql :
             {"':1'", "'it''s :1'", "\":1\"", "a::int4", "-- :1", "/* :1 */", "$$ :1 $$", "$tag$ :1 $$ :2 $tag$",
              "x := 1", "E'\\' :1'", "':1", "\":1", "$$ :1", "/* :1", ":", "a:"}) {
            CAPTURE(sql);
            CHECK(numbered(sql) == std::string(sql) + " #0");
        }
        CHECK(numbered("':1' || :1") == "':1' || $1 #1");
        CHECK(numbered("-- :2\n:1") == "-- :2\n$1 #1");
        CHECK(numbered("'\\' || :1") == "'\\' || $1 #1");
        CHECK(numbered(":1::text") == "$1::text #1");
        CHECK(numbered("a$1$ = :1") == "a$1$ = $1 #1");
        CHECK(numbered("type'x' = :1") == "type'x' = $1 #1");
    }

    TEST_CASE("a number that is left out, or is none, is refused") {
        for (auto const* const sql : {":2", ":1 :3", ":0", ":99999999999999999999"}) {
            CAPTURE(sql);
            CHECK_THROWS_AS(numbered(sql), stint::usage_error);
        }
    }
}
