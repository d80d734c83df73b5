#include <doctest/doctest.h>

#include <cmath>
#include <limits>
#include <string>

#include "tables.hpp"

using namespace tables;
using stint::write_batch;
using namespace std::string_literals;

namespace {

class unfit_values : public books_in_both_ways {
public:
    /// "stocks 2 name": what the error is about.
    std::string subject(write_batch const& batch) {
        try {
            return refusals(flush(batch));
        } catch (stint::value_error const& e) {
            CHECK(e.kind() == stint::error_kind::invalid_value);
            CHECK(e.what_next() == stint::advice::ask_a_person);
            CHECK(db().lend()->is_clean());
            words_ = e.what();
            auto result = e.subject().table + ' ' + e.subject().key;
            for (auto const& column : e.subject().columns) result += ' ' + column;
            return result;
        }
    }
    std::string const& words() const noexcept { return words_; }

private:
    std::string words_;
};

/// Stocks 1, 2, ... get these names.
write_batch rename(std::vector<std::string> const& names) {
    write_batch batch;
    auto const  shape = batch.shape(
        {.action = row_action::update, .table = "stocks", .key = {id}, .assignments = {{name}}});
    std::int64_t key = 0;
    for (auto const& each : names) batch.add(shape, {number(++key)}, {}, {text(each)});
    return batch;
}

}  // namespace

TEST_SUITE("core: values that don't fit") {
    TEST_CASE_FIXTURE(unfit_values, "a zero byte is refused on every engine, with row and column") {
        CHECK(subject(rename({"rye", "a\0b"s})) == "stocks 2 name");
        CHECK(words() == "stocks.name of 2 holds a zero byte: nothing was written; give it another value");
        CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
    }

    TEST_CASE_FIXTURE(unfit_values, "so is text that is not UTF-8") {
        CHECK(subject(rename({"rye", "Gr\xFC\xDF"})) == "stocks 2 name");
        CHECK(words() == "stocks.name of 2 is not UTF-8: nothing was written; give it another value");
        CHECK(subject(rename({"rye", "Grüße"})) == "done");
    }

    TEST_CASE_FIXTURE(unfit_values, "in sets, too, and all columns of the row are named") {
        write_batch batch;
        auto const  shape = batch.shape({.action = row_action::insert,
                                         .table = "stocks",
                                         .key = {id},
                                         .assignments = {{version}, {name}, {quantity}}});
        for (int i = 10; i < 60; ++i)
            batch.add(shape, {number(i)}, {},
                      {number(1), text(i == 42 ? "\xFF"s : "x"s), amount(i == 42 ? "0.001" : "1")});
        CHECK(subject(batch) == "stocks 42 name quantity");
        CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
    }

    TEST_CASE_FIXTURE(unfit_values, "a new row has no key yet") {
        write_batch batch;
        batch.add(batch.shape(insert_new_stock()), {}, {}, {number(1), text("\xFF"), amount("1")});
        CHECK(subject(batch) == "stocks  name");
        CHECK(words() == "stocks.name of a new row is not UTF-8: nothing was written; give it another value");
    }

    TEST_CASE_FIXTURE(books, "what is looked for is refused alike") {
        auto const look = [&](std::string const& sought) {
            selected(*db().lend(), {.table = "stocks", .columns = {id}, .where = {{name, {}, {text(sought)}}}});
        };
        CHECK_THROWS_AS(look("a\0b"s), stint::value_error);
        CHECK_THROWS_AS(look("\xFF"), stint::error);
        CHECK_NOTHROW(look("Grüße"));
    }

    TEST_CASE_FIXTURE(books, "a decimal in raw SQL is the same number on every engine, or refused") {
        auto const connection = db().lend();
        auto const count = [&](value const& least) {
            return queried(*connection, "SELECT count(*) FROM stocks WHERE quantity >= :1", {least}, {{}});
        };
        CHECK(count(connection->as_kept(stint::decimal{50}, 2)) == "1");
        CHECK(count(connection->as_kept(stint::decimal{"56.4"}, 2)) == "1");
        CHECK(count(connection->as_kept(stint::decimal{"56.41"}, 2)) == "0");
        CHECK_THROWS_AS(connection->as_kept(stint::decimal{"0.001"}, 2), stint::value_error);
        if (is_postgresql()) {
            CHECK(count(stint::decimal{50}) == "1");
        } else {
            CHECK_THROWS_AS(count(stint::decimal{50}), stint::usage_error);
            CHECK_THROWS_AS(connection->execute("DELETE FROM stocks WHERE quantity < :1",
                                                std::vector<value>{stint::decimal{50}}, no_deadline),
                            stint::usage_error);
        }
        CHECK(stocks() == "1 flour 56.40 v3, 2 sugar 26.80 v3");
    }

    TEST_CASE_FIXTURE(books, "a number is not read as a text") {
        auto const id_as_text = stint::column{"id", {data_type::text}};
        CHECK_THROWS_AS(selected(*db().lend(), {.table = "stocks", .columns = {id_as_text}}), stint::schema_error);
    }
}
