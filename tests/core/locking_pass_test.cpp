#include <doctest/doctest.h>

#include <array>
#include <random>

#include "../../core/src/locking_pass.hpp"
#include "tables.hpp"

using namespace tables;
using stint::row_lock;
using stint::row_to_check;
using stint::write_batch;
using rows = std::vector<std::size_t>;

namespace {

stint::row_shape guard(char const* table, row_lock lock) {
    return {.action = row_action::require, .table = table, .key = {id}, .lock = lock};
}

/// With a key of its own.
stint::row_shape insert_given_stock() {
    return {.action = row_action::insert, .table = "stocks", .key = {id}, .assignments = {{quantity}}};
}

stint::row_shape set_quantity() {
    return {.action = row_action::update, .table = "stocks", .key = {id}, .assignments = {{quantity}}};
}

/// By looking at each pair: a write to a row that was inserted before, an insert in the place of one removed before.
bool depends(write_batch const& batch, std::size_t row) {
    auto const own = batch[row];
    for (std::size_t before = 0; before < row; ++before) {
        auto const other = batch[before];
        if (other.shape.table != own.shape.table || other.key[0] != own.key[0]) continue;
        auto const waits_for = own.shape.action == row_action::insert ? row_action::remove : row_action::insert;
        if (own.shape.writes() && other.shape.action == waits_for) return true;
    }
    return false;
}

}  // namespace

TEST_SUITE("core: locking_pass") {
    TEST_CASE("tables by name, keys as numbers or by bytes, and last what is to be held last") {
        write_batch batch;
        auto        last = guard("a lock table", row_lock::share);
        last.held_last = true;
        batch.add(batch.shape(last), {text("z")});
        batch.add(batch.shape(last), {text("B")});
        batch.add(batch.shape(guard("stocks", row_lock::share)), {number(10)});
        batch.add(batch.shape(guard("stocks", row_lock::share)), {number(9)});
        batch.add(batch.shape(guard("stocks", row_lock::share)), {number(-1)});
        batch.add(batch.shape(guard("documents", row_lock::share)), {number(11)});
        auto const share = row_lock::share;
        CHECK(locking_pass(batch) ==
              std::vector<row_to_check>{{5, share}, {4, share}, {3, share}, {2, share}, {1, share}, {0, share}});
        CHECK(in_lock_order(batch) == rows{5, 4, 3, 2, 1, 0});
    }

    TEST_CASE("keys of several columns are compared column by column") {
        write_batch batch;
        auto const  shape = batch.shape({.action = row_action::require, .table = "places", .key = {id, name}});
        batch.add(shape, {number(2), text("a")});
        batch.add(shape, {number(1), text("b")});
        batch.add(shape, {number(1), text("a")});
        CHECK(in_lock_order(batch) == rows{2, 1, 0});
    }

    TEST_CASE("a row is locked once, as strongly as it will be needed") {
        write_batch batch;
        batch.add(batch.shape(guard("stocks", row_lock::key_share)), {number(1)});
        batch.add(batch.shape({.action = row_action::remove, .table = "stocks", .key = {id}}), {number(1)});
        batch.add(batch.shape(set_quantity()), {number(1)}, {}, {amount("1")});
        CHECK(locking_pass(batch) == std::vector<row_to_check>{{1, row_lock::update}, {2}, {0}});
    }

    TEST_CASE("updates of one shape need no pass before them, unless they are to come in the order of the batch") {
        write_batch batch;
        auto const  shape = batch.shape(set_quantity());
        for (auto const key : {2, 1}) batch.add(shape, {number(key)}, {}, {stint::decimal{key}});
        CHECK_FALSE(needs_locking_pass(batch));
        batch.keep_order();
        CHECK(needs_locking_pass(batch));
        CHECK(to_string(batch).starts_with("in this order:\nupdate stocks [id=2]"));
    }

    TEST_CASE("rows that depend on earlier ones are found, whatever is mixed") {
        std::mt19937 random{3};
        for (int round = 0; round < 300; ++round) {
            write_batch      batch;
            std::array const shapes{batch.shape(insert_given_stock()), batch.shape(set_quantity()),
                                    batch.shape({.action = row_action::remove, .table = "stocks", .key = {id}}),
                                    batch.shape(guard("stocks", row_lock::share)),
                                    batch.shape(guard("documents", row_lock::share))};
            for (int i = 0; i < 12; ++i) {
                auto const shape = shapes[random() % shapes.size()];
                bool const assigns = !batch.shapes()[shape].assignments.empty();
                batch.add(shape, {number(static_cast<int>(random() % 4))}, {},
                          assigns ? std::vector<value>{amount("1")} : std::vector<value>{});
            }
            rows independent;
            for (std::size_t i = 0; i < batch.size(); ++i)
                if (!depends(batch, i)) independent.push_back(i);
            REQUIRE(independent_rows(batch) == independent);
        }
    }
}
