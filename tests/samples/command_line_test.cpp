#include <doctest/doctest.h>

#include <filesystem>

#include "desk/text_table.hpp"
#include "desk/time_span.hpp"
#include "samples/accounting_fixture.hpp"

using namespace std::chrono_literals;

TEST_SUITE_BEGIN("accounting command line");

TEST_CASE("a call that is not understood is exit code 2") {
    std::vector<std::vector<std::string>> const calls{
        {},
        {"frobnicate"},
        {"stocks", "--frobnicate"},
        {"process"},
        {"process", "one"},
        {"process", "0"},
        {"process", "1", "--think", "2"},
        {"process", "1", "--attempts", "0"},
        {"process", "1", "--on-conflict", "cry"},
        {"race", "--lock", "bicycle"},
        {"race", "--lock", "declared"},
        {"race", "--lock", "optimistic", "--wait", "1s"},
        {"process", "1", "--lock", "none", "--wait", "1s"},
        {"process", "1", "--owner", ""},
        {"process", "1", "--owner", std::string(201, 'x')},
        {"lock", "document", "1"},
        {"lock", "document", "--owner", "desk-7"},
        {"lock", "chair", "1", "--owner", "desk-7"},
        {"lock", "document", "0", "--owner", "desk-7"},
        {"lock", "document", "1", "--owner", "desk-7", "--for", "10"},
        {"lock", "document", "1", "--owner", "desk-7", "--for", "0s"},
        {"lock", "document", "1", "--owner", "desk-7", "--for", "745h"},
        {"unlock", "document", "1"},
        {"break", "document", "1", "--by", "Ann"},
        {"break", "document", "1", "--fence", "1"},
        {"break", "document", "1", "--fence", "0", "--by", "Ann"},
        {"break", "document", "1", "2", "--fence", "1", "--by", "Ann"},
        {"load", "--clerks", "0"},
        {"load", "--processes", "many"},
        {"init", "--documents", "5"},
        {"--log", "loud", "stocks"},
        {"--database", "accounting.db", "stocks"},
        {"--database", "oracle://host/books", "stocks"},
    };
    for (auto const& call : calls) {
        std::string text;
        for (auto const& word : call) text += word + " ";
        CAPTURE(text);
        auto const end = run_program(call);
        CHECK(end.exit_code == 2);
        CHECK(end.out.empty());
        CHECK(contains(end.err, "accounting --help"));
    }
}

TEST_CASE("help is an answer, and keeps the worker to itself") {
    auto const end = run_program({"--help"});
    CHECK(end.exit_code == 0);
    for (auto const* command : {"race", "locks", "lock ", "unlock", "break"}) CHECK(contains(end.out, command));
    CHECK_FALSE(contains(end.out, "worker"));
    CHECK(end.err.empty());
}

TEST_CASE_FIXTURE(scratch_database, "a file that is missing is exit code 3 and isn't made, but by init") {
    auto const file = url().substr(url().find(':') + 1) + ".other";
    auto const elsewhere = "sqlite:" + file;
    for (auto const* command : {"stocks", "documents", "locks", "race", "load", "audit"}) {
        auto const end = run_program({"--database", elsewhere, command});
        CAPTURE(command);
        CHECK(end.exit_code == 3);
        CHECK(contains(end.err, "accounting init"));
        CHECK_FALSE(std::filesystem::exists(file));
    }
    CHECK(run_program({"--database", elsewhere, "init"}).exit_code == 0);
    CHECK(run_program({"--database", elsewhere, "audit"}).exit_code == 0);
}

TEST_CASE_FIXTURE(scratch_database, "a URL that says how to open keeps its word") {
    CHECK(run_program({"--database", url(), "init"}).exit_code == 0);
    CHECK(run_program({"--database", url() + "?mode=ro", "stocks"}).exit_code == 0);
    CHECK(run_program({"--database", url() + "?mode=ro", "process", "1"}).exit_code == 3);
}

TEST_CASE("a server that is not there is exit code 3") {
    auto const end = run_program({"--database", "postgresql://127.0.0.1:1/books", "stocks"});
    CHECK(end.exit_code == 3);
    CHECK(contains(end.err, "127.0.0.1"));
    CHECK(contains(end.err, "next: "));
}

TEST_CASE("a time has a unit") {
    CHECK(accounting::time_span("500ms") == 500ms);
    CHECK(accounting::time_span("2s") == 2s);
    CHECK(accounting::time_span("5m") == 5min);
    CHECK(accounting::time_span("2h") == 2h);
    CHECK(accounting::to_text(1500ms) == "1500ms");
    CHECK(accounting::to_text(90s) == "90s");
    CHECK(accounting::to_text(10min) == "10m");
    CHECK(accounting::to_text(24h) == "24h");
    for (auto const time : {0ms, 1500ms, 90'000ms, 7'200'000ms})
        CHECK(accounting::time_span(accounting::to_text(time)) == time);
    for (auto const* wrong : {"", "2", "s", "2 s", "-1s", "1.5s", "99999999999s", "24001h"}) {
        CAPTURE(wrong);
        CHECK_FALSE(accounting::is_time_span(wrong).empty());
    }
}

TEST_CASE("a time is told in its two largest units") {
    CHECK(accounting::in_words(0s) == "0 ms");
    CHECK(accounting::in_words(999'999us) == "999 ms");
    CHECK(accounting::in_words(59'900ms) == "59 s");
    CHECK(accounting::in_words(9min + 58s) == "9 min 58 s");
    CHECK(accounting::in_words(10min) == "10 min");
    CHECK(accounting::in_words(25h + 3min + 1s) == "25 h 3 min");
}

TEST_CASE("a table is as wide as its widest cells, in characters") {
    accounting::text_table table{{"name"}, {"number", accounting::align::right}};
    table.row({"Größe", "1"});
    std::ostringstream text;
    text << table;
    CHECK(text.str() == "name   number\n"
                        "-----  ------\n"
                        "Größe       1\n");
}

TEST_SUITE_END();
