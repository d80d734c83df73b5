#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../../engines/postgresql/statement_names.hpp"

using stint::pipeline_statement;
using stint::statement_names;
using user = stint::statement_names::user;

namespace {

using names = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("core: statement_names");

TEST_CASE("each name is given once, and says whose it is") {
    statement_names given{true};
    CHECK(given.next(user::flush) == "stint_1");
    CHECK(given.next(user::flush) == "stint_2");
    CHECK(given.next(user::single_statement) == "stint_single_1");
    CHECK(given.next(user::flush) == "stint_3");
}

TEST_CASE("the server is told of a name that was prepared and isn't used any more, once") {
    statement_names    given{true};
    pipeline_statement sent{.sql = "SELECT 1", .name = given.next(user::flush), .prepared = true};
    pipeline_statement never_sent{.sql = "SELECT 2", .name = given.next(user::flush)};
    given.let_go(user::flush, sent);
    given.let_go(user::flush, never_sent);
    CHECK(!sent.prepared);
    CHECK(!given.has_unused(user::single_statement));
    CHECK(given.has_unused(user::flush));
    CHECK(given.take_unused(user::flush) == names{"stint_1"});
    CHECK(given.take_unused(user::flush).empty());
}

TEST_CASE("a statement that is renewed has another name, and keeps what it is") {
    statement_names    given{true};
    pipeline_statement sent{
        .sql = "SELECT $1", .name = given.next(user::single_statement), .prepared = true, .formats = {1}};
    given.renew(user::single_statement, sent);
    CHECK(sent.name == "stint_single_2");
    CHECK(!sent.prepared);
    CHECK(sent.sql == "SELECT $1");
    CHECK(sent.formats == std::vector{1});
    CHECK(given.take_unused(user::single_statement) == names{"stint_single_1"});
}

TEST_CASE("where names can't be relied on there are none") {
    statement_names given{false};
    CHECK(given.next(user::flush).empty());
    pipeline_statement sent{.sql = "SELECT 1"};
    given.renew(user::flush, sent);
    CHECK(sent.name.empty());
    CHECK(!given.has_unused(user::flush));
}

TEST_SUITE_END();
