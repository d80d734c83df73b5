#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <vector>

#include <stint/transaction.hpp>

#include "support/books.hpp"

using namespace books;
using stint::access;
using stint::decimal;
using stint::id;
using stint::object_state;
using stint::order_by;
using stint::unit_of_work;
using stint::where;

TEST_SUITE_BEGIN("unit_of_work");

template <class Unit>
concept answers_handles = requires(Unit&& unit) { std::forward<Unit>(unit).get(id<stock>{1}); };
static_assert(answers_handles<unit_of_work&>);
static_assert(!answers_handles<unit_of_work>, "a handle of a temporary unit would dangle");

TEST_CASE_FIXTURE(example, "a document takes its quantity off its stock, in one commit") {
    unit_of_work work{db()};
    auto         doc = work.get<document>(1);
    auto         stock = work.get(doc->stock);
    stock.edit().quantity -= doc->quantity;
    doc.edit().processed = true;
    auto const report = work.commit();

    CHECK(report.updated == 2);
    CHECK(stock_row(1) == "40.80@2");
    CHECK(stock.version().value() == 2);
    CHECK(stored(id<document>{1}).processed);
}

TEST_CASE_FIXTURE(example, "the same row is the same object, however it is asked for") {
    unit_of_work work{db()};
    auto         flour = work.get<stock>(1);
    auto const   before = db().counters();
    CHECK(work.get<stock>(1) == flour);
    CHECK(*work.try_get<stock>(1) == flour);
    CHECK(db().counters() == before);  // not asked again
    CHECK(work.find<stock>(where(&stock::name) == "flour").front() == flour);
    CHECK(work.get(std::vector{id<stock>{2}, id<stock>{1}}).back() == flour);
}

TEST_CASE_FIXTURE(example, "many keys are read by one statement, in the order asked for") {
    unit_of_work work{db()};
    auto const   before = db().counters();
    auto const   stocks = work.get(std::vector{id<stock>{2}, id<stock>{1}, id<stock>{2}});
    CHECK((db().counters() - before).statements == 1);
    REQUIRE(stocks.size() == 3);
    CHECK(stocks[0]->name == "sugar");
    CHECK(stocks[1]->name == "flour");
    CHECK(stocks[0] == stocks[2]);
}

TEST_CASE_FIXTURE(example, "what isn't there is named") {
    unit_of_work work{db()};
    CHECK_FALSE(work.try_get<stock>(7));
    try {
        work.get(std::vector{id<stock>{1}, id<stock>{7}, id<stock>{8}});
        FAIL("found what isn't there");
    } catch (stint::not_found const& missing) {
        CHECK(missing.table() == "stocks");
        CHECK(missing.key() == "7, 8");
    }
    CHECK_THROWS_AS(work.get(id<stock>{}), stint::usage_error);
}

TEST_CASE_FIXTURE(example, "find answers what the database has, in order, with a limit") {
    unit_of_work work{db()};
    auto const   open = work.find<document>(where(&document::stock) == id<stock>{1} &&
                                                where(&document::processed) == false,
                                            stint::order_by_descending(&document::quantity));
    REQUIRE(open.size() == 2);
    CHECK(open[0].id() == id<document>{2});
    CHECK(work.find<document>(order_by(&document::id), stint::limit(1)).size() == 1);
    CHECK(work.find<stock>(where(&stock::quantity) > decimal{"30"}).size() == 1);
    CHECK(work.find<stock>().size() == 2);
    CHECK(work.find<node>(where(&node::parent) == std::nullopt).empty());
}

TEST_CASE_FIXTURE(example,
                  "objects that the unit has edited or removed stay as they are in memory when they are found") {
    unit_of_work work{db()};
    work.get<stock>(1).edit().quantity = 3;
    work.remove(work.get<stock>(2));
    auto const found = work.find<stock>();
    REQUIRE(found.size() == 1);
    CHECK(found.front()->quantity == 3);
    CHECK_THROWS_AS(work.get<stock>(2), stint::not_found);
}

TEST_CASE_FIXTURE(example, "only changed columns are written, and what was edited back isn't") {
    unit_of_work work{db()};
    auto         flour = work.get<stock>(1);
    auto         sugar = work.get<stock>(2);
    flour.edit().quantity = decimal{"10.00"};
    sugar.edit().name = "salt";
    sugar.edit().name = "sugar";
    CHECK(to_string(work.dry_run()) == "update stocks [id=1 if version=1] quantity=10.00, version=next");
    REQUIRE(work.changes().size() == 1);
    CHECK(to_string(work.changes().front()) == "changed stocks 1: quantity 56.40 -> 10.00");
    work.commit();
    CHECK(stock_row(1) == "10.00@2");
    CHECK(stock_row(2) == "26.80@1");
}

TEST_CASE_FIXTURE(example, "a commit without changes sends nothing") {
    unit_of_work work{db()};
    work.get<stock>(1).edit().name = "flour";
    auto const before = db().counters();
    CHECK(work.commit().updated == 0);
    CHECK(db().counters() == before);
}

TEST_CASE_FIXTURE(example, "nothing is written without a commit") {
    {
        unit_of_work work{db()};
        work.get<stock>(1).edit().quantity = 0;
        work.add(stock{id<stock>{9}, "rice", 1});
        work.remove(work.get<stock>(2));
        CHECK(work.changes().size() == 3);
    }
    CHECK(stock_row(1) == "56.40@1");
    CHECK(stock_row(2) == "26.80@1");
    CHECK(stock_row(9) == "gone");
}

TEST_CASE_FIXTURE(example, "a reference kept over a commit loses nothing") {
    unit_of_work work{db()};
    stock&       kept = work.get<stock>(1).edit();
    kept.quantity = 50;
    work.commit();
    kept.quantity = 40;  // without another edit()
    CHECK(work.has_changes());
    work.commit();
    CHECK(stock_row(1) == "40.00@3");

    stock& fresh = work.add(stock{id<stock>{9}, "rice", 1}).edit();
    work.commit();
    fresh.quantity = 2;
    work.commit();
    CHECK(stored(id<stock>{9}).quantity == 2);
}

TEST_CASE_FIXTURE(example, "new objects get their keys from the database at commit, and those that refer to them too") {
    unit_of_work work{db()};
    auto         root = work.add(node{{}, "root"});
    auto const   copy = root.id();
    auto         leaf = work.add(node{{}, "leaf", copy});
    CHECK(copy.is_pending());
    CHECK(work.get(copy) == root);
    work.commit();

    CHECK(root.id().is_given());
    CHECK(root->id == root.id());
    CHECK(leaf->parent == root.id());
    CHECK(root.version().value() == 1);
    CHECK(work.get(copy) == root);  // the copy is pending still, and still finds it
    CHECK(work.get(root.id()) == root);
    CHECK(stored(leaf.id()).parent == root.id());
    CHECK_FALSE(work.has_changes());
}

TEST_CASE_FIXTURE(example, "a new object that was committed and deleted is not found by its old pending id") {
    unit_of_work work{db()};
    auto         leaf = work.add(node{{}, "leaf"});
    auto const   pending = leaf.id();
    work.commit();
    work.remove(leaf);
    CHECK_FALSE(work.try_get(pending));
    work.commit();
    CHECK_FALSE(work.try_get(pending));
    CHECK_THROWS_AS(work.get(pending), stint::not_found);
}

TEST_CASE_FIXTURE(example, "a pending id that was copied before the commit is good after it, too") {
    unit_of_work work{db()};
    auto         root = work.add(node{{}, "root"});
    auto const   copy = root.id();
    work.commit();
    auto leaf = work.add(node{{}, "leaf", copy});
    work.commit();
    CHECK(leaf->parent == root.id());
    CHECK(work.find<node>(where(&node::parent) == copy).front() == leaf);
    CHECK(work.find<node>(where(&node::id) == copy).front() == root);
    leaf.edit().parent.reset();
    work.commit();
    leaf.edit().parent = copy;
    work.commit();
    CHECK(leaf->parent == root.id());
    work.remove(root);
    work.remove(leaf);
    CHECK(work.commit().removed == 2);  // the leaf first
}

TEST_CASE_FIXTURE(example, "a query can't look for what refers to an object without a row") {
    unit_of_work work{db()};
    auto const   pending = work.add(node{{}, "root"}).id();
    CHECK_THROWS_AS(work.find<node>(where(&node::parent) == pending), stint::usage_error);
}

TEST_CASE_FIXTURE(example,
                  "objects that the unit has added are not found, even if somebody else has added their keys") {
    unit_of_work work{db()};
    work.add(stock{id<stock>{9}, "mine", 1});
    {
        unit_of_work other{db()};
        other.add(stock{id<stock>{9}, "theirs", 1});
        other.commit();
    }
    CHECK(work.find<stock>(where(&stock::name) == "theirs").empty());
}

TEST_CASE_FIXTURE(example, "a new object that had taken a removed one's key leaves it when it is removed itself") {
    unit_of_work work{db()};
    auto         old = work.get<stock>(2);
    work.remove(old);
    work.remove(work.add(stock{id<stock>{2}, "salt", 7}));
    CHECK_THROWS_AS(work.get<stock>(2), stint::not_found);
    CHECK(to_string(work.dry_run()) == "remove stocks [id=2 if version=1]");
}

TEST_CASE_FIXTURE(example, "a removed object that is reloaded takes its key back") {
    unit_of_work work{db()};
    auto         old = work.get<stock>(2);
    work.remove(old);
    auto fresh = work.add(stock{id<stock>{2}, "salt", 7});
    CHECK(work.reload(old));
    CHECK(fresh.state() == object_state::gone);
    CHECK(work.get<stock>(2) == old);
    CHECK_FALSE(work.has_changes());
}

TEST_CASE_FIXTURE(example, "a unit refuses the handles of another") {
    unit_of_work mine{db()}, theirs{db()};
    auto         flour = theirs.get<stock>(1);
    CHECK_THROWS_AS(mine.remove(flour), stint::usage_error);
    CHECK_THROWS_AS(mine.reload(flour), stint::usage_error);
    CHECK_FALSE(theirs.has_changes());
}

TEST_CASE_FIXTURE(example, "a chain of new objects is written parents first, whatever order they came in") {
    unit_of_work work{db()};
    auto         leaf = work.add(node{{}, "leaf"});
    auto         middle = work.add(node{{}, "middle"});
    auto         root = work.add(node{{}, "root"});
    leaf.edit().parent = middle.id();
    middle.edit().parent = root.id();
    work.commit();
    CHECK(root.id() < middle.id());
    CHECK(middle.id() < leaf.id());
    CHECK(stored(leaf.id()).parent == middle.id());
}

TEST_CASE_FIXTURE(example, "new objects that refer to each other are written when a reference may wait") {
    unit_of_work work{db()};
    auto         hen = work.add(node{{}, "hen"});
    auto         egg = work.add(node{{}, "egg", hen.id()});
    auto         own = work.add(node{{}, "own"});
    hen.edit().parent = egg.id();
    own.edit().parent = own.id();
    work.commit();
    unit_of_work look{db()};
    CHECK(look.get(hen.id())->parent == egg.id());
    CHECK(look.get(egg.id())->parent == hen.id());
    CHECK(look.get(own.id())->parent == own.id());
    CHECK(look.get(own.id()).version() == own.version());
}

TEST_CASE_FIXTURE(example, "new rows come table by table, however their objects were added") {
    unit_of_work work{db()};
    for (char const* name : {"rice", "salt"}) {
        auto added = work.add(stock{{}, name, 5});
        work.add(document{{}, 1, false, added.id()});
    }
    CHECK(to_string(work.dry_run()) ==
          "insert stocks [id=new] name='rice', quantity=5.00, version=1 -> id\n"
          "insert stocks [id=new] name='salt', quantity=5.00, version=1 -> id\n"
          "insert documents [id=new] quantity=1.00, processed=false, stock=@0, version=1 -> id\n"
          "insert documents [id=new] quantity=1.00, processed=false, stock=@1, version=1 -> id");
}

TEST_CASE_FIXTURE(example, "changed rows that one statement can write come together") {
    sql("INSERT INTO stocks (id, version, name, quantity) VALUES (3, 1, 'rice', 500)");
    unit_of_work work{db()};
    work.get<stock>(3).edit().name = "wild rice";
    work.get<stock>(2).edit().quantity = 1;
    work.get<stock>(1).edit().name = "spelt";
    CHECK(to_string(work.dry_run()) == "update stocks [id=1 if version=1] name='spelt', version=next\n"
                                       "update stocks [id=3 if version=1] name='wild rice', version=next\n"
                                       "update stocks [id=2 if version=1] quantity=1.00, version=next");
}

TEST_CASE_FIXTURE(example, "a tree of new objects is written generation by generation") {
    unit_of_work work{db()};
    auto const   root = work.add(node{{}, "root"});
    for (char const* name : {"left", "right"}) {
        auto const child = work.add(node{{}, name, root.id()});
        work.add(node{{}, std::string(name) + " leaf", child.id()});
    }
    CHECK(to_string(work.dry_run()) == "insert nodes [id=new] name='root', parent=null, version=1 -> id\n"
                                       "insert nodes [id=new] name='left', parent=@0, version=1 -> id\n"
                                       "insert nodes [id=new] name='right', parent=@0, version=1 -> id\n"
                                       "insert nodes [id=new] name='left leaf', parent=@1, version=1 -> id\n"
                                       "insert nodes [id=new] name='right leaf', parent=@2, version=1 -> id");
    CHECK(work.commit().inserted == 5);
    unit_of_work look{db()};
    auto const   leaf = look.find<node>(where(&node::name) == "right leaf");
    REQUIRE(leaf.size() == 1);
    CHECK(look.get(*leaf.front()->parent)->name == "right");
}

TEST_CASE_FIXTURE(example, "children are deleted before their parents, and moved before their old parent goes") {
    unit_of_work work{db()};
    auto         rice = work.add(stock{id<stock>{3}, "rice", 5});
    work.get<document>(2).edit().stock = rice.id();
    work.remove(work.get<stock>(1));
    work.remove(work.get<document>(1));
    CHECK(to_string(work.dry_run()) == "remove documents [id=1 if version=1]\n"
                                       "insert stocks [id=3] name='rice', quantity=5.00, version=clock -> version\n"
                                       "update documents [id=2 if version=1] stock=3, version=next\n"
                                       "remove stocks [id=1 if version=1]");
    work.commit();
    CHECK(stock_row(1) == "gone");
    CHECK_THROWS_AS(work.get<stock>(1), stint::not_found);
    CHECK(work.get<document>(2)->stock == rice.id());
}

TEST_CASE_FIXTURE(example, "a key that is removed and added in one commit is another row") {
    unit_of_work work{db()};
    auto         old = work.get<stock>(2);
    work.remove(old);
    auto fresh = work.add(stock{id<stock>{2}, "salt", 7});
    CHECK(work.get<stock>(2) == fresh);
    auto const report = work.commit();
    CHECK(report.removed == 1);
    CHECK(report.inserted == 1);
    CHECK(old.state() == object_state::gone);
    CHECK(stored(id<stock>{2}).name == "salt");
}

TEST_CASE_FIXTURE(example, "a key is added again only after its old row could go") {
    unit_of_work work{db()};
    for (int key : {1, 2}) work.get<document>(key).edit().stock = id<stock>{2};
    work.remove(work.get<stock>(1));
    work.add(stock{id<stock>{1}, "salt", 7});
    CHECK(to_string(work.dry_run()) == "lock stocks [id=2] for key share\n"
                                       "update documents [id=1 if version=1] stock=2, version=next\n"
                                       "update documents [id=2 if version=1] stock=2, version=next\n"
                                       "remove stocks [id=1 if version=1]\n"
                                       "insert stocks [id=1] name='salt', quantity=7.00, version=clock -> version");
    work.commit();
    CHECK(stored(id<stock>{1}).name == "salt");
}

TEST_CASE_FIXTURE(example, "what was added and removed again is never sent") {
    unit_of_work work{db()};
    auto         rice = work.add(stock{id<stock>{3}, "rice", 5});
    work.remove(rice);
    CHECK(rice.state() == object_state::gone);
    CHECK_FALSE(work.has_changes());
    CHECK_THROWS_AS(rice.edit(), stint::usage_error);
}

TEST_CASE_FIXTURE(example, "rollback makes every object what it was when it was read") {
    unit_of_work work{db()};
    auto         flour = work.get<stock>(1);
    auto         sugar = work.get<stock>(2);
    stock&       kept = flour.edit();
    kept.quantity = 1;
    work.remove(sugar);
    auto salt = work.add(stock{id<stock>{2}, "salt", 7});
    work.rollback();
    CHECK(flour->quantity == decimal{"56.40"});
    CHECK(sugar.state() == object_state::clean);
    CHECK(salt.state() == object_state::gone);
    CHECK(work.get<stock>(2) == sugar);
    CHECK_FALSE(work.has_changes());
    kept.quantity = 2;
    work.commit();
    CHECK(stock_row(1) == "2.00@2");
}

TEST_CASE_FIXTURE(example, "reload reads again and forgets what was changed") {
    unit_of_work work{db()};
    auto         flour = work.get<stock>(1);
    stock&       kept = flour.edit();
    kept.quantity = 1;
    sql("UPDATE stocks SET name = 'meal', version = 5 WHERE id = 1");
    CHECK(work.reload(flour));
    CHECK(flour->name == "meal");
    CHECK(flour->quantity == decimal{"56.40"});
    CHECK(flour.version().value() == 5);
    CHECK_FALSE(work.has_changes());
    kept.quantity = 2;  // the reference is still good
    CHECK(work.has_changes());
}

TEST_CASE_FIXTURE(example, "an object whose row is gone is gone after reload") {
    unit_of_work work{db()};
    auto         sugar = work.get<stock>(2);
    sql("DELETE FROM stocks WHERE id = 2");
    CHECK_FALSE(work.reload(sugar));
    CHECK(sugar.state() == object_state::gone);
    CHECK_FALSE(work.try_get<stock>(2));
    CHECK_NOTHROW(work.add(stock{id<stock>{2}, "salt", 1}));
    CHECK(work.commit().inserted == 1);
}

TEST_CASE_FIXTURE(example, "mistakes in the program are told before anything is sent") {
    unit_of_work work{db()}, other{db()};
    auto const   before = [&] { return db().counters(); };
    auto         flour = work.get<stock>(1);
    auto         foreign = other.add(node{{}, "elsewhere"});
    auto const   asked = before();

    CHECK_THROWS_AS(work.add(stock{id<stock>{1}, "again", 0}), stint::usage_error);
    CHECK_THROWS_AS(work.get(foreign.id()), stint::usage_error);

    SUBCASE("a reference to another unit's new object") {
        work.add(node{{}, "lost", foreign.id()});
        CHECK_THROWS_AS(work.commit(), stint::usage_error);
    }
    SUBCASE("a reference to nothing that has to be there") {
        work.add(document{id<document>{9}, 1, false, {}});
        CHECK_THROWS_AS(work.commit(), stint::usage_error);
    }
    SUBCASE("an edited key") {
        flour.edit().id = id<stock>{5};
        CHECK_THROWS_AS(work.commit(), stint::usage_error);
    }
    SUBCASE("more decimals than the column has") {
        flour.edit().quantity = decimal{"1.234"};
        try {
            work.commit();
            FAIL("it can't be stored");
        } catch (stint::value_error const& e) {
            CHECK(e.kind() == stint::error_kind::invalid_value);
            CHECK(e.subject() == stint::error_subject{.table = "stocks", .key = "1", .columns = {"quantity"}});
        }
    }
    CHECK(before() == asked);
}

TEST_CASE_FIXTURE(example, "a parent that a new reference names is held, so that all rows are locked in one pass") {
    unit_of_work work{db()};
    work.add(document{id<document>{3}, 1, false, id<stock>{2}});
    work.get<document>(1).edit().stock = id<stock>{2};
    work.get<document>(2).edit().quantity = 3;  // names no new parent
    CHECK(to_string(work.dry_run()) ==
          "lock stocks [id=2] for key share\n"
          "insert documents [id=3] quantity=1.00, processed=false, stock=2, version=clock -> version\n"
          "update documents [id=2 if version=1] quantity=3.00, version=next\n"
          "update documents [id=1 if version=1] stock=2, version=next");
    CHECK(work.commit().updated == 2);
}

TEST_CASE_FIXTURE(example, "a deadline that has passed stops reading and committing, and can be moved") {
    unit_of_work work{db()};
    auto         flour = work.get<stock>(1);
    flour.edit().quantity = 1;
    work.wait_until(stint::deadline::after(std::chrono::seconds{0}));
    CHECK_THROWS_AS(work.get<stock>(2), stint::deadline_exceeded);
    CHECK_THROWS_AS(work.commit(), stint::deadline_exceeded);
    work.wait_until(stint::deadline::none());
    CHECK(work.commit().updated == 1);
}

TEST_CASE_FIXTURE(example, "a commit waits for another writer only until its deadline, and writes nothing then") {
    auto               other = db().lend();
    stint::transaction holds{*other};
    other->execute("UPDATE stocks SET name = 'held' WHERE id = 1", stint::deadline::none());
    unit_of_work work{db()};
    work.get<stock>(1).edit().quantity = 1;
    work.wait_until(stint::deadline::after(std::chrono::milliseconds{50}));
    CHECK_THROWS_AS(work.commit(), stint::deadline_exceeded);
    holds.rollback();
    CHECK(stock_row(1) == "56.40@1");
    work.wait_until(stint::deadline::none());
    CHECK(work.commit().updated == 1);
}

TEST_CASE_FIXTURE(example, "a thousand open units hold no connection") {
    std::vector<std::unique_ptr<unit_of_work>> open;
    for (int i = 0; i < 1000; ++i) {
        open.push_back(std::make_unique<unit_of_work>(db()));
        open.back()->get<stock>(1 + i % 2).edit().name += "!";
    }
    CHECK(db().counters().connections <= 5);
    CHECK(open[0]->commit().updated == 1);
    CHECK(open[1]->commit().updated == 1);
    CHECK_THROWS_AS(open[2]->commit(), stint::conflict_error);
}

TEST_SUITE_END();
