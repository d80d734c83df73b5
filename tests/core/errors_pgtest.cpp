#include <doctest/doctest.h>

#include <stint/transaction.hpp>

#include "../support/of_a_session.hpp"
#include "tables.hpp"

using namespace tables;
using namespace std::chrono_literals;

namespace {

template <typename Error>
std::string code_of(auto function) {
    try {
        function();
    } catch (Error const& e) {
        return e.code();
    }
    return "no such error";
}

}  // namespace

TEST_SUITE("core: PostgreSQL errors") {
    TEST_CASE_FIXTURE(books, "a transaction that failed before can't be committed") {
        auto const connection = db().lend();
        connection->begin(stint::isolation::read_committed, no_deadline);
        CHECK_THROWS_AS(connection->execute("SELECT 1 FROM shelves", no_deadline), stint::schema_error);
        CHECK(code_of<stint::database_error>([&] { connection->execute("DELETE FROM stocks", no_deadline); }) ==
              "25P02");
        CHECK(code_of<stint::database_error>([&] { connection->commit(no_deadline); }) == "25P02");
        CHECK(connection->is_clean());
        CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
    }

    TEST_CASE_FIXTURE(books, "rights, transient trouble, resources and mistakes are told apart by SQLSTATE") {
        auto const raise = [&](std::string const& state) {
            return
                [this, state] { sql("DO $$ BEGIN RAISE EXCEPTION 'raised' USING ERRCODE = '" + state + "'; END $$"); };
        };
        CHECK(code_of<stint::transient_error>(raise("40001")) == "40001");
        CHECK(code_of<stint::transient_error>(raise("40P01")) == "40P01");
        CHECK(code_of<stint::transient_error>(raise("55P03")) == "55P03");
        CHECK(code_of<stint::access_denied>(raise("42501")) == "42501");
        CHECK(code_of<stint::access_denied>(raise("25006")) == "25006");
        CHECK(code_of<stint::out_of_resources>(raise("53100")) == "53100");
        CHECK(code_of<stint::schema_error>(raise("42883")) == "42883");
        CHECK(code_of<stint::constraint_violation>(raise("23P01")) == "23P01");
        CHECK(code_of<stint::connection_error>(raise("57P03")) == "57P03");
        CHECK_THROWS_AS(raise("XX000")(), stint::database_error);
        try {
            sql("SELECT 1 / 0");
            FAIL("nothing was thrown");
        } catch (stint::database_error const& e) {
            CHECK(e.code() == "22012");
            CHECK(e.what_next() == stint::advice::fix_the_code);
        }
    }

    TEST_CASE_FIXTURE(books, "what a server says of a connection of its own is no loss of this one") {
        auto const connection = db().lend();
        CHECK(code_of<stint::database_error>(
                  [&] { connection->execute("DO $$ BEGIN RAISE SQLSTATE '08001'; END $$", no_deadline); }) == "08001");
        CHECK(connection->is_clean());

        sql("CREATE FUNCTION refuse() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN RAISE SQLSTATE '08001'; END $$");
        sql("CREATE TRIGGER refuse BEFORE UPDATE ON stocks FOR EACH ROW EXECUTE FUNCTION refuse()");
        stint::write_batch batch;
        batch.add(batch.shape({.action = row_action::update, .table = "stocks", .key = {id}, .assignments = {{name}}}),
                  {number(1)}, {}, {text("rye")});
        CHECK(code_of<stint::database_error>([&] { connection->flush(batch, no_deadline); }) == "08001");
        CHECK(connection->is_clean());
        CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
    }

    TEST_CASE_FIXTURE(books, "a statement of nothing but a remark does nothing") {
        auto const connection = db().lend();
        CHECK(connection->execute("-- later", no_deadline) == 0);
        CHECK(connection->execute("", no_deadline) == 0);
        CHECK(connection->is_clean());
    }

    TEST_CASE_FIXTURE(books, "a statement that somebody else cancels is no passed deadline") {
        auto const cancelled = [&] {
            sql("DO $$ BEGIN PERFORM pg_cancel_backend(pg_backend_pid()); PERFORM pg_sleep(5); END $$");
        };
        CHECK(code_of<stint::database_error>(cancelled) == "57014");
        try {
            cancelled();
        } catch (stint::database_error const& e) {
            CHECK(dynamic_cast<stint::deadline_exceeded const*>(&e) == nullptr);
            CHECK(e.what_next() == stint::advice::ask_a_person);
        }
    }

    TEST_CASE_FIXTURE(books, "what the user may not do is denied") {
        auto const         connection = db().lend();
        stint::transaction work{*connection};
        connection->execute("SET TRANSACTION READ ONLY", no_deadline);
        try {
            connection->execute("DELETE FROM stocks", no_deadline);
            FAIL("it was allowed");
        } catch (stint::access_denied const& e) {
            CHECK(e.code() == "25006");
            CHECK(e.what_next() == stint::advice::ask_a_person);
        }
    }

    TEST_CASE_FIXTURE(books, "a number that doesn't fit the mapping's decimals is an error that names the column") {
        sql("CREATE TABLE loose (id BIGINT PRIMARY KEY, quantity NUMERIC)");
        sql("INSERT INTO loose VALUES (1, 1.2550)");
        auto const read = [&] { return selected(*db().lend(), {.table = "loose", .columns = {quantity}}); };
        CHECK_THROWS_WITH_AS(read(), "column quantity holds 1.2550, which does not fit the type in the mapping",
                             stint::value_error);
        sql("UPDATE loose SET quantity = 1.2000");
        CHECK(read() == "1.20");
        sql("UPDATE loose SET quantity = 'NaN'");
        CHECK_THROWS_AS(read(), stint::value_error);
        sql("UPDATE loose SET quantity = 99999999999999999999");
        CHECK_THROWS_AS(read(), stint::value_error);
    }

    TEST_CASE_FIXTURE(books, "a statement survives a change of the schema under it") {
        auto const connection = db().lend();
        auto       columns = std::vector<stint::column_type>{{}, {}, {data_type::text}, {data_type::numeric, 2}};
        auto const read = [&] { return queried(*connection, "SELECT * FROM stocks WHERE id = 1", {}, columns); };
        CHECK(read() == "1, 3, 'flour', 56.40");
        sql("ALTER TABLE stocks ADD COLUMN colour TEXT");
        columns.push_back({data_type::text});
        CHECK(read() == "1, 3, 'flour', 56.40, null");
    }

    TEST_CASE_FIXTURE(books, "in a transaction a change of the schema means to try again" * of_a_session) {
        auto const connection = db().lend();
        auto       columns = std::vector<stint::column_type>{{}, {}, {data_type::text}, {data_type::numeric, 2}};
        auto const read = [&] { return queried(*connection, "SELECT * FROM stocks WHERE id = 1", {}, columns); };
        CHECK(read() == "1, 3, 'flour', 56.40");
        sql("ALTER TABLE stocks ADD COLUMN colour TEXT");
        columns.push_back({data_type::text});
        connection->begin(stint::isolation::read_committed, no_deadline);
        CHECK(code_of<stint::transient_error>(read) == "0A000");
        connection->rollback();
        stint::transaction work{*connection};
        CHECK(read() == "1, 3, 'flour', 56.40, null");
        work.commit();
    }

    TEST_CASE_FIXTURE(books, "a session that lost its prepared statements prepares them again") {
        auto const connection = db().lend();
        auto const read = [&] {
            return selected(*connection, {.table = "stocks", .columns = {id}, .order_by = {{id}}});
        };
        CHECK(read() == "1; 2");
        connection->execute("DEALLOCATE ALL", no_deadline);
        CHECK(read() == "1; 2");
    }
}
