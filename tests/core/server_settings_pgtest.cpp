#include <string>
#include <vector>

#include <doctest/doctest.h>

#include "../support/of_a_session.hpp"
#include "tables.hpp"

// Settings of a server, a role or a session that change how values are written and read.

using namespace tables;
using stint::write_batch;

namespace {

stint::column const remark{"remark", {data_type::text}};

class set_up : public books {
public:
    set_up() { sql("ALTER TABLE documents ADD remark text"); }
    stint::flush_outcome flush(write_batch const& batch) { return db().lend()->flush(batch, no_deadline); }

    /// Documents 1 to count without any value that may be missing, or with one in each second.
    void add(int count, bool every_second) {
        write_batch batch;
        auto const  insert = batch.shape(
            {.action = row_action::insert,
              .table = "documents",
              .key = {id},
              .assignments = {{version}, {quantity}, {processed}, {ratio}, {seen}, {stock}, {remark}}});
        for (int i = 1; i <= count; ++i) {
            bool const is_full = every_second && i % 2 == 0;
            batch.add(insert, {number(i)}, {},
                      {number(1), amount("1.00"), value{false}, is_full ? value{0.1} : value{}, value{},
                       is_full ? number(1) : value{}, is_full ? text("NULL") : value{}});
        }
        CHECK(refusals(flush(batch)) == "done");
    }
    std::string missing(std::string const& column) {
        return ask("SELECT count(*) FROM documents WHERE " + column + " IS NULL");
    }
};

}  // namespace

TEST_SUITE("core: settings of a PostgreSQL server") {
    TEST_CASE_FIXTURE(set_up, "a null is a null in a set where arrays know none" * of_a_session) {
        sql("SET array_nulls = off");
        for (bool const every_second : {false, true}) {
            sql("DELETE FROM documents");
            add(10, every_second);
            auto const expected = every_second ? "5" : "10";
            for (auto const* column : {"remark", "ratio", "stock"}) CHECK(missing(column) == expected);
            CHECK(missing("seen") == "10");
            CHECK(ask("SELECT count(*) FROM documents WHERE remark = 'NULL'") == (every_second ? "5" : "0"));
        }
        write_batch batch;
        auto const  update = batch.shape({.action = row_action::update,
                                          .table = "documents",
                                          .key = {id},
                                          .conditions = {is(remark), is(stock)},
                                          .assignments = {{remark}, {stock}},
                                          .report = {remark}});
        for (int i = 1; i <= 10; ++i) {
            bool const was_full = i % 2 == 0;
            batch.add(update, {number(i)}, {was_full ? text("NULL") : value{}, was_full ? number(1) : value{}},
                      {was_full ? value{} : text("\"{,}\\ null"), was_full ? value{} : number(2)});
        }
        CHECK(refusals(flush(batch)) == "done");
        CHECK(missing("remark") == "5");
        CHECK(ask("SELECT count(*) FROM documents WHERE remark = '\"{,}\\ null' AND stock = 2") == "5");
        CHECK(refusals(flush(batch)).starts_with("changed 0 ['\"{,}\\ null']; changed 1 [null]"));
    }

    TEST_CASE_FIXTURE(set_up, "a text that becomes null isn't the text NULL" * of_a_session) {
        add(10, true);
        sql("SET array_nulls = off");
        write_batch batch;
        auto const  update = batch.shape(
            {.action = row_action::update, .table = "documents", .key = {id}, .assignments = {{remark}}});
        for (int i = 1; i <= 10; ++i) batch.add(update, {number(i)}, {}, {value{}});
        CHECK(refusals(flush(batch)) == "done");
        CHECK(missing("remark") == "10");
    }

    TEST_CASE_FIXTURE(set_up, "nulls of a set reach no trigger as a setting" * of_a_session) {
        sql("SET array_nulls = off");
        sql("CREATE TABLE recorded (settings text)");
        sql("CREATE FUNCTION record() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN "
            "INSERT INTO recorded SELECT current_setting('array_nulls'); RETURN NEW; END $$");
        sql("CREATE TRIGGER record BEFORE INSERT ON documents FOR EACH ROW EXECUTE FUNCTION record()");
        add(10, true);
        CHECK(ask("SELECT string_agg(DISTINCT settings, ' ') FROM recorded") == "off");
    }

    TEST_CASE_FIXTURE(set_up, "values come back as they were, whatever a role's settings" * of_a_session) {
        for (auto const* setting :
             {"-cextra_float_digits%3D-5", "-cDateStyle%3DGerman", "-cIntervalStyle%3Dsql_standard",
              "-cTimeZone%3DAsia/Kathmandu", "-cstandard_conforming_strings%3Doff", "-cbytea_output%3Descape",
              "-carray_nulls%3Doff", "-cdefault_transaction_isolation%3Dserializable", "-cquote_all_identifiers%3Don",
              "-cclient_encoding%3DLATIN1", "-cxmloption%3Ddocument", "-cbackslash_quote%3Doff",
              "-ctransform_null_equals%3Don", "-clc_monetary%3DC", "-ccheck_function_bodies%3Doff"}) {
            CAPTURE(setting);
            sql("DELETE FROM documents");
            stint::database        other{url() + "%20" + setting};
            auto const             connection = other.lend();
            stint::timestamp const moment{std::chrono::microseconds{1'790'000'000'123'456}};
            std::string const      words = "Zürich \\ 'quoted' \"both\" 100 €";
            write_batch            batch;
            auto const             insert = batch.shape(
                {.action = row_action::insert,
                             .table = "documents",
                             .key = {id},
                             .assignments = {{version}, {quantity}, {processed}, {ratio}, {seen}, {remark}}});
            for (int i = 1; i <= 10; ++i)
                batch.add(insert, {number(i)}, {},
                          {number(1), amount("-12.34"), value{true}, value{0.1 + 0.2}, value{moment}, text(words)});
            CHECK(refusals(connection->flush(batch, no_deadline)) == "done");
            std::vector<value> const expected{amount("-12.34"), value{true}, value{0.1 + 0.2}, value{moment},
                                              text(words)};
            int                      rows = 0;
            connection->select(
                {.table = "documents", .columns = {quantity, processed, ratio, seen, remark}},
                [&](std::span<value> row) {
                    ++rows;
                    CHECK(std::vector<value>(row.begin(), row.end()) == expected);
                },
                no_deadline);
            CHECK(rows == 10);
        }
    }

    TEST_CASE_FIXTURE(set_up, "an encoding in the URL other than UTF-8 is refused") {
        auto const separator = url().find('?') == std::string::npos ? "?" : "&";
        CHECK_THROWS_AS(stint::database(url() + separator + "client_encoding=LATIN1"), stint::usage_error);
        CHECK_NOTHROW(stint::database(url() + separator + "client_encoding=utf8"));
    }
}
