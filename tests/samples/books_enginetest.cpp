#include <doctest/doctest.h>

#include "clerk.hpp"
#include "refusal.hpp"
#include "samples/accounting_fixture.hpp"

using namespace accounting;
using stint::decimal;
using stint::unit_of_work;

TEST_SUITE_BEGIN("accounting");

namespace {

struct example_in_books : accounting_fixture {
    example_in_books() { use_example(); }

    void process(int key) {
        stint::run(db(), [&](unit_of_work& work) { process_document(work, document_id{key}); });
    }
};

}  // namespace

TEST_CASE_FIXTURE(example_in_books, "processing a document takes its quantity off its stock") {
    process(1);
    CHECK(quantity_of_stock(1) == "40.80");
    CHECK(is_processed(1));
    process(2);
    CHECK(quantity_of_stock(1) == "14.70");
    CHECK(quantity_of_stock(2) == "26.80");
    CHECK(audit(db()).ok());
}

TEST_CASE_FIXTURE(example_in_books, "a document is processed once") {
    process(1);
    try {
        process(1);
        FAIL("it was processed again");
    } catch (already_processed const& no) {
        CHECK(no.document() == document_id{1});
        CHECK(std::string(no.what()) == "document 1 is already processed");
    }
    CHECK(quantity_of_stock(1) == "40.80");
}

TEST_CASE_FIXTURE(example_in_books, "a document that nobody has written is refused") {
    try {
        process(99);
        FAIL("it was processed");
    } catch (no_such_document const& no) {
        CHECK(no.document() == document_id{99});
        CHECK(std::string(no.what()) == "there is no document 99");
    }
}

TEST_CASE_FIXTURE(example_in_books, "a stock gives no more than it has") {
    unit_of_work work{db()};
    work.add(document{document_id{3}, decimal{"56.41"}, false, stock_id{1}});
    work.commit();
    try {
        process(3);
        FAIL("it was processed");
    } catch (not_enough_in_stock const& no) {
        CHECK(no.document() == document_id{3});
        CHECK(no.stock() == stock_id{1});
        CHECK(no.wanted() == decimal{"56.41"});
        CHECK(no.in_stock() == decimal{"56.40"});
    }
    CHECK(quantity_of_stock(1) == "56.40");
    CHECK_FALSE(is_processed(3));
}

TEST_CASE_FIXTURE(example_in_books, "a clerk processes several documents together, or none of them") {
    clerk clerk{db(), {}};
    CHECK_THROWS_AS(clerk.process({document_id{1}, document_id{99}}), no_such_document);
    CHECK(quantity_of_stock(1) == "56.40");
    CHECK_FALSE(is_processed(1));

    clerk.process({document_id{1}, document_id{2}});
    CHECK(quantity_of_stock(1) == "14.70");
    CHECK(clerk.effort().conflicts == 0);
    CHECK(clerk.effort().retries == 0);
}

TEST_CASE_FIXTURE(example_in_books, "the audit compares what a stock holds with what was taken off") {
    process(1);
    auto const report = audit(db());
    REQUIRE(report.stocks.size() == 2);
    auto const& flour = report.stocks.front();
    CHECK(flour.id == stock_id{1});
    CHECK(flour.opening == decimal{"56.40"});
    CHECK(flour.processed == decimal{"15.60"});
    CHECK(flour.expected() == decimal{"40.80"});
    CHECK(flour.quantity == decimal{"40.80"});
    CHECK(report.ok());
    CHECK(report.complaint().empty());
}

TEST_CASE_FIXTURE(example_in_books, "the audit names each stock that is wrong") {
    unit_of_work work{db()};
    work.get<stock>(2).edit().quantity -= 1;
    work.commit();
    auto const report = audit(db());
    CHECK_FALSE(report.ok());
    CHECK(report.lost_updates() == 1);
    CHECK(report.complaint() == "stock 2 (sugar) holds 25.80 and should hold 26.80");
}

TEST_CASE_FIXTURE(accounting_fixture, "generated books are the same each time, and can all be processed") {
    auto const books = generated_books(3, 50);
    CHECK(books.stocks.size() == 3);
    CHECK(books.documents.size() == 50);
    CHECK(books.documents.at(49).quantity == generated_books(3, 50).documents.at(49).quantity);

    write_books(db(), books);
    clerk clerk{db(), {}};
    for (auto const& document : books.documents) clerk.process({document.id});
    auto const report = audit(db());
    CHECK(report.ok());
    for (auto const& stock : report.stocks) CHECK(stock.quantity == 100);
}

TEST_CASE_FIXTURE(example_in_books, "new books replace the old ones") {
    process(1);
    use_example();
    CHECK(quantity_of_stock(1) == "56.40");
    CHECK_FALSE(is_processed(1));
}

TEST_SUITE_END();
