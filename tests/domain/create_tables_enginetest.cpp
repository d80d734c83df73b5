#include <doctest/doctest.h>

#include "support/everything.hpp"

using namespace books;

TEST_SUITE_BEGIN("create_tables");

TEST_CASE_FIXTURE(scratch_database, "tables are made in an order that works, whatever order they are named in") {
    stint::create_tables<document, node, stock>(db());
    stint::unit_of_work work{db()};
    work.add(stock{stint::id<stock>{1}, "flour", 1});
    work.add(document{stint::id<document>{1}, 1, false, stint::id<stock>{1}});
    CHECK(work.commit().inserted == 2);
}

TEST_CASE_FIXTURE(scratch_database, "a table that exists is an error, and then none is created") {
    sql("CREATE TABLE stocks (id INTEGER PRIMARY KEY)");
    CHECK_THROWS_AS((stint::create_tables<node, stock>(db())), stint::schema_error);
    CHECK_NOTHROW(stint::create_tables<node>(db()));
}

TEST_CASE_FIXTURE(scratch_database, "drop_tables drops those that exist") {
    stint::create_tables<stock, document>(db());
    CHECK_NOTHROW((stint::drop_tables<stock, document, node>(db())));
    CHECK_NOTHROW((stint::create_tables<stock, document>(db())));
}

TEST_CASE_FIXTURE(scratch_database, "the statements can be printed") {
    auto const script = stint::create_tables_sql<document, stock>(db());
    CAPTURE(script);
    for (auto const* part :
         {"CREATE TABLE \"stocks\"", "CREATE TABLE \"documents\"", "NOT NULL", "REFERENCES \"stocks\"",
          is_postgresql() ? "\"quantity\" numeric(19,2)" : "\"quantity\" INTEGER"})
        CHECK_MESSAGE(script.find(part) != std::string::npos, part);
}

TEST_CASE_FIXTURE(scratch_database, "a reference that the database does not have is refused by it") {
    stint::create_tables<stock, document>(db());
    stint::unit_of_work work{db()};
    work.add(document{stint::id<document>{1}, 1, false, stint::id<stock>{9}});
    CHECK_THROWS_AS(work.commit(), stint::constraint_violation);
}

TEST_SUITE_END();
