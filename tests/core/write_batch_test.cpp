#include <doctest/doctest.h>

#include <stint/error.hpp>
#include <stint/write_batch.hpp>

#include "tables.hpp"

using namespace tables;
using stint::assignment;
using stint::condition;
using stint::key_of_row;
using stint::row_lock;
using stint::usage_error;
using stint::write_batch;

TEST_SUITE("core: write_batch") {
    TEST_CASE("a batch prints one line a row") {
        write_batch batch;
        auto const  hold = batch.shape(
            {.action = row_action::lock, .table = "stocks", .key = {id}, .lock = row_lock::key_share});
        auto const require = batch.shape(require_stock());
        auto const forbid = batch.shape({.action = row_action::forbid,
                                         .table = "edit_locks",
                                         .key = {{"kind", {data_type::text}}, id},
                                         .conditions = {{{"owner", {data_type::text}}, condition::test::differs},
                                                        {seen, condition::test::later_than_clock}},
                                         .if_different = stint::reason{"lock lost"}});
        auto const insert = batch.shape(insert_new_stock());
        auto const document = batch.shape(insert_document());
        auto const update = batch.shape(update_stock());
        auto const raise = batch.shape({.action = row_action::update,
                                        .table = "stocks",
                                        .key = {id},
                                        .assignments = {{quantity, assignment::source::raise},
                                                        {seen, assignment::source::clock},
                                                        {version, assignment::source::next_version}},
                                        .if_absent = stint::reason{"bound"}});
        auto const remove = batch.shape(remove_stock());

        batch.add(hold, {number(1)});
        batch.add(require, {number(2)}, {number(5)});
        batch.add(forbid, {text("stock"), number(2)}, {text("me")});
        batch.add(insert, {}, {}, {number(1), text("salt"), amount("7.00")});
        batch.add(document, {}, {}, {number(1), amount("15.60"), false, key_of_row{3}});
        batch.add(update, {number(1)}, {number(3)}, {amount("40.80")});
        batch.add(raise, {number(1)}, {}, {amount("2.00")});
        batch.add(remove, {number(4)}, {stint::null});

        CHECK(to_string(batch) ==
              "lock stocks [id=1] for key share\n"
              "require stocks [id=2 if version=5] for share\n"
              "forbid edit_locks [kind='stock', id=2 if owner<>'me' and seen>clock] for share else lock lost\n"
              "insert stocks [id=new] version=1, name='salt', quantity=7.00 -> id, version\n"
              "insert documents [id=new] version=1, quantity=15.60, processed=false, stock=@3 -> id\n"
              "update stocks [id=1 if version=3] quantity=40.80, version=next -> version\n"
              "update stocks [id=1] quantity+=2.00, seen=clock, version=next absent bound\n"
              "remove stocks [id=4 if version=null]");
    }

    TEST_CASE("an empty batch prints nothing") {
        CHECK(to_string(write_batch{}).empty());
        CHECK(write_batch{}.empty());
    }

    TEST_CASE("equal shapes are one shape") {
        write_batch batch;
        auto const  first = batch.shape(update_stock());
        CHECK(batch.shape(remove_stock()) != first);
        CHECK(batch.shape(update_stock()) == first);
        CHECK(batch.shapes().size() == 2);
    }

    TEST_CASE("a row is found again with its values") {
        write_batch batch;
        auto const  update = batch.shape(update_stock());
        batch.add(update, {number(1)}, {number(3)}, {amount("40.80")});
        batch.add(update, {number(2)}, {number(4)}, {amount("1.00")});
        CHECK(batch.size() == 2);
        CHECK(batch[1].key[0] == number(2));
        CHECK(batch[1].conditions[0] == number(4));
        CHECK(batch[1].assignments[0] == amount("1.00"));
        CHECK(batch[1].assignments.size() == 1);
        CHECK(batch[1].shape == update_stock());
        CHECK(batch.shape_of(1) == update);
    }

    TEST_CASE("values must match the shape in number, and a refused row leaves nothing behind") {
        write_batch batch;
        auto const  update = batch.shape(update_stock());
        CHECK_THROWS_AS(batch.add(update, {}, {number(3)}, {amount("1")}), usage_error);
        CHECK_THROWS_AS(batch.add(update, {number(1)}, {}, {amount("1")}), usage_error);
        CHECK_THROWS_AS(batch.add(update, {number(1)}, {number(3)}), usage_error);
        CHECK_THROWS_AS(batch.add(7, {}), usage_error);
        CHECK(batch.empty());
    }

    TEST_CASE("a row can be given as its values, one behind another, under the same rules") {
        write_batch        batch;
        auto const         update = batch.shape(update_stock());
        auto const         insert = batch.shape(insert_document());
        std::vector<value> values{number(1), number(3), amount("40.80")};
        batch.reserve(2, 6);
        CHECK(batch.add_values(update, values) == 0);
        CHECK(batch[0].key[0] == number(1));
        CHECK(batch[0].conditions[0] == number(3));
        CHECK(batch[0].assignments[0] == amount("40.80"));

        values = {number(1), number(3)};
        CHECK_THROWS_AS(batch.add_values(update, values), usage_error);
        CHECK_THROWS_AS(batch.add_values(7, values), usage_error);
        batch.add(insert, {}, {}, {number(1), amount("1"), true, number(1)});
        values = {number(1), key_of_row{1}, amount("1")};
        CHECK_THROWS_AS(batch.add_values(update, values), usage_error);
        values = {key_of_row{1}, number(1), amount("1")};
        CHECK(batch.add_values(update, values) == 2);
        values = {key_of_row{2}, number(1), amount("1")};
        CHECK_THROWS_AS(batch.add_values(update, values), usage_error);
        CHECK(batch.size() == 3);
    }

    TEST_CASE("a reference goes to an earlier inserted row") {
        write_batch batch;
        auto const  update = batch.shape(update_stock());
        auto const  insert = batch.shape(insert_document());
        batch.add(update, {number(1)}, {number(3)}, {amount("1")});
        CHECK_THROWS_AS(batch.add(insert, {}, {}, {number(1), amount("1"), true, key_of_row{0}}), usage_error);
        CHECK_THROWS_AS(batch.add(insert, {}, {}, {number(1), amount("1"), true, key_of_row{1}}), usage_error);
        CHECK_THROWS_AS(batch.add(update, {number(1)}, {key_of_row{0}}, {amount("1")}), usage_error);
        CHECK(batch.size() == 1);
    }

    TEST_CASE("shapes that make no sense are refused") {
        write_batch batch;
        auto const  refused = [&](auto change) {
            auto shape = update_stock();
            change(shape);
            CHECK_THROWS_AS(batch.shape(shape), usage_error);
        };
        refused([](auto& shape) { shape.key.clear(); });
        refused([](auto& shape) { shape.table.clear(); });
        refused([](auto& shape) { shape.assignments.clear(); });
        refused([](auto& shape) { shape.key_given = false; });
        refused([](auto& shape) { shape.action = row_action::require; });
        refused([](auto& shape) { shape.action = row_action::insert; });
        auto shape = insert_new_stock();
        shape.returning = {version};
        CHECK_THROWS_AS(batch.shape(shape), usage_error);
        CHECK(batch.shapes().empty());
    }
}
