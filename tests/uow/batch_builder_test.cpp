#include <doctest/doctest.h>

#include "uow/written_objects.hpp"

using namespace books;

TEST_SUITE_BEGIN("batch_builder");

TEST_CASE_FIXTURE(written_objects, "a change is a row: its key, the version that was read, what it writes") {
    auto const flour = read(stock_of(1)), sugar = read(stock_of(2));
    read(stock_of(3));
    flour.edit().quantity = stint::decimal{"4.00"};
    remove(sugar);
    add(stock_of(4, "rye"));
    CHECK(rows() == "remove stocks [id=2 if version=3]\n"
                    "insert stocks [id=4] name='rye', quantity=5.00, version=clock -> version\n"
                    "update stocks [id=1 if version=3] quantity=4.00, version=next");
}

TEST_CASE_FIXTURE(written_objects, "what was only read is checked where the plan says so") {
    read(stock_of(1));
    CHECK(rows().empty());
    auto plan = stint::plan_for(objects, {});
    plan.objects().front().expect_version();
    CHECK(rows({}, plan) == "require stocks [id=1 if version=3] for share");
}

TEST_CASE_FIXTURE(written_objects, "an object whose version is raised is written among the changes, without a column") {
    read(stock_of(1));
    auto const sugar = read(stock_of(2, "sugar"));
    read(stock_of(3, "rye"));
    sugar.edit().quantity = stint::decimal{"4.00"};
    auto pending = changes();
    auto plan = stint::plan_for(objects, pending.list);
    for (auto& touched : plan.objects()) touched.raise_version();
    CHECK(plan.objects()[0].access() == stint::access::changed);
    CHECK_FALSE(plan.objects()[1].is_raised());
    stint::add_raised(pending, plan);
    CHECK(rows(pending, plan) == "update stocks [id=1 if version=3] version=next\n"
                                 "update stocks [id=3 if version=3] version=next\n"
                                 "update stocks [id=2] quantity=4.00, version=next -> version");
}

TEST_CASE_FIXTURE(written_objects,
                  "rows that new references name are held, each once, unless they are written themselves") {
    auto const flour = read(stock_of(1));
    flour.edit().name = "rye";
    add(document_on(1, flour.id()));
    add(document_on(2, stint::id<stock>{2}));
    add(document_on(3, stint::id<stock>{2}));
    CHECK(rows() == "lock stocks [id=2] for key share\n"
                    "insert documents [id=1] quantity=1.00, processed=false, stock=1, version=clock -> version\n"
                    "insert documents [id=2] quantity=1.00, processed=false, stock=2, version=clock -> version\n"
                    "insert documents [id=3] quantity=1.00, processed=false, stock=2, version=clock -> version\n"
                    "update stocks [id=1 if version=3] name='rye', version=next");
}

TEST_CASE_FIXTURE(written_objects, "a reference to a new object is the place of its row") {
    auto const root = add(node{{}, "root"});
    add(node{{}, "leaf", root.id()});
    CHECK(rows() == "insert nodes [id=new] name='root', parent=null, version=1 -> id\n"
                    "insert nodes [id=new] name='leaf', parent=@0, version=1 -> id");
}

TEST_CASE_FIXTURE(written_objects, "in a cycle of new objects one reference is written when both rows are there") {
    auto const first = add(node{{}, "one"}), second = add(node{{}, "other", first.id()});
    first.edit().parent = second.id();
    CHECK(rows() == "insert nodes [id=new] name='one', parent=null, version=1 -> id\n"
                    "insert nodes [id=new] name='other', parent=@0, version=1 -> id\n"
                    "update nodes [id=@0] parent=@1");
}

TEST_CASE_FIXTURE(written_objects, "a reference that leads nowhere is refused") {
    add(document{stint::id<document>{1}, stint::decimal{"1.00"}, false, {}});
    CHECK_THROWS_WITH_AS(rows(), "documents 1: stock refers to nothing; make the member optional if it may",
                         stint::usage_error);
}

TEST_CASE_FIXTURE(written_objects, "a reference to a new object of somebody else is refused") {
    written_objects elsewhere;
    auto const      salt = elsewhere.add(stock{{}, "salt", stint::decimal{"1.00"}});
    add(document{stint::id<document>{1}, stint::decimal{"1.00"}, false, salt.id()});
    CHECK_THROWS_WITH_AS(
        rows(),
        ("documents 1: stock refers to a new object that this unit does not have (" + salt.id().to_string() + ")")
            .c_str(),
        stint::usage_error);
}

TEST_SUITE_END();
