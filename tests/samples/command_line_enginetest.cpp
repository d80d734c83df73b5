#include <doctest/doctest.h>

#include "samples/accounting_fixture.hpp"

using nlohmann::json;

TEST_SUITE_BEGIN("accounting command line");

namespace {

struct command_line : accounting_fixture {
    /// Runs it on the example's books.
    ended_program on_example(std::vector<std::string> arguments) {
        use_example();
        return accounting(std::move(arguments));
    }

    /// A clerk who has read his documents and thinks, until `meanwhile` was run.
    ended_program interrupted(std::vector<std::string> options, std::vector<std::string> meanwhile) {
        use_example();
        options.insert(options.begin(), {"process", "1", "--think", "2s", "--json", "--log", "trace"});
        program thinking{with_database(std::move(options))};
        REQUIRE(thinking.wait_for_error_text("FROM \"stocks\""));
        CHECK(accounting(std::move(meanwhile)).exit_code == 0);
        return thinking.wait();
    }
};

json const first_stock{{"id", 1}, {"name", "flour"}, {"opening", "56.40"}, {"quantity", "56.40"}};
json const second_document{{"id", 2}, {"stock", 1}, {"quantity", "26.10"}, {"processed", false}};

}  // namespace

TEST_CASE_FIXTURE(command_line, "init makes the example's books, and again") {
    CHECK(accounting({"init"}).exit_code == 0);
    CHECK(accounting({"process", "1"}).exit_code == 0);
    CHECK(accounting({"init"}).exit_code == 0);
    CHECK(parsed(accounting({"--json", "stocks"})).at(0) == first_stock);
    CHECK_FALSE(is_processed(1));
}

TEST_CASE_FIXTURE(command_line, "init generates books of a size") {
    CHECK(parsed(accounting({"init", "--stocks", "3", "--documents", "20", "--json"})) ==
          json{{"stocks", 3}, {"documents", 20}});
    CHECK(parsed(accounting({"documents", "--json"})).size() == 20);
    CHECK(accounting({"init", "--stocks", "3"}).exit_code == 2);
}

TEST_CASE_FIXTURE(command_line, "stocks and documents are listed as JSON arrays") {
    auto const stocks = parsed(on_example({"stocks", "--json"}));
    CHECK(stocks.size() == 2);
    CHECK(stocks.at(0) == first_stock);
    auto const documents = parsed(accounting({"--json", "documents"}));
    CHECK(documents.size() == 2);
    CHECK(documents.at(1) == second_document);
}

TEST_CASE_FIXTURE(command_line, "documents are listed of one stock, or the open ones") {
    on_example({"process", "1"});
    auto const open = parsed(accounting({"documents", "--open", "--json"}));
    CHECK(open == json::array({second_document}));
    CHECK(parsed(accounting({"documents", "--stock", "1", "--json"})).size() == 2);
    CHECK(parsed(accounting({"documents", "--stock", "2", "--json"})) == json::array());
}

TEST_CASE_FIXTURE(command_line, "tables align numbers to the right") {
    auto const end = on_example({"stocks"});
    CHECK(end.out == "stock  name   opening  quantity\n"
                     "-----  -----  -------  --------\n"
                     "    1  flour    56.40     56.40\n"
                     "    2  sugar    26.80     26.80\n");
}

TEST_CASE_FIXTURE(command_line, "process answers what became of documents and stocks") {
    auto const answer = parsed(on_example({"process", "1", "2", "--json"}));
    CHECK(answer.at("documents").size() == 2);
    CHECK(answer.at("documents").at(1).at("processed") == true);
    CHECK(answer.at("stocks").size() == 1);
    CHECK(answer.at("stocks").at(0).at("quantity") == "14.70");
    CHECK(answer.at("conflicts") == 0);
    CHECK(answer.at("retries") == 0);
}

TEST_CASE_FIXTURE(command_line, "a rule of the books that says no is exit code 1, and why on standard error") {
    auto const missing = on_example({"process", "1", "99", "--json"});
    CHECK(missing.exit_code == 1);
    CHECK(missing.out.empty());
    CHECK(contains(missing.err, "there is no document 99"));
    CHECK_FALSE(is_processed(1));

    accounting({"process", "1"});
    auto const again = accounting({"process", "1"});
    CHECK(again.exit_code == 1);
    CHECK(contains(again.err, "document 1 is already processed"));
}

TEST_CASE_FIXTURE(command_line, "a clerk who is interrupted fails when he is told to, and says who was in the way") {
    auto const end = interrupted({"--on-conflict", "fail"}, {"process", "2"});
    CHECK(end.exit_code == 1);
    CHECK(contains(end.err, "stocks 1: changed"));
    CHECK_FALSE(is_processed(1));
    CHECK(quantity_of_stock(1) == "30.30");
}

TEST_CASE_FIXTURE(command_line, "a clerk who is interrupted starts again") {
    auto const end = interrupted({}, {"process", "2"});
    CHECK(end.exit_code == 0);
    CHECK(parsed(end).at("conflicts") == 1);
    CHECK(parsed(end).at("retries") == 1);
    CHECK(quantity_of_stock(1) == "14.70");
}

TEST_CASE_FIXTURE(command_line, "a clerk who is interrupted without a lock overwrites") {
    CHECK(interrupted({"--lock", "none"}, {"process", "2"}).exit_code == 0);
    CHECK(quantity_of_stock(1) == "40.80");
    CHECK(accounting({"audit"}).exit_code == 1);
}

TEST_CASE_FIXTURE(command_line, "race answers its steps and what the books hold after") {
    auto const answer = parsed(on_example({"race", "--lock", "none", "--json"}));
    CHECK(answer.at("lock") == "none");
    CHECK(answer.at("steps").at(0).at("who") == "clerk A");
    CHECK(answer.at("stocks").at(0).at("quantity") == "30.30");
    CHECK(answer.at("documents").at(1).at("processed") == true);
    CHECK(answer.at("conflicts") == 0);
    CHECK(answer.at("retries") == 0);
    CHECK(answer.at("lost_update") == true);
    CHECK(accounting({"audit"}).exit_code == 1);
}

TEST_CASE_FIXTURE(command_line, "race stands up to scrutiny under the optimistic lock, and as declared") {
    CHECK(parsed(on_example({"race", "--lock", "optimistic", "--json"})).at("lost_update") == false);
    CHECK(accounting({"audit"}).exit_code == 0);

    auto const end = on_example({"race", "--json"});
    CHECK(end.exit_code == 0);
    CHECK(parsed(end).at("lock") == "declared");
    CHECK(parsed(end).at("conflicts") == 1);
    CHECK(parsed(end).at("lost_update") == false);
    CHECK(accounting({"audit"}).exit_code == 0);

    auto const again = accounting({"race"});
    CHECK(again.exit_code == 1);
    CHECK(contains(again.err, "accounting init"));
}

TEST_CASE_FIXTURE(command_line, "race tells a person who did what") {
    auto const locked = on_example({"race", "--same-document"});
    CHECK(contains(locked.out, "clerk B is refused: documents/1 is held by "));
    CHECK(contains(locked.out, "clerk B gives up: document 1 is already processed"));
    CHECK(contains(locked.out, "0 conflicts, 1 retry; no update was lost"));

    auto const end = on_example({"race", "--same-document", "--lock", "optimistic"});
    CHECK(contains(end.out, "clerk B is refused: documents 1: changed (version "));
    CHECK(contains(end.out, "clerk B gives up: document 1 is already processed"));
    CHECK(contains(end.out, "1 conflict, 1 retry; no update was lost"));
}

TEST_CASE_FIXTURE(command_line, "audit answers each stock's sum") {
    auto const end = on_example({"audit", "--json"});
    CHECK(end.exit_code == 0);
    CHECK(parsed(end).at("ok") == true);
    json const expected{
        {"id", 1}, {"opening", "56.40"}, {"processed", "0.00"}, {"quantity", "56.40"}, {"expected", "56.40"}};
    CHECK(parsed(end).at("stocks").at(0) == expected);
}

TEST_CASE_FIXTURE(command_line, "a failed audit is exit code 1, with its JSON, and says where on standard error") {
    auto const race = on_example({"race", "--lock", "none", "--same-document"});
    CHECK(race.exit_code == 0);
    auto const end = accounting({"audit", "--json"});
    CHECK(end.exit_code == 1);
    CHECK(parsed(end).at("ok") == false);
    CHECK(parsed(end).at("stocks").at(0).at("quantity") == "25.20");
    CHECK(parsed(end).at("stocks").at(0).at("expected") == "40.80");
    CHECK(contains(end.err, "stock 1 (flour) holds 25.20 and should hold 40.80"));
}

TEST_CASE_FIXTURE(command_line, "tables that are missing are exit code 3, and what to do") {
    for (auto const* command : {"stocks", "documents", "locks", "race", "load", "audit"}) {
        auto const end = accounting({command, "--json"});
        CAPTURE(command);
        CHECK(end.exit_code == 3);
        CHECK(end.out.empty());
        CHECK(contains(end.err, "accounting init"));
    }
}

TEST_CASE_FIXTURE(command_line, "what the library logs does not mix with the answer") {
    auto const end = on_example({"process", "1", "--json", "--log", "debug"});
    CHECK(contains(end.err, "documents"));
    CHECK(parsed(end).at("documents").size() == 1);
    CHECK(accounting({"stocks"}).err.empty());
}

TEST_SUITE_END();
