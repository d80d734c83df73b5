#include <doctest/doctest.h>

#include <string>
#include <vector>

#include <stint/table_difference.hpp>

#include "tables.hpp"

using namespace tables;
using stint::column_type;
using stint::table_difference;
using stint::write_batch;

namespace {

stint::column const price{"price", {data_type::numeric, 2}};

write_batch new_item(stint::column const& column, value const& v) {
    write_batch batch;
    batch.add(batch.shape({.action = row_action::insert, .table = "items", .key = {id}, .assignments = {{column}}}),
              {number(1)}, {}, {v});
    return batch;
}

class items : public scratch_database {
public:
    void declare(std::string const& column, bool strict = false) {
        sql("DROP TABLE IF EXISTS items");
        sql("CREATE TABLE items (id INTEGER PRIMARY KEY, " + column + ')' + (strict ? " STRICT" : ""));
    }

    /// "done", or what is wrong with the column.
    std::string written(stint::column const& column, value const& v) {
        std::string result;
        for (bool const portably : {false, true}) {
            sql("DELETE FROM items");
            auto const told = flushed(new_item(column, v), portably);
            if (portably) CHECK(told == result);
            result = told;
        }
        return result;
    }

    std::string flushed(write_batch const& batch, bool portably = false) {
        auto const connection = db().lend();
        try {
            return refusals(portably ? connection->flush_portably(batch, no_deadline)
                                     : connection->flush(batch, no_deadline));
        } catch (stint::table_mismatch const& e) {
            CHECK(ask("SELECT count(*) FROM items") == "0");
            CHECK(e.kind() == stint::error_kind::schema);
            CHECK(e.subject().columns == std::vector<std::string>{batch.shapes()[0].assignments[0].column.name});
            auto const kind = e.differences().front().problem;
            return kind == table_difference::kind::converts ? "converts" : "another type";
        }
    }

    std::string read(stint::column const& column) {
        try {
            return selected(*db().lend(), {.table = "items", .columns = {column}});
        } catch (stint::schema_error const& e) {
            return std::string("refused: ") + e.report().message;
        }
    }
};

struct declaration {
    char const* type;
    bool        strict;
    char const* kept;  ///< of boolean, integer, instant, real, text, numeric of scale 2 and of scale 0
};

struct mapped_value {
    column_type type;
    value       content;
};

}  // namespace

TEST_SUITE("core: tables that would lose values, on SQLite") {
    TEST_CASE_FIXTURE(items, "what each declared type keeps, and what it would convert") {
        std::vector<mapped_value> const kinds{{{data_type::boolean}, true},
                                              {{data_type::integer}, number(7)},
                                              {{data_type::instant}, stint::timestamp{}},
                                              {{data_type::real}, 1.5},
                                              {{data_type::text}, text("007")},
                                              {{data_type::numeric, 2}, amount("1.00")},
                                              {{data_type::numeric, 0}, amount("3")}};
        std::vector<declaration> const  declarations{
             {"INTEGER", false, "yyyy-yy"},       {"BIGINT", false, "yyyy-yy"},  {"INTEGER", true, "yyy--yy"},
             {"DECIMAL(10,2)", false, "yyyy--y"}, {"NUMERIC", false, "yyyy--y"}, {"DATETIME", false, "yyyy--y"},
             {"STRING", false, "yyyy--y"},        {"REAL", false, "---y---"},    {"DOUBLE PRECISION", false, "---y---"},
             {"REAL", true, "---y---"},           {"TEXT", false, "----y--"},    {"VARCHAR(5)", false, "----y--"},
             {"TEXT", true, "----y--"},           {"", false, "yyyyyyy"},        {"BLOB", false, "yyyyyyy"},
             {"BLOB", true, "-------"},           {"ANY", true, "yyyyyyy"}};
        for (auto const& row : declarations) {
            declare(std::string("it ") + row.type, row.strict);
            std::string found;
            for (auto const& kind : kinds) found += written({"it", kind.type}, kind.content) == "done" ? 'y' : '-';
            CAPTURE(row.type);
            CAPTURE(row.strict);
            CHECK(found == row.kept);
        }
    }

    TEST_CASE_FIXTURE(items, "a DECIMAL column of another program is not read as units, nor written") {
        declare("price DECIMAL(10,2)");
        sql("INSERT INTO items VALUES (9, 200)");
        CHECK(read(price) == "refused: is declared DECIMAL(10,2)");
        CHECK(queried(*db().lend(), "SELECT price FROM items", {}, {{data_type::integer}}) == "200");
        sql("DELETE FROM items");
        CHECK(written(price, amount("1.00")) == "converts");
    }

    TEST_CASE_FIXTURE(items, "a view says the type of the column that it shows, an expression none") {
        declare("price DECIMAL(10,2), units INTEGER");
        sql("INSERT INTO items VALUES (9, 200, 250)");
        sql("CREATE VIEW priced AS SELECT id, price, units, units * 2 AS twice FROM items");
        auto const of_view = [&](char const* column) {
            return selected(*db().lend(), {.table = "priced", .columns = {{column, {data_type::numeric, 2}}}});
        };
        CHECK_THROWS_AS(of_view("price"), stint::schema_error);
        CHECK(of_view("units") == "2.50");
        CHECK(of_view("twice") == "5.00");
    }

    TEST_CASE_FIXTURE(items, "a time in a TEXT column is refused before it is written") {
        declare("seen TEXT");
        CHECK(written(seen, stint::timestamp{}) == "converts");
    }

    TEST_CASE_FIXTURE(items, "tables that change are looked at again, whoever changes them") {
        declare("price INTEGER");
        auto const connection = db().lend();
        CHECK(refusals(connection->flush(new_item(price, amount("1.00")), no_deadline)) == "done");
        CHECK(selected(*connection, {.table = "items", .columns = {price}}) == "1.00");
        declare("price DECIMAL(10,2)");
        CHECK_THROWS_AS(connection->flush(new_item(price, amount("1.00")), no_deadline), stint::table_mismatch);
        sql("INSERT INTO items VALUES (9, 200)");
        CHECK_THROWS_AS(selected(*connection, {.table = "items", .columns = {price}}), stint::schema_error);
    }

    TEST_CASE_FIXTURE(items, "a table of an attached schema is looked at there") {
        auto const connection = db().lend();
        connection->execute("ATTACH ':memory:' AS aux", no_deadline);
        connection->execute("CREATE TABLE aux.items (id INTEGER PRIMARY KEY, price DECIMAL(10,2))", no_deadline);
        sql("CREATE TABLE items (id INTEGER PRIMARY KEY, price INTEGER)");
        auto shape = new_item(price, amount("1.00")).shapes()[0];
        shape.table = "aux.items";
        write_batch batch;
        batch.add(batch.shape(shape), {number(1)}, {}, {amount("1.00")});
        CHECK_THROWS_AS(connection->flush(batch, no_deadline), stint::table_mismatch);
        CHECK(refusals(connection->flush(new_item(price, amount("1.00")), no_deadline)) == "done");
    }

    TEST_CASE_FIXTURE(
        items, "a table of an attached or temporary schema that changes is looked at again, whoever changes it") {
        scratch_database other;
        auto const       connection = db().lend();
        connection->execute("ATTACH :1 AS other", std::vector{text(other.url().substr(std::string("sqlite:").size()))},
                            no_deadline);
        auto const flushed_into = [&](std::string const& table) {
            auto shape = new_item(price, amount("1.00")).shapes()[0];
            shape.table = table;
            write_batch batch;
            batch.add(batch.shape(shape), {number(1)}, {}, {amount("1.00")});
            return refusals(connection->flush(batch, no_deadline));
        };
        other.sql("CREATE TABLE items (id INTEGER PRIMARY KEY, price INTEGER)");
        CHECK(flushed_into("other.items") == "done");
        other.sql("DROP TABLE items");
        other.sql("CREATE TABLE items (id INTEGER PRIMARY KEY, price DECIMAL(10,2))");
        CHECK_THROWS_AS(flushed_into("other.items"), stint::table_mismatch);

        declare("price INTEGER");
        CHECK(flushed_into("items") == "done");
        connection->execute("CREATE TEMPORARY TABLE items (id INTEGER PRIMARY KEY, price DECIMAL(10,2))", no_deadline);
        CHECK_THROWS_AS(flushed_into("items"), stint::table_mismatch);
    }

    TEST_CASE_FIXTURE(items, "references of a table in an attached schema stay there, or are refused with the reason") {
        auto const connection = db().lend();
        connection->execute("ATTACH ':memory:' AS aux", no_deadline);
        auto const create = [&](std::string const& child, std::string const& parent) {
            for (auto const& statement : db().kind().create_tables(std::vector<stint::table_definition>{
                     {parent, "id", {{id}}, {}, {}}, {child, "id", {{id}, {stock}}, {{"stock", parent, "id"}}, {}}}))
                connection->execute(statement, no_deadline);
        };
        create("aux.documents", "aux.stocks");
        CHECK_THROWS_AS(connection->execute("INSERT INTO aux.documents VALUES (1, 7)", no_deadline),
                        stint::constraint_violation);
        connection->execute("INSERT INTO aux.stocks VALUES (7)", no_deadline);
        connection->execute("INSERT INTO aux.documents VALUES (1, 7)", no_deadline);
        create("documents", "main.stocks");
        try {
            create("aux.letters", "boxes");
            FAIL("a reference to another schema");
        } catch (stint::schema_error const& e) {
            CHECK(e.subject().table == "aux.letters");
            CHECK(e.subject().columns == std::vector<std::string>{"stock"});
            CHECK(std::string(e.what()).find("within one schema") != std::string::npos);
        }
    }
}
