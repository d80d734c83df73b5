#include <doctest/doctest.h>

#include <chrono>
#include <thread>

#include <stint/transaction.hpp>

#include "support/books.hpp"

using namespace books;
using stint::unit_of_work;

namespace {

/// A constraint that is checked at COMMIT and takes its time, so that the connection can be cut in between.
class slow_commit : public example {
public:
    slow_commit() {
        sql("CREATE FUNCTION linger() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_sleep(60); RETURN NULL; END'");
        sql("CREATE CONSTRAINT TRIGGER lingers AFTER UPDATE ON stocks DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION linger()");
    }

    /// Waits until a COMMIT is under way in this database's schema, and ends its server process.
    void cut_the_commit() {
        auto const  backend = "SELECT pid FROM pg_stat_activity WHERE query = 'COMMIT' AND state = 'active' "
                              "AND datname = current_database()";
        std::string pid;
        while ((pid = ask(backend)).empty()) std::this_thread::sleep_for(std::chrono::milliseconds{5});
        ask("SELECT pg_terminate_backend(" + pid + ")");
    }
};

}  // namespace

TEST_SUITE_BEGIN("in_doubt");

TEST_CASE_FIXTURE(slow_commit,
                  "a connection that is lost during COMMIT leaves the commit in doubt, and it is not run again") {
    int         runs = 0;
    std::thread cutter{[this] { cut_the_commit(); }};
    CHECK_THROWS_AS(stint::run(db(),
                               [&](unit_of_work& work) {
                                   ++runs;
                                   work.get<stock>(1).edit().quantity = 1;
                               }),
                    stint::commit_in_doubt);
    cutter.join();
    CHECK(runs == 1);
}

TEST_CASE_FIXTURE(slow_commit, "a unit in doubt commits no more until it is rolled back") {
    unit_of_work work{db()};
    auto         flour = work.get<stock>(1);
    flour.edit().quantity = 1;
    std::thread cutter{[this] { cut_the_commit(); }};
    try {
        work.commit();
        FAIL("not in doubt");
    } catch (stint::commit_in_doubt const& e) {
        CHECK(e.what_next() == stint::advice::ask_a_person);
        CHECK_THROWS_AS(std::rethrow_if_nested(e), stint::connection_error);
    }
    cutter.join();
    CHECK(flour.version().value() == 1);
    CHECK_THROWS_AS(work.commit(), stint::usage_error);
    work.rollback();
    sql("DROP TRIGGER lingers ON stocks");
    flour.edit().quantity = 2;
    CHECK(work.commit().updated == 1);  // it had not taken place; else this were a conflict
}

TEST_CASE_FIXTURE(slow_commit, "a transaction of one's own is in doubt, too") {
    auto const         connection = db().lend();
    stint::transaction own{*connection};
    connection->execute("UPDATE stocks SET quantity = 1 WHERE id = 1", stint::deadline::none());
    std::thread cutter{[this] { cut_the_commit(); }};
    try {
        own.commit();
        FAIL("not in doubt");
    } catch (stint::commit_in_doubt const& e) {
        CHECK(e.kind() == stint::error_kind::in_doubt);
        CHECK_THROWS_AS(std::rethrow_if_nested(e), stint::connection_error);
    }
    cutter.join();
    CHECK_FALSE(connection->is_clean());
}

TEST_SUITE_END();
