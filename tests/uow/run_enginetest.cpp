#include <doctest/doctest.h>

#include <thread>
#include <vector>

#include "support/books.hpp"

using namespace books;
using stint::decimal;
using stint::unit_of_work;

TEST_SUITE_BEGIN("run");

TEST_CASE_FIXTURE(example, "run commits and answers what the function answers") {
    auto const left = stint::run(db(), [](unit_of_work& work) {
        auto flour = work.get<stock>(1);
        flour.edit().quantity -= 6;
        return flour->quantity;
    });
    CHECK(left == decimal{"50.40"});
    CHECK(stock_row(1) == "50.40@2");
}

TEST_CASE_FIXTURE(example, "after a conflict the whole function runs again on a fresh unit") {
    int runs = 0;
    stint::run(db(), [&](unit_of_work& work) {
        auto flour = work.get<stock>(1);
        if (++runs == 1) sql("UPDATE stocks SET quantity = quantity - quantity, version = version + 1 WHERE id = 1");
        flour.edit().quantity += 6;
    });
    CHECK(runs == 2);
    CHECK(stock_row(1) == "6.00@3");
}

TEST_CASE_FIXTURE(example, "all runs are one business transaction, and a refused unit ends before the next begins") {
    class witness final : public stint::lock_strategy {
    public:
        std::vector<std::string> owners;
        std::vector<int>         ends;

        void after_read(stint::lock_context& context, std::span<stint::tracked_object* const>) override {
            owners.push_back(context.owner());
        }
        void after_flush(stint::lock_context&, stint::flush_plan const&, stint::flush_end how,
                         std::span<stint::refusal const>) override {
            ends.push_back(static_cast<int>(how));
        }
    };
    auto const lock = std::make_shared<witness>();
    stint::run(db(),
               [&](unit_of_work& work) {
                   auto flour = work.get<stock>(1);
                   if (lock->owners.size() == 1) sql("UPDATE stocks SET version = version + 1 WHERE id = 1");
                   flour.edit().quantity += 6;
               },
               {.unit = {.lock = lock}});
    REQUIRE(lock->owners.size() == 2);
    CHECK(lock->owners[0] == lock->owners[1]);
    using stint::flush_end;
    CHECK(lock->ends == std::vector<int>{static_cast<int>(flush_end::refused), static_cast<int>(flush_end::rolled_back),
                                         static_cast<int>(flush_end::committed)});
}

TEST_CASE_FIXTURE(example, "the tries have a bound, and the last conflict is thrown on") {
    int                runs = 0;
    std::size_t        told = 0;
    stint::run_options three{.attempts = 3,
                             .before_retry = [&](stint::error const&, std::size_t tries) { told += tries; }};
    CHECK_THROWS_AS(stint::run(
                        db(),
                        [&](unit_of_work& work) {
                            ++runs;
                            work.get<stock>(1).edit().quantity += 1;
                            sql("UPDATE stocks SET version = version + 1 WHERE id = 1");
                        },
                        three),
                    stint::conflict_error);
    CHECK(runs == 3);
    CHECK(told == 1 + 2);
    CHECK(stock_row(1) == "56.40@4");
}

TEST_CASE_FIXTURE(example, "other errors pass through at once, and what was done so far is forgotten") {
    int runs = 0;
    CHECK_THROWS_AS(stint::run(db(),
                               [&](unit_of_work& work) {
                                   ++runs;
                                   work.get<stock>(1).edit().quantity = 0;
                                   throw std::domain_error("closed");
                               }),
                    std::domain_error);
    CHECK(runs == 1);
    CHECK(stock_row(1) == "56.40@1");
}

TEST_CASE_FIXTURE(example, "a function that has committed something is not run again") {
    int runs = 0;
    CHECK_THROWS_AS(stint::run(db(),
                               [&](unit_of_work& work) {
                                   ++runs;
                                   work.get<stock>(2).edit().quantity -= 1;
                                   work.commit();
                                   auto flour = work.get<stock>(1);
                                   flour.edit().quantity = 0;
                                   sql("UPDATE stocks SET version = 9 WHERE id = 1");
                               }),
                    stint::conflict_error);
    CHECK(runs == 1);
    CHECK(stock_row(2) == "25.80@2");
}

TEST_CASE_FIXTURE(example, "ten buyers of ten from a stock of a hundred leave nothing") {
    sql("UPDATE stocks SET quantity = 0 WHERE id = 1");
    stint::run(db(), [](unit_of_work& work) { work.get<stock>(1).edit().quantity = 100; });
    std::vector<std::thread> buyers;
    for (int i = 0; i < 10; ++i)
        buyers.emplace_back([this] {
            stint::run(db(), [](unit_of_work& work) { work.get<stock>(1).edit().quantity -= 10; }, {.attempts = 1000});
        });
    for (auto& buyer : buyers) buyer.join();
    CHECK(stock_row(1) == "0.00@12");
}

TEST_SUITE_END();
