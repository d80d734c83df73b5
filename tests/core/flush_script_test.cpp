#include <doctest/doctest.h>

#include <string>
#include <vector>

#include "../../engines/postgresql/flush/flush_script.hpp"
#include "tables.hpp"

using namespace tables;
using stint::flush_form;
using stint::flush_script;
using stint::flush_step;
using stint::row_lock;
using stint::write_batch;

namespace {

std::string name_of(stint::flush_task task) {
    switch (task) {
    case stint::flush_task::lock: return "lock";
    case stint::flush_task::check: return "check";
    case stint::flush_task::look: return "look";
    case stint::flush_task::write: break;
    }
    return "write";
}

std::string name_of(row_lock strength) {
    switch (strength) {
    case row_lock::key_share: return "key share";
    case row_lock::share: return "share";
    case row_lock::no_key_update: return "no key update";
    case row_lock::update: break;
    }
    return "update";
}

/// "check (no key update) 2 0", a set as "write [0 1 2 3 4 5 6 7]", its strengths behind its rows, marks of its form at
/// the end.
std::string line(flush_step const& step) {
    auto result = name_of(step.form.task);
    if (step.form.lock) result += " (" + name_of(*step.form.lock) + ')';
    std::string rows;
    for (auto const row : step.rows) rows += (rows.empty() ? "" : " ") + std::to_string(row);
    result += step.form.as_set ? " [" + rows + ']' : ' ' + rows;
    for (auto const strength : step.strengths) result += ", " + name_of(strength);
    if (step.form.has_nulls) result += ", nulls";
    if (step.form.referred) result += ", referred";
    for (std::size_t i = 0; i < step.form.references.size(); ++i)
        if (step.form.references[i]) result += ", refers by " + std::to_string(i);
    return result;
}

std::vector<std::string> lines(std::vector<flush_step> const& steps) {
    std::vector<std::string> result;
    for (auto const& step : steps) result.push_back(line(step));
    return result;
}

using texts = std::vector<std::string>;

struct batch_of_stocks : write_batch {
    void update(std::int64_t key) { add(shape(update_stock()), {number(key)}, {number(3)}, {amount("1.00")}); }
    void remove(std::int64_t key) { add(shape(remove_stock()), {number(key)}, {number(3)}); }
    void require(std::int64_t key) { add(shape(require_stock()), {number(key)}, {number(3)}); }
    void hold(std::int64_t key) {
        add(shape({.action = row_action::lock, .table = "stocks", .key = {id}, .lock = row_lock::key_share}),
            {number(key)});
    }
    std::size_t insert_new(value called = text("rye")) {
        return add(shape(insert_new_stock()), {}, {}, {number(1), std::move(called), amount("1.00")});
    }
    void insert_document_on(value of_stock) {
        add(shape(insert_document()), {}, {}, {number(1), amount("1.00"), false, std::move(of_stock)});
    }
};

}  // namespace

TEST_SUITE_BEGIN("core: flush_script");

TEST_CASE_FIXTURE(batch_of_stocks, "an empty batch has no steps") {
    auto const script = make_flush_script(*this);
    CHECK(script.checks.empty());
    CHECK(script.writes.empty());
    CHECK_FALSE(script.can_refuse);
    CHECK_FALSE(script.has_sets);
}

TEST_CASE_FIXTURE(batch_of_stocks,
                  "few updates of one shape go one by one, in the order of their keys, without a check before") {
    for (auto const key : {3, 1, 2}) update(key);
    auto const script = make_flush_script(*this);
    CHECK(script.checks.empty());
    CHECK(lines(script.writes) ==
          texts{"write (no key update) 1", "write (no key update) 2", "write (no key update) 0"});
    CHECK_FALSE(script.has_sets);
    CHECK_FALSE(script.rows_depend_on_each_other);
}

TEST_CASE_FIXTURE(batch_of_stocks, "from eight on they are a set") {
    for (auto const key : {8, 7, 6, 5, 4, 3, 2}) update(key);
    CHECK(make_flush_script(*this).writes.size() == 7);
    update(1);
    auto const script = make_flush_script(*this);
    CHECK(lines(script.writes) == texts{"write (no key update) [7 6 5 4 3 2 1 0]"});
    CHECK(script.has_sets);
}

TEST_CASE_FIXTURE(batch_of_stocks, "updates that meet a row twice are known to depend on each other") {
    for (auto const key : {2, 1, 2}) update(key);
    CHECK(make_flush_script(*this).rows_depend_on_each_other);
}

TEST_CASE_FIXTURE(batch_of_stocks,
                  "rows of several shapes are locked and checked in one order, then written in the batch's") {
    update(3);
    remove(1);
    require(2);
    hold(4);
    auto const script = make_flush_script(*this);
    CHECK(lines(script.checks) ==
          texts{"check (update) 1", "check (share) 2", "check (no key update) 0", "check (key share) 3"});
    CHECK(lines(script.writes) == texts{"write 0", "write 1"});
    CHECK(script.can_refuse);
}

TEST_CASE_FIXTURE(batch_of_stocks, "holds refuse nothing") {
    hold(1);
    insert_document_on(number(1));
    auto const script = make_flush_script(*this);
    CHECK(lines(script.checks) == texts{"check (key share) 0"});
    CHECK(lines(script.writes) == texts{"write 1"});
    CHECK_FALSE(script.can_refuse);
}

TEST_CASE_FIXTURE(batch_of_stocks, "many rows of one shape are locked and checked as a set") {
    for (std::int64_t key = 8; key > 0; --key) require(key);
    auto const script = make_flush_script(*this);
    CHECK(lines(script.checks) == texts{"check (share) [7 6 5 4 3 2 1 0]"});
    CHECK(script.writes.empty());
}

TEST_CASE_FIXTURE(batch_of_stocks,
                  "many rows of several shapes of a table are locked together, then judged a shape at a time") {
    for (std::int64_t key = 1; key <= 6; ++key) update(key);
    remove(8);
    require(7);
    hold(9);
    auto const script = make_flush_script(*this);
    CHECK(lines(script.checks) ==
          texts{"lock [0 1 2 3 4 5 7 6 8], no key update, no key update, no key update, no key update, "
                "no key update, no key update, share, update, key share",
                "check 0", "check 1", "check 2", "check 3", "check 4", "check 5", "check 6", "check 7"});
    CHECK(script.can_refuse);
    CHECK(script.has_sets);
}

TEST_CASE_FIXTURE(batch_of_stocks,
                  "a run of rows ends where another shape comes, and sets end where there is too much of them") {
    for (int i = 0; i < 9'000; ++i) insert_new();
    insert_document_on(number(1));
    auto const writes = make_flush_script(*this).writes;
    REQUIRE(writes.size() == 4);
    CHECK(writes[0].rows.size() == 4'000);
    CHECK(writes[1].rows.size() == 4'000);
    CHECK(writes[2].rows.size() == 1'000);
    CHECK(line(writes[3]) == "write 9000");
}

TEST_CASE_FIXTURE(batch_of_stocks, "large texts make sets shorter") {
    for (int i = 0; i < 10; ++i) insert_new(text(std::string(300'000, 'x')));
    auto const  writes = make_flush_script(*this).writes;
    std::size_t rows = 0;
    for (auto const& step : writes) {
        CHECK(step.rows.size() <= 4);
        rows += step.rows.size();
    }
    CHECK(rows == 10);
}

TEST_CASE_FIXTURE(batch_of_stocks, "a set with a null among its values is marked") {
    for (int i = 0; i < 7; ++i) insert_document_on(number(1));
    insert_document_on(stint::null);
    CHECK(lines(make_flush_script(*this).writes) == texts{"write [0 1 2 3 4 5 6 7], nulls"});
}

TEST_CASE_FIXTURE(batch_of_stocks, "keys that the database gives are kept, and numbered, where later rows need them") {
    auto const rye = insert_new(), oats = insert_new();
    insert_document_on(stint::key_of_row{oats});
    insert_document_on(stint::key_of_row{rye});
    insert_document_on(number(1));
    auto const script = make_flush_script(*this);
    CHECK(lines(script.writes) ==
          texts{"write 0, referred", "write 1, referred", "write 2, refers by 4", "write 3, refers by 4", "write 4"});
    CHECK(script.numbers == std::vector<std::uint32_t>{1, 2, 0, 0, 0});
}

TEST_CASE_FIXTURE(batch_of_stocks, "a reference to a row whose key is given is that key") {
    auto const rye = add(shape(insert_stock()), {number(7)}, {}, {number(1), text("rye"), amount("1.00")});
    insert_document_on(stint::key_of_row{rye});
    auto const script = make_flush_script(*this);
    CHECK(lines(script.writes) == texts{"write 0", "write 1"});
    CHECK(script.numbers.empty());
    CHECK(root_of(*this, {rye}) == rye);
}

TEST_CASE_FIXTURE(batch_of_stocks, "after a refusal rows are looked at without being locked, a shape at a time") {
    for (std::int64_t key = 1; key <= 8; ++key) update(key);
    remove(9);
    hold(10);
    CHECK(lines(make_looks(*this, {8, 9, 0, 1, 2, 3, 4, 5, 6, 7}, true)) == texts{"look [0 1 2 3 4 5 6 7]", "look 8"});
    CHECK(lines(make_looks(*this, {0, 1}, true)) == texts{"look 0", "look 1"});
    CHECK(make_looks(*this, {0, 1, 2, 3, 4, 5, 6, 7}, false).size() == 8);
}

TEST_SUITE_END();
