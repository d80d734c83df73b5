#include <doctest/doctest.h>

#include "support/everything.hpp"

using namespace books;

namespace {

struct pallet {
    stint::id<pallet>                      id;
    stint::id<books::stock>                stock;
    std::optional<stint::id<books::stock>> spare{};
    std::optional<stint::id<pallet>>       below{};
};

/// Of a schema or an attached database.
struct far_away {
    stint::id<far_away>                id;
    std::optional<stint::id<far_away>> next{};
};

/// Names as long as PostgreSQL keeps them, alike in all that an index's name could be cut to.
template <int Number>
struct long_named {
    stint::id<long_named>                id;
    std::optional<stint::id<long_named>> next{};
    std::optional<stint::id<long_named>> last{};
};

/// "table (column), ...", without what keys have.
std::string indexes_of(scratch_database& place, std::string const& table) {
    auto const quoted_name = '\'' + table + '\'';
    if (scratch_database::is_postgresql())
        return place.ask(
            "SELECT coalesce(string_agg(attname, ', ' ORDER BY attname), '') FROM pg_index JOIN pg_attribute ON "
            "attrelid = indrelid AND attnum = indkey[0] WHERE NOT indisprimary AND indrelid = " +
            quoted_name + "::regclass");
    return place.ask("SELECT coalesce(group_concat(name, ', '), '') FROM (SELECT info.name FROM pragma_index_list(" +
                     quoted_name + ") AS list JOIN pragma_index_info(list.name) AS info ORDER BY info.name)");
}

}  // namespace

template <>
struct stint::mapping<pallet> {
    static constexpr auto value = stint::table(
        "pallets", stint::key("id", &pallet::id), stint::version("version"), stint::field("stock", &pallet::stock),
        stint::field("spare", &pallet::spare, stint::not_indexed), stint::field("below", &pallet::below));
};
template <>
struct stint::mapping<far_away> {
    static constexpr auto value = stint::table("away.things", stint::key("id", &far_away::id),
                                               stint::version("version"), stint::field("next", &far_away::next));
};
template <int Number>
struct stint::mapping<long_named<Number>> {
    using named = long_named<Number>;
    static constexpr auto value = stint::table(
        Number == 1 ? "a_table_whose_name_is_sixty_three_bytes_long_that_is_the_most_1"
                    : "a_table_whose_name_is_sixty_three_bytes_long_that_is_the_most_2",
        stint::key("id", &named::id), stint::version("version"),
        stint::field("a_column_whose_name_is_sixty_three_bytes_long_as_well_the_next", &named::next),
        stint::field("a_column_whose_name_is_sixty_three_bytes_long_as_well_the_last", &named::last));
};

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

TEST_CASE_FIXTURE(scratch_database, "references are indexed, unless the mapping says not_indexed") {
    stint::create_tables<pallet, stock>(db());
    CHECK(indexes_of(*this, "pallets") == "below, stock");
    CHECK(indexes_of(*this, "stocks") == "");

    auto const script = stint::create_tables_sql<pallet>(db());
    CHECK_MESSAGE(script.find(is_postgresql() ? "CREATE INDEX ON \"pallets\" (\"stock\");\n"
                                              : "CREATE INDEX \"pallets.stock\" ON \"pallets\" (\"stock\");\n") !=
                      std::string::npos,
                  script);
    CHECK_MESSAGE(script.find("(\"spare\")") == script.rfind("(\"spare\")"), script);  // its foreign key alone
}

TEST_CASE_FIXTURE(scratch_database, "indexes go with their tables, and tables of long and like names have their own") {
    stint::create_tables<long_named<1>, long_named<2>>(db());
    stint::drop_tables<long_named<1>, long_named<2>>(db());
    CHECK_NOTHROW((stint::create_tables<long_named<2>, long_named<1>>(db())));
    stint::unit_of_work work{db()};
    work.add(long_named<1>{});
    CHECK(work.commit().inserted == 1);
}

TEST_CASE_FIXTURE(scratch_database, "a table of a schema has its indexes there") {
    auto const script = stint::create_tables_sql<far_away>(db());
    CHECK_MESSAGE(script.find(is_postgresql() ? "CREATE INDEX ON \"away\".\"things\" (\"next\");\n"
                                              : "CREATE INDEX \"away\".\"things.next\" ON \"things\" (\"next\");\n") !=
                      std::string::npos,
                  script);
}

TEST_SUITE_END();
