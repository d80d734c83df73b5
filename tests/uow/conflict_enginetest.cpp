#include <doctest/doctest.h>

#include <atomic>
#include <thread>
#include <vector>

#include "support/books.hpp"

using namespace books;
using stint::conflict_error;
using stint::decimal;
using stint::id;
using stint::reason;
using stint::unit_of_work;
using stint::unit_options;
using stint::value;
using stint::version_number;

namespace {

/// Commits, which must be refused.
conflict_error refused(unit_of_work& work) {
    try {
        work.commit();
    } catch (conflict_error const& e) {
        return e;
    }
    FAIL("the commit was not refused");
    throw 0;
}

void somebody_sets(scratch_database& books, int stock_key, char const* quantity) {
    unit_of_work other{books.db()};
    other.get<stock>(stock_key).edit().quantity = decimal{quantity};
    other.commit();
}

}  // namespace

TEST_SUITE_BEGIN("conflict");

TEST_CASE_FIXTURE(
    example, "every stale object of a commit is reported at once, nothing is written, and after reload it commits") {
    unit_of_work work{db()};
    auto         doc = work.get<document>(1);
    auto         flour = work.get<stock>(1);
    auto         sugar = work.get<stock>(2);
    doc.edit().processed = true;
    flour.edit().quantity = decimal{"40.80"};
    sugar.edit().name = "salt";
    somebody_sets(*this, 1, "30.30");
    somebody_sets(*this, 2, "26.00");

    auto const e = refused(work);
    REQUIRE(e.conflicts().size() == 2);
    CHECK(e.what_next() == stint::advice::reload_and_retry);
    CHECK(
        to_string(e.conflicts()[1]) ==
        "stocks 1: changed (version 1 was read, 2 is there); quantity: 56.40 was read, 40.80 is mine, 30.30 is theirs");
    auto const& salt = e.conflicts()[0];  // rows that write the same columns come together: names, quantities
    CHECK(salt.table == "stocks");
    CHECK(salt.key == "2");
    CHECK(salt.reason == reason::changed());
    CHECK(salt.access == stint::access::changed);
    CHECK(salt.expected == version_number{1});
    CHECK(salt.found == version_number{2});
    REQUIRE(salt.columns.size() == 2);
    CHECK(salt.columns[0] == stint::column_conflict{"name", "sugar", "salt", "sugar"});
    CHECK(salt.columns[1] == stint::column_conflict{"quantity", decimal{"26.80"}, decimal{"26.80"}, decimal{"26.00"}});
    CHECK(salt.columns[0].changed_by_me());
    CHECK_FALSE(salt.columns[0].changed_by_them());

    // Nothing written, and the unit is as it was.
    CHECK(ask("SELECT CASE WHEN processed THEN 'yes' ELSE 'no' END FROM documents WHERE id = 1") == "no");
    CHECK(stock_row(1) == "30.30@2");
    CHECK(doc.version().value() == 1);
    CHECK(flour.version().value() == 1);
    CHECK(flour->quantity == decimal{"40.80"});
    CHECK(work.changes().size() == 3);

    CHECK(work.reload(flour));
    CHECK(work.reload(sugar));
    flour.edit().quantity -= doc->quantity;
    sugar.edit().name = "salt";
    CHECK(work.commit().updated == 3);
    CHECK(stock_row(1) == "14.70@3");
    CHECK(stock_row(2) == "26.00@3");
}

TEST_CASE_FIXTURE(example, "reload of a refused commit keeps what was not in the way") {
    unit_of_work work{db()};
    work.get<document>(1).edit().processed = true;
    work.get<stock>(1).edit().quantity = 1;
    somebody_sets(*this, 1, "30.30");
    work.reload(refused(work));
    REQUIRE(work.changes().size() == 1);
    CHECK(work.changes().front().table == "documents");
    work.commit();
}

TEST_CASE_FIXTURE(example, "a row that is gone is told from one that was changed, in updates and in deletes") {
    unit_of_work work{db()};
    auto         missing = work.get<document>(1);
    auto         changed = work.get<document>(2);
    SUBCASE("deletes") {
        work.remove(missing);
        work.remove(changed);
    }
    SUBCASE("updates") {
        missing.edit().processed = true;
        changed.edit().processed = true;
    }
    sql("DELETE FROM documents WHERE id = 1");
    sql("UPDATE documents SET version = version + 1 WHERE id = 2");
    auto const e = refused(work);
    REQUIRE(e.conflicts().size() == 2);
    CHECK(e.conflicts()[0].reason == reason::deleted());
    CHECK_FALSE(e.conflicts()[0].found);
    CHECK(e.conflicts()[1].reason == reason::changed());
    CHECK(ask("SELECT COUNT(*) FROM documents") == "1");

    work.reload(e);
    CHECK(missing.state() == stint::object_state::gone);
    CHECK(changed.state() == stint::object_state::clean);
    CHECK(changed.version().value() == 2);
}

TEST_CASE_FIXTURE(example, "a key that is taken refuses everything and names it") {
    unit_of_work work{db()};
    work.get<document>(1).edit().processed = true;
    auto rice = work.add(stock{id<stock>{3}, "rice", 5});
    {
        unit_of_work other{db()};
        other.add(stock{id<stock>{3}, "barley", 6});
        other.commit();
    }
    auto const e = refused(work);
    REQUIRE(e.conflicts().size() == 1);
    CHECK(e.conflicts()[0].reason == reason::exists());
    CHECK(e.conflicts()[0].access == stint::access::added);
    CHECK(e.conflicts()[0].columns[0] == stint::column_conflict{"name", stint::null, "rice", "barley"});
    CHECK(ask("SELECT CASE WHEN processed THEN 'yes' ELSE 'no' END FROM documents WHERE id = 1") == "no");

    work.reload(e);
    CHECK(rice.state() == stint::object_state::gone);
    CHECK(work.get<stock>(3)->name == "barley");
    CHECK(work.commit().updated == 1);
}

TEST_CASE_FIXTURE(example, "what follows from the unit's own earlier rows is no conflict of its own") {
    unit_of_work work{db()};
    auto         old = work.get<stock>(2);
    work.remove(old);
    auto fresh = work.add(stock{id<stock>{2}, "salt", 7});
    auto hen = work.add(node{id<node>{50}, "hen"});
    auto egg = work.add(node{id<node>{51}, "egg", hen.id()});
    hen.edit().parent = egg.id();
    auto flour = work.get<stock>(1);
    flour.edit().quantity = 1;
    somebody_sets(*this, 1, "30.30");
    auto const e = refused(work);
    REQUIRE(e.conflicts().size() == 1);
    CHECK(e.conflicts().front().key == "1");
    work.reload(e);
    CHECK(fresh.state() == stint::object_state::added);
    CHECK(hen.state() == stint::object_state::added);
    CHECK(old.state() == stint::object_state::removed);
    CHECK(work.commit().inserted == 3);
}

TEST_CASE_FIXTURE(example, "reload takes a refused removal back without losing its object") {
    unit_of_work work{db()};
    auto         old = work.get<stock>(2);
    work.remove(old);
    work.add(stock{id<stock>{2}, "salt", 7});
    somebody_sets(*this, 2, "20.00");
    auto const e = refused(work);
    REQUIRE(e.conflicts().size() == 1);
    CHECK(e.conflicts().front().access == stint::access::removed);
    work.reload(e);
    CHECK(work.get<stock>(2) == old);
    CHECK(old->quantity == 20);
    CHECK_FALSE(work.has_changes());
}

TEST_CASE_FIXTURE(example, "a conflict shows new references by name") {
    unit_of_work work{db()};
    auto         leaf = work.add(node{{}, "leaf"});
    work.commit();
    leaf.edit().parent = work.add(node{{}, "root"}).id();
    sql("UPDATE nodes SET version = 9");
    auto const mine = refused(work).conflicts().front().columns.front().mine;
    REQUIRE(std::holds_alternative<std::string>(mine));
    CHECK(std::get<std::string>(mine).rfind("pending#", 0) == 0);
}

TEST_CASE_FIXTURE(example, "a key that was deleted and inserted again does not look unchanged") {
    unit_of_work first{db()};
    first.add(stock{id<stock>{3}, "rice", 5});
    first.commit();
    unit_of_work work{db()};
    work.get<stock>(3).edit().quantity = 4;
    for (int i = 0; i < 2; ++i) {
        unit_of_work other{db()};
        if (i == 0) other.remove(other.get<stock>(3));
        if (i == 1) other.add(stock{id<stock>{3}, "rice", 5});
        other.commit();
    }
    CHECK(refused(work).conflicts().front().reason == reason::changed());
}

TEST_CASE_FIXTURE(example, "a key that the database gave is never given again") {
    stint::id<node> last;
    for (int i = 0; i < 3; ++i) {
        unit_of_work work{db()};
        auto         fresh = work.add(node{{}, "n"});
        work.commit();
        CHECK(fresh.id() > last);
        last = fresh.id();
        work.remove(fresh);
        work.commit();
    }
}

TEST_CASE_FIXTURE(example, "write skew: two units read both stocks and each writes one") {
    for (auto const verified : {stint::verify::writes, stint::verify::reads}) {
        CAPTURE(verified);
        unit_of_work a{db(), {.verify = verified}};
        unit_of_work b{db(), {.verify = verified}};
        for (auto* unit : {&a, &b})
            for (int key : {1, 2}) static_cast<void>(unit->get<stock>(key)->quantity);
        a.get<stock>(1).edit().quantity -= 1;
        b.get<stock>(2).edit().quantity -= 1;
        a.commit();
        if (verified == stint::verify::writes) {
            CHECK_NOTHROW(b.commit());
        } else {
            auto const e = refused(b);
            REQUIRE(e.conflicts().size() == 1);
            CHECK(e.conflicts()[0].key == "1");
            CHECK(e.conflicts()[0].access == stint::access::read);
        }
    }
}

TEST_CASE_FIXTURE(example, "verified reads keep a rule over two rows under many threads") {
    sql("UPDATE stocks SET quantity = quantity - quantity");
    stint::run(db(), [](unit_of_work& work) {
        for (int key : {1, 2}) work.get<stock>(key).edit().quantity = 100;
    });
    std::atomic<int>         taken{0};
    std::vector<std::thread> clerks;
    for (int clerk = 0; clerk < 6; ++clerk)
        clerks.emplace_back([&, clerk] {
            stint::database own{url()};
            for (int i = 0; i < 10; ++i)
                stint::run(own,
                           [&](unit_of_work& work) {
                               auto first = work.get<stock>(1), second = work.get<stock>(2);
                               if (first->quantity + second->quantity < 10) return;
                               ((clerk + i) % 2 == 0 ? first : second).edit().quantity -= 10;
                               work.events().committed.connect(
                                   [&](auto const& report) { taken += static_cast<int>(report.updated); });
                           },
                           {.attempts = 10000, .unit = {.verify = stint::verify::reads}});
        });
    for (auto& clerk : clerks) clerk.join();
    CHECK(taken == 20);  // the two stocks together: 200, by tens, and never below nothing
    unit_of_work look{db()};
    CHECK(look.get<stock>(1)->quantity + look.get<stock>(2)->quantity == 0);
}

TEST_CASE_FIXTURE(example, "verified reads hold for rows of other tables, and for rows that are gone") {
    unit_of_work work{db(), {.verify = stint::verify::reads}};
    static_cast<void>(work.get<document>(2)->quantity);
    work.get<stock>(2).edit().quantity = 1;
    CHECK(to_string(work.dry_run()) == "require documents [id=2 if version=1] for share\n"
                                       "update stocks [id=2 if version=1] quantity=1.00, version=next");
    sql("DELETE FROM documents WHERE id = 2");
    CHECK(refused(work).conflicts().front().reason == reason::deleted());
    CHECK(stock_row(2) == "26.80@1");
}

TEST_CASE_FIXTURE(example, "last_write_wins loses updates, as its name says, but still raises the version") {
    auto const   none = std::make_shared<stint::last_write_wins>();
    unit_of_work work{db(), {.lock = none}};
    auto         flour = work.get<stock>(1);
    flour.edit().quantity = decimal{"40.80"};
    somebody_sets(*this, 1, "30.30");
    work.commit();
    CHECK(stock_row(1) == "40.80@3");
    CHECK(flour.version().value() == 3);
}

TEST_CASE_FIXTURE(example, "a violated constraint rolls everything back and says which") {
    sql("CREATE UNIQUE INDEX one_name ON stocks (name)");
    unit_of_work work{db()};
    auto         flour = work.get<stock>(1);
    auto         sugar = work.get<stock>(2);
    SUBCASE("unique") {
        flour.edit().quantity = 1;
        sugar.edit().name = "flour";
        try {
            work.commit();
            FAIL("not refused");
        } catch (stint::constraint_violation const& e) {
            CHECK(e.rule() == stint::constraint_violation::rule_type::unique);
        }
    }
    SUBCASE("foreign key") {
        flour.edit().quantity = 1;
        work.get<document>(1).edit().stock = id<stock>{99};
        try {
            work.commit();
            FAIL("not refused");
        } catch (stint::constraint_violation const& e) {
            CHECK(e.rule() == stint::constraint_violation::rule_type::foreign_key);
        }
    }
    CHECK(stock_row(1) == "56.40@1");
    CHECK(flour.version().value() == 1);
    CHECK(work.has_changes());
    work.rollback();
    flour.edit().quantity = 2;
    CHECK_NOTHROW(work.commit());
}

TEST_CASE_FIXTURE(example, "a row whose update a trigger swallows is reported as that, not as a conflict to retry") {
    if (is_postgresql()) {
        sql("CREATE FUNCTION swallow() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'");
        sql("CREATE TRIGGER no_updates BEFORE UPDATE ON stocks FOR EACH ROW EXECUTE FUNCTION swallow()");
    } else {
        sql("CREATE TRIGGER no_updates BEFORE UPDATE ON stocks BEGIN SELECT RAISE(IGNORE); END");
    }
    unit_of_work work{db()};
    work.get<stock>(1).edit().quantity = 1;
    auto const e = refused(work);
    CHECK(e.conflicts().front().reason == reason::suppressed());
    CHECK(e.what_next() == stint::advice::fix_the_code);
}

TEST_SUITE_END();
