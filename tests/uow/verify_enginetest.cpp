// What the verification of versions covers, and what it doesn't: as docs/architecture.md and verify.hpp say.
#include <doctest/doctest.h>

#include "support/books.hpp"

using namespace books;
using stint::conflict_error;
using stint::decimal;
using stint::id;
using stint::unit_of_work;
using stint::verify;

namespace {

/// Nodes 1, 2 and 3 in a ring: each one's parent is the next.
class ring : public example {
public:
    ring() {
        unit_of_work work{db()};
        for (int key = 1; key <= 3; ++key) work.add(node{id<node>{key}, "node", id<node>{key % 3 + 1}});
        work.commit();
    }

    /// Walks from node 1 to the one before, which skips the node from then on; the node itself stays as it is.
    static void take_out(unit_of_work& work, int key) {
        auto before = work.get<node>(1);
        while (*before->parent != id<node>{key}) before = work.get(*before->parent);
        before.edit().parent = work.get<node>(key)->parent;
    }

    bool has(int key) {
        unit_of_work look{db()};
        auto         at = look.get<node>(1);
        for (int steps = 0; steps < 3 && at.id() != id<node>{key}; ++steps) at = look.get(*at->parent);
        return at.id() == id<node>{key};
    }
};

/// A clerk who may take from one stock only as long as both together hold 50.
void take_if_both_hold(unit_of_work& work, int from, int other, decimal quantity) {
    auto const both = work.get<stock>(from)->quantity + work.get<stock>(other)->quantity;
    if (both - quantity >= 50) work.get<stock>(from).edit().quantity -= quantity;
}

decimal sum_of(unit_of_work& work) {
    return work.get<stock>(1)->quantity + work.get<stock>(2)->quantity;
}

}  // namespace

TEST_SUITE_BEGIN("verify");

TEST_CASE_FIXTURE(example,
                  "an object that was edited back to what was read is no write, and its version isn't checked") {
    unit_of_work work{db()};
    auto         flour = work.get<stock>(1);
    flour.edit().quantity += 1;
    flour.edit().quantity -= 1;
    work.get<stock>(2).edit().name = "salt";
    sql("UPDATE stocks SET quantity = quantity, version = 9 WHERE id = 1");
    CHECK(work.commit().updated == 1);
    CHECK(flour.version().value() == 1);  // as it was read
}

TEST_CASE_FIXTURE(example, "with verify::reads it is checked as an object that was read") {
    unit_of_work work{db(), {.verify = verify::reads}};
    auto         flour = work.get<stock>(1);
    flour.edit().quantity += 1;
    flour.edit().quantity -= 1;
    work.get<stock>(2).edit().name = "salt";
    sql("UPDATE stocks SET quantity = quantity, version = 9 WHERE id = 1");
    CHECK_THROWS_AS(work.commit(), conflict_error);
}

TEST_CASE_FIXTURE(
    example, "a rule over two objects, each of which another unit writes, is broken; with verify::reads it holds") {
    for (auto const demanded : {verify::writes, verify::reads}) {
        sql("UPDATE stocks SET quantity = " + std::string(is_postgresql() ? "40.00" : "4000") + ", version = 1");
        unit_of_work ann{db(), {.verify = demanded}}, bob{db(), {.verify = demanded}};
        take_if_both_hold(ann, 1, 2, 30);
        take_if_both_hold(bob, 2, 1, 30);
        ann.commit();
        if (demanded == verify::writes) CHECK(bob.commit().updated == 1);
        else CHECK_THROWS_AS(bob.commit(), conflict_error);
        unit_of_work look{db()};
        CHECK(sum_of(look) == (demanded == verify::writes ? 20 : 50));
    }
}

TEST_CASE_FIXTURE(ring, "a ring that two units rewire side by side keeps what one of them took out") {
    unit_of_work ann{db()}, bob{db()};
    take_out(ann, 2);  // writes 1
    take_out(bob, 3);  // came by 1 and writes 2, which is out
    ann.commit();
    CHECK(bob.commit().updated == 1);
    CHECK_FALSE(has(2));
    CHECK(has(3));
}

TEST_CASE_FIXTURE(
    ring, "with verify::reads the second unit that rewires a ring is refused, and is right when it runs again") {
    unit_of_work ann{db(), {.verify = verify::reads}}, bob{db(), {.verify = verify::reads}};
    take_out(ann, 2);
    take_out(bob, 3);
    ann.commit();
    CHECK_THROWS_AS(bob.commit(), conflict_error);
    stint::run(db(), [](unit_of_work& work) { take_out(work, 3); }, {.unit = {.verify = verify::reads}});
    CHECK_FALSE(has(2));
    CHECK_FALSE(has(3));
}

TEST_CASE_FIXTURE(example, "a unit that only reads is not verified: a report can show a transfer half") {
    sql("UPDATE stocks SET quantity = " + std::string(is_postgresql() ? "100.00" : "10000") + " WHERE id = 1");
    sql("UPDATE stocks SET quantity = 0 WHERE id = 2");
    unit_of_work report{db(), {.verify = verify::reads}};
    auto const   of_flour = report.get<stock>(1)->quantity;
    {
        unit_of_work transfer{db()};
        transfer.get<stock>(1).edit().quantity -= 60;
        transfer.get<stock>(2).edit().quantity += 60;
        transfer.commit();
    }
    CHECK(of_flour + report.get<stock>(2)->quantity == 160);  // there were never more than 100
    CHECK_NOTHROW(report.commit());

    unit_of_work at_once{db()};  // what one statement reads is of one moment
    decimal      sum;
    for (auto const& each : at_once.find<stock>()) sum += each->quantity;
    CHECK(sum == 100);
}

TEST_SUITE_END();
