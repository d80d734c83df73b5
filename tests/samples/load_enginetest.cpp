#include <doctest/doctest.h>

#include <algorithm>
#include <csignal>
#include <numeric>

#include "rush/worker_report.hpp"
#include "samples/accounting_fixture.hpp"

TEST_SUITE_BEGIN("accounting load");

TEST_CASE_FIXTURE(accounting_fixture, "clerks in several processes process everything and lose nothing") {
    use_generated(5, 200);
    auto const end = accounting({"load", "--clerks", "4", "--processes", "2", "--json"});
    CHECK(end.exit_code == 0);
    auto const answer = parsed(end);
    CHECK(answer.at("documents") == 200);
    CHECK(answer.at("left") == 0);
    CHECK(answer.at("clerks") == 4);
    CHECK(answer.at("processes") == 2);
    CHECK(answer.at("seconds") > 0);
    CHECK(answer.at("per_second") > 0);
    CHECK(answer.at("retries") == answer.at("conflicts"));
    CHECK(answer.at("lost_updates") == 0);
    CHECK(processed() == 200);
}

TEST_CASE_FIXTURE(accounting_fixture, "clerks who want the same stocks all come to their turn, however they lock") {
    for (auto const* lock : {"pessimistic", "mixed"}) {
        CAPTURE(lock);
        use_generated(2, 120);
        auto const end = accounting({"load", "--lock", lock, "--clerks", "4", "--processes", "4", "--json"});
        CAPTURE(end.err);
        CHECK(end.exit_code == 0);
        auto const answer = parsed(end);
        CHECK(answer.at("documents") == 120);
        CHECK(answer.at("left") == 0);
        CHECK(answer.at("lost_updates") == 0);
        auto const counts = answer.at("by_clerk").get<std::vector<int>>();
        CHECK(counts.size() == 16);
        CHECK(std::accumulate(counts.begin(), counts.end(), 0) == 120);
        if (lock == std::string("pessimistic")) CHECK(std::ranges::min(counts) > 0);
        CHECK_FALSE(contains(end.err, "worker"));
        CHECK(stint::lock_table{db()}.list().empty());
    }
}

TEST_CASE_FIXTURE(accounting_fixture, "a document that somebody keeps is left, and said by whom") {
    use_generated(2, 20);
    CHECK(run("lock document 7 --owner desk-7 --for 5m").exit_code == 0);
    for (std::string const lock : {"", " --lock optimistic", " --lock pessimistic"}) {
        CAPTURE(lock);
        auto const end = run("load --json --wait 200ms" + lock);
        CHECK(end.exit_code == 1);
        CHECK(parsed(end).at("left") == 1);
        CHECK(contains(end.err, "refused: "));
        CHECK(contains(end.err, "desk-7"));
    }
    CHECK(run("unlock document 7 --owner desk-7").exit_code == 0);
    CHECK(run("load").exit_code == 0);
    CHECK(processed() == 20);
}

TEST_CASE_FIXTURE(accounting_fixture, "without a lock the audit after a load catches lost updates") {
    use_generated(1, 200);
    auto const end = accounting({"load", "--lock", "none", "--clerks", "4", "--processes", "2", "--json"});
    CHECK(end.exit_code == 1);
    CHECK(parsed(end).at("lost_updates") == 1);
    CHECK(contains(end.err, "the audit failed: stock 1"));
}

TEST_CASE_FIXTURE(accounting_fixture, "a load that is told to stop finishes what is in hand") {
    use_generated(2, 3000);
    program load{with_database({"load", "--clerks", "2", "--processes", "2", "--json"})};
    while (processed() == 0) {}
    ::kill(load.process(), SIGTERM);
    auto const end = load.wait();
    CHECK(end.exit_code == 0);
    auto const answer = parsed(end);
    CHECK(answer.at("left") > 0);
    CHECK(answer.at("documents").get<int>() + answer.at("left").get<int>() == 3000);
    CHECK(answer.at("lost_updates") == 0);
    CHECK(processed() == answer.at("documents"));
    CHECK(contains(end.err, "stopping"));
}

TEST_CASE_FIXTURE(accounting_fixture, "a load without open documents has nothing to do") {
    use_generated(2, 0);
    auto const end = accounting({"load", "--json"});
    CHECK(end.exit_code == 0);
    CHECK(parsed(end).at("documents") == 0);
}

TEST_CASE_FIXTURE(accounting_fixture, "what a stock can't give is left, and said") {
    use_example();
    {
        stint::unit_of_work work{db()};
        work.add(
            accounting::document{accounting::document_id{3}, stint::decimal{"56.00"}, false, accounting::stock_id{2}});
        work.commit();
    }
    auto const end = accounting({"load", "--json"});
    CHECK(end.exit_code == 1);
    CHECK(contains(end.err, "not enough in stock 2 (sugar): document 3 takes 56.00, 26.80 is there"));
    CHECK(parsed(end).at("documents") == 2);
    CHECK(parsed(end).at("left") == 1);
}

TEST_CASE("a worker's report fits one line") {
    using accounting::worker_report;
    auto const line = accounting::to_line(
        {worker_report::kind::refused, 7, {3, 2}, "no\nnever " + std::string(5000, 'x')});
    CHECK(line.find('\n') == std::string::npos);
    CHECK(line.size() < 4000);
    auto const report = accounting::report_from(line);
    CHECK(report.outcome == worker_report::kind::refused);
    CHECK(report.clerk == 7);
    CHECK(report.effort.conflicts == 3);
    CHECK(report.effort.retries == 2);
    CHECK(report.text.starts_with("no never xxx"));
}

TEST_SUITE_END();
