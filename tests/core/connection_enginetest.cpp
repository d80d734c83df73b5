#include <chrono>
#include <limits>
#include <numeric>

#include <doctest/doctest.h>

#include <stint/transaction.hpp>

#include "../support/of_a_session.hpp"
#include "tables.hpp"

using namespace tables;
using namespace std::chrono_literals;
using stint::comparison;
using stint::timestamp;
using test = comparison::test;

namespace {

// A table with a column of every type, all nullable but the key.
class all_types : public scratch_database {
public:
    all_types() {
        std::vector<stint::column_definition> columns{{id}};
        for (auto const& column : {truth, whole, real, letters, money, fine, moment}) columns.push_back({column, true});
        for (auto const& statement :
             db().kind().create_tables(std::vector<stint::table_definition>{{"things", "id", columns, {}}}))
            sql(statement);
    }

    stint::column const truth{"truth", {data_type::boolean}}, whole{"whole", {data_type::integer}},
        real{"real", {data_type::real}}, letters{"letters", {data_type::text}}, money{"money", {data_type::numeric, 2}},
        fine{"fine", {data_type::numeric, 18}}, moment{"moment", {data_type::instant}};

    /// What comes back of a value that is written, by a flush that returns it and by a read.
    std::string round_trip(stint::column const& column, value const& v) {
        stint::write_batch batch;
        batch.add(batch.shape({.action = row_action::insert,
                               .table = "things",
                               .key = {id},
                               .key_given = false,
                               .assignments = {{column}},
                               .returning = {id, column}}),
                  {}, {}, {v});
        auto const written = db().lend()->flush(batch, no_deadline);
        REQUIRE(std::holds_alternative<stint::flush_done>(written));
        auto const& row = std::get<stint::flush_done>(written).returned[0];
        auto const  read = selected(*db().lend(),
                                    {.table = "things", .columns = {column}, .where = {{id, {}, {row[0]}}}});
        CHECK(read == to_string(row[1]));
        return read;
    }
};

class with_things : public books {
public:
    std::string ids(std::vector<comparison> where, std::vector<stint::ordering> order = {{id}},
                    std::optional<std::uint64_t> limit = {}) {
        return selected(*db().lend(), {.table = "stocks",
                                       .columns = {id},
                                       .where = std::move(where),
                                       .order_by = std::move(order),
                                       .limit = limit});
    }
};

}  // namespace

TEST_SUITE("core: connection") {
    TEST_CASE_FIXTURE(all_types, "every value comes back as it was") {
        using limits = std::numeric_limits<std::int64_t>;
        CHECK(round_trip(truth, true) == "true");
        CHECK(round_trip(truth, false) == "false");
        CHECK(round_trip(whole, number(limits::max())) == "9223372036854775807");
        CHECK(round_trip(whole, number(limits::min())) == "-9223372036854775808");
        CHECK(round_trip(real, 0.1) == "0.1");
        CHECK(round_trip(real, 1.0 / 3) == "0.3333333333333333");
        CHECK(round_trip(real, 5.0) == "5");
        CHECK(round_trip(real, std::numeric_limits<double>::max()) == "1.7976931348623157e+308");
        CHECK(round_trip(real, std::numeric_limits<double>::denorm_min()) == "5e-324");
        CHECK(round_trip(real, -std::numeric_limits<double>::infinity()) == "-inf");
        CHECK(round_trip(letters, text("")) == "''");
        CHECK(round_trip(letters, text("Käse 奶酪 🧀 \"quoted\" 'single' \\ :1 $1")) ==
              "'Käse 奶酪 🧀 \"quoted\" ''single'' \\ :1 $1'");
        CHECK(round_trip(letters, text("42")) == "'42'");
        CHECK(round_trip(money, amount("40.8")) == "40.80");
        CHECK(round_trip(money, amount("-92233720368547758.08")) == "-92233720368547758.08");
        CHECK(round_trip(money, number(3)) == "3.00");
        CHECK(round_trip(fine, amount("-9.223372036854775808")) == "-9.223372036854775808");
        CHECK(round_trip(moment, timestamp{1us}) == "1970-01-01T00:00:00.000001Z");
        CHECK(round_trip(moment, timestamp{-1us}) == "1969-12-31T23:59:59.999999Z");
        CHECK(round_trip(moment, timestamp{std::chrono::sys_days{1066y / 10 / 14} + 9h}) ==
              "1066-10-14T09:00:00.000000Z");
        CHECK(round_trip(moment, timestamp{std::chrono::sys_days{std::chrono::year{-43} / 3 / 15}}) ==
              "-0043-03-15T00:00:00.000000Z");
        CHECK(round_trip(moment, timestamp{std::chrono::sys_days{12026y / 1 / 1}}) == "12026-01-01T00:00:00.000000Z");
        CHECK(round_trip(moment, timestamp::max()) == stint::to_string(timestamp::max()));
        CHECK(round_trip(moment, timestamp::min()) == stint::to_string(timestamp::min()));
        for (auto const& column : {truth, whole, real, letters, money, fine, moment})
            CHECK(round_trip(column, stint::null) == "null");
    }

    TEST_CASE_FIXTURE(all_types, "one statement serves values of changing kinds and nulls") {
        auto const connection = db().lend();
        auto const insert = [&](value v) {
            connection->execute("INSERT INTO things (letters, whole, real) VALUES (:1, :2, :3)",
                                std::vector<value>{text("x"), std::move(v), stint::null}, no_deadline);
        };
        insert(number(1));
        insert(stint::null);
        insert(number(2));
        insert(is_postgresql() ? value(text("3")) : value(3.0));
        insert(number(4));
        CHECK(selected(*connection, {.table = "things", .columns = {whole, real}, .order_by = {{id}}}) ==
              "1, null; null, null; 2, null; 3, null; 4, null");
    }

    TEST_CASE_FIXTURE(books, "after a failed statement nulls are nulls") {
        auto const connection = db().lend();
        auto const insert = [&](value n, value q) {
            connection->execute("INSERT INTO stocks (id, version, name, quantity) VALUES (:1, 1, :2, :3)",
                                std::vector<value>{number(7), std::move(n), std::move(q)}, no_deadline);
        };
        sql("CREATE TABLE notes (id BIGINT PRIMARY KEY, note TEXT)");
        auto const note = [&](std::int64_t key, value v) {
            connection->execute("INSERT INTO notes (id, note) VALUES (:1, :2)",
                                std::vector<value>{number(key), std::move(v)}, no_deadline);
        };
        note(1, text("first"));
        CHECK_THROWS_AS(note(1, text("left over")), stint::constraint_violation);
        note(2, stint::null);
        CHECK(queried(*connection, "SELECT note FROM notes ORDER BY id", {}, {{data_type::text}}) == "'first'; null");
        CHECK_THROWS_AS(insert(stint::null, number(1)), stint::constraint_violation);
        insert(text("rye"), number(1));
    }

    TEST_CASE_FIXTURE(with_things, "rows are selected by comparing, in an order, up to a limit") {
        sql("INSERT INTO stocks (id, version, name, quantity) VALUES (3, 4, 'salt', " +
            std::string(is_postgresql() ? "9.60" : "960") + ")");
        CHECK(ids({}) == "1; 2; 3");
        CHECK(ids({{name, test::equal, {text("sugar")}}}) == "2");
        CHECK(ids({{name, test::not_equal, {text("sugar")}}}) == "1; 3");
        CHECK(ids({{quantity, test::less, {amount("26.80")}}}) == "3");
        CHECK(ids({{quantity, test::less_equal, {amount("26.80")}}}) == "2; 3");
        CHECK(ids({{quantity, test::greater, {amount("9.6")}}}) == "1; 2");
        CHECK(ids({{quantity, test::greater_equal, {number(27)}}}) == "1");
        CHECK(ids({{version, test::equal, {number(3)}}, {id, test::greater, {number(1)}}}) == "2");
        CHECK(ids({{id, test::any_of, {number(3), number(1), number(77)}}}) == "1; 3");
        CHECK(ids({{id, test::any_of, {}}}).empty());
        CHECK(ids({}, {{quantity, true}}, 2) == "1; 2");
        CHECK(ids({}, {{version}, {quantity}}) == "2; 1; 3");
        CHECK(ids({}, {{id}}, 0).empty());
        CHECK(ids({}, {{id}}, std::numeric_limits<std::uint64_t>::max()) == "1; 2; 3");
    }

    TEST_CASE_FIXTURE(books, "equal to null finds the nulls, and not equal counts them in") {
        auto const add = [&](std::int64_t key, value parent) {
            db().lend()->execute(
                "INSERT INTO documents (id, version, quantity, processed, stock) VALUES (:1, 1, 100, :2, :3)",
                std::vector<value>{number(key), false, std::move(parent)}, no_deadline);
        };
        add(1, stint::null);
        add(2, number(1));
        add(3, number(2));
        auto const ids = [&](test condition, value operand) {
            return selected(*db().lend(), {.table = "documents",
                                           .columns = {id},
                                           .where = {{stock, condition, {std::move(operand)}}},
                                           .order_by = {{id}}});
        };
        CHECK(ids(test::equal, stint::null) == "1");
        CHECK(ids(test::not_equal, stint::null) == "2; 3");
        CHECK(ids(test::not_equal, number(1)) == "1; 3");
        CHECK(ids(test::less, stint::null).empty());
    }

    TEST_CASE_FIXTURE(books, "any_of takes the extreme keys, and ten thousand") {
        using limits = std::numeric_limits<std::int64_t>;
        sql("INSERT INTO stocks (id, version, name, quantity) VALUES (9223372036854775807, 1, 'last', 0)");
        sql("INSERT INTO stocks (id, version, name, quantity) VALUES (-9223372036854775808, 1, 'first', 0)");
        std::vector<value> many{number(limits::max()), number(limits::min())};
        for (std::int64_t i = 10; i < 10'010; ++i) many.push_back(number(i));
        auto const before = db().counters();
        CHECK(
            selected(*db().lend(),
                     {.table = "stocks", .columns = {name}, .where = {{id, test::any_of, many}}, .order_by = {{id}}}) ==
            "'first'; 'last'");
        CHECK((db().counters() - before).statements == 1);
    }

    TEST_CASE_FIXTURE(with_things, "reads that differ in one part alone are told apart, however often they come") {
        sql("INSERT INTO stocks (id, version, name, quantity) VALUES (3, 4, 'oats', 100)");
        auto const stocks = [&](stint::selection const& selection) { return selected(*db().lend(), selection); };
        for (int i = 0; i < 2; ++i) {
            CHECK(ids({{version, test::equal, {number(3)}}}) == "1; 2");
            CHECK(ids({{version, test::equal, {number(4)}}}) == "3");
            CHECK(ids({{version, test::equal, {stint::null}}}).empty());
            CHECK(ids({{version, test::not_equal, {stint::null}}}) == "1; 2; 3");
            CHECK(ids({{version, test::not_equal, {number(3)}}}) == "3");
            CHECK(ids({{id, test::equal, {number(3)}}}) == "3");
            CHECK(ids({{id, test::any_of, {number(3)}}}) == "3");
            CHECK(ids({{id, test::less, {number(3)}}}) == "1; 2");
            CHECK(ids({{id, test::less, {number(3)}}}, {{id, true}}) == "2; 1");
            CHECK(ids({{id, test::less, {number(3)}}}, {{id, true}}, 1) == "2");
            CHECK(ids({{id, test::less, {number(3)}}}, {{id}}, 1) == "1");
            CHECK(ids({{id, test::less, {number(3)}}, {version, test::less, {number(3)}}}).empty());
            CHECK(stocks({.table = "stocks", .columns = {name}, .where = {{id, {}, {number(3)}}}}) == "'oats'");
            CHECK(stocks({.table = "stocks", .columns = {version}, .where = {{id, {}, {number(3)}}}}) == "4");
            CHECK(stocks({.table = "documents", .columns = {version}, .where = {{id, {}, {number(3)}}}}).empty());
        }
    }

    TEST_CASE_FIXTURE(books, "a column may be read as another type the next time") {
        auto const as_text = stint::column{"name", {data_type::text}}, as_integer = stint::column{"name", {}};
        auto const read = [&](stint::column const& column) {
            return selected(*db().lend(), {.table = "stocks", .columns = {column}, .where = {{id, {}, {number(1)}}}});
        };
        CHECK(read(as_text) == "'flour'");
        CHECK_THROWS_AS(read(as_integer), stint::schema_error);
        CHECK(read(as_text) == "'flour'");
    }

    TEST_CASE_FIXTURE(books, "a selection that makes no sense is refused") {
        auto const connection = db().lend();
        CHECK_THROWS_AS(selected(*connection, {.table = "stocks", .columns = {}}), stint::usage_error);
        CHECK_THROWS_AS(selected(*connection, {.table = "stocks", .columns = {id}, .where = {{id, test::equal, {}}}}),
                        stint::usage_error);
        CHECK_THROWS_AS(
            selected(*connection, {.table = "stocks", .columns = {id}, .where = {{id, test::equal, {text("1")}}}}),
            stint::usage_error);
        CHECK_THROWS_AS(
            selected(*connection, {.table = "stocks", .columns = {id}, .where = {{id, test::any_of, {text("1")}}}}),
            stint::usage_error);
    }

    TEST_CASE_FIXTURE(books, "names are names, whatever they contain") {
        auto const injected = "stocks\"; DROP TABLE stocks; --";
        CHECK_THROWS_AS(selected(*db().lend(), {.table = injected, .columns = {id}}), stint::schema_error);
        sql("CREATE TABLE \"order\" (\"select\" BIGINT, \"a \"\"b\"\" : c\" BIGINT)");
        sql("INSERT INTO \"order\" VALUES (1, 2)");
        CHECK(selected(*db().lend(), {.table = "order", .columns = {{"select", {}}, {"a \"b\" : c", {}}}}) == "1, 2");
        CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
    }

    TEST_CASE_FIXTURE(books, "raw SQL answers rows, or how many it changed") {
        auto const connection = db().lend();
        CHECK(queried(*connection, "SELECT count(*), min(name) FROM stocks WHERE id > :1", {number(1)},
                      {{data_type::integer}, {data_type::text}}) == "1, 'sugar'");
        CHECK(connection->execute("UPDATE stocks SET version = 9", no_deadline) == 2);
        CHECK(connection->execute("UPDATE stocks SET version = 9 WHERE id = 7", no_deadline) == 0);
        CHECK(connection->execute("SELECT id FROM stocks", no_deadline) == 0);
        CHECK(connection->execute("CREATE TABLE more (id BIGINT)", no_deadline) == 0);
        CHECK(connection->execute("DELETE FROM stocks WHERE id = :1", std::vector{number(1)}, no_deadline) == 1);
    }

    TEST_CASE_FIXTURE(books, "the number of parameters must be right") {
        auto const connection = db().lend();
        CHECK_THROWS_AS(connection->execute("DELETE FROM stocks WHERE id = :1", no_deadline), stint::usage_error);
        CHECK_THROWS_AS(connection->execute("DELETE FROM stocks", std::vector{number(1)}, no_deadline),
                        stint::usage_error);
        CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
    }

    TEST_CASE_FIXTURE(books, "what a sink throws ends the reading and nothing else") {
        struct enough {};
        auto const connection = db().lend();
        CHECK_THROWS_AS(connection->select(
                            {.table = "stocks", .columns = {id}}, [](auto) { throw enough{}; }, no_deadline),
                        enough);
        CHECK(connection->is_clean());
        connection->execute("DROP TABLE documents", no_deadline);  // which SQLite refuses while a reader is left
    }

    TEST_CASE_FIXTURE(books, "a sink can't use its connection again") {
        auto const connection = db().lend();
        CHECK_THROWS_AS(connection->select(
                            {.table = "stocks", .columns = {id}},
                            [&](auto) { connection->execute("DELETE FROM stocks", no_deadline); }, no_deadline),
                        stint::usage_error);
        CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
    }

    TEST_CASE_FIXTURE(books, "a transaction ends with its scope, by commit or not at all") {
        {
            auto const         connection = db().lend();
            stint::transaction left{*connection};
            connection->execute("DELETE FROM stocks WHERE id = 1", no_deadline);
        }
        CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
        auto const connection = db().lend();
        {
            stint::transaction committed{*connection, stint::isolation::serializable, stint::deadline::after(20s)};
            connection->execute("DELETE FROM stocks WHERE id = 1", no_deadline);
            committed.commit();
        }
        {
            stint::transaction undone{*connection, stint::isolation::repeatable_read};
            connection->execute("DELETE FROM stocks WHERE id = 2", no_deadline);
            undone.rollback();
        }
        CHECK(connection->is_clean());
        CHECK(selected(*connection, {.table = "stocks", .columns = {id}}) == "2");
        connection->rollback();
        CHECK_THROWS_AS(connection->commit(no_deadline), stint::usage_error);
        connection->begin(stint::isolation::read_committed, no_deadline);
        CHECK_THROWS_AS(connection->begin(stint::isolation::read_committed, no_deadline), stint::usage_error);
        connection->rollback();
    }

    TEST_CASE_FIXTURE(books, "hundreds of different statements don't pile up, and are prepared again when needed" *
                                 of_a_session) {
        auto const connection = db().lend();
        auto const ask = [&](int i) {
            return queried(*connection, "SELECT id + " + std::to_string(i) + " FROM stocks WHERE id = :1", {number(1)},
                           {{}});
        };
        auto const before = db().counters();
        for (int i = 0; i < 250; ++i) REQUIRE(ask(i) == std::to_string(i + 1));
        CHECK((db().counters() - before).prepared == 250);
        CHECK(ask(249) == "250");
        CHECK((db().counters() - before).prepared == 250);
        CHECK(ask(0) == "1");
        CHECK((db().counters() - before).prepared == 251);
        if (is_postgresql())
            CHECK(queried(*connection, "SELECT count(*) FROM pg_prepared_statements", {}, {{}}) == "200");
    }

    TEST_CASE_FIXTURE(books, "a read costs one statement, and on a server one round trip once it was prepared") {
        auto const connection = db().lend();
        auto const read = [&] {
            selected(*connection, {.table = "stocks", .columns = {id, name}, .where = {{id, {}, {number(1)}}}});
        };
        read();
        auto const before = db().counters();
        read();
        auto cost = db().counters() - before;
        CHECK((cost.bytes_received != 0) == is_postgresql());
        cost.bytes_sent = cost.bytes_received = 0;
        CHECK(cost == stint::counters{.round_trips = is_postgresql() ? 1U : 0U, .statements = 1, .rows_read = 1});
    }

    TEST_CASE_FIXTURE(books, "a deadline stops a statement that runs on and on") {
        auto const connection = db().lend();
        auto const endless =
            is_postgresql() ? "SELECT pg_sleep(30)"
                            : "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT count(*) FROM n";
        auto const start = std::chrono::steady_clock::now();
        CHECK_THROWS_AS(connection->execute(endless, stint::deadline::after(100ms)), stint::deadline_exceeded);
        CHECK(std::chrono::steady_clock::now() - start >= 100ms);

        connection->begin(stint::isolation::read_committed, stint::deadline::after(100ms));
        CHECK_THROWS_AS(connection->execute(endless, stint::deadline::after(100ms)), stint::deadline_exceeded);
        connection->rollback();
        CHECK(connection->is_clean());
        // And the next call is as free as ever.
        auto const longer =
            is_postgresql()
                ? "SELECT pg_sleep(0.3)"
                : "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 2000000) SELECT count(*) FROM n";
        connection->execute(longer, no_deadline);
        connection->execute(longer, stint::deadline::after(20s));
    }

    TEST_CASE_FIXTURE(books, "a deadline ends the wait for somebody else's change") {
        stint::database    elsewhere{url()};
        auto const         holder = elsewhere.lend();
        stint::transaction held{*holder};
        holder->execute("UPDATE stocks SET version = 4 WHERE id = 1", no_deadline);

        stint::write_batch batch;
        batch.add(batch.shape(update_stock()), {number(1)}, {number(3)}, {amount("1.00")});
        auto const connection = db().lend();
        CHECK_THROWS_AS(connection->flush_portably(batch, stint::deadline::after(100ms)), stint::deadline_exceeded);
        CHECK(connection->is_clean());
        held.commit();
        CHECK(refusals(connection->flush_portably(batch, no_deadline)) == "changed 0 [56.40, 4]");
    }
}
