#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <latch>
#include <optional>
#include <string>
#include <thread>
#include <tuple>
#include <utility>
#include <vector>

#include <stint/extension/flush_plan.hpp>
#include <stint/extension/unit_context.hpp>

#include "../../uow/src/turnstile.hpp"
#include "support/books.hpp"

using namespace books;
using namespace std::chrono_literals;
using stint::decimal;
using stint::unit_of_work;

namespace {

using node_id = stint::id<node>;

/// Nobody else has its name.
struct named_nodes : example {
    named_nodes() { sql("CREATE UNIQUE INDEX nodes_name ON nodes (name)"); }

    std::vector<std::string> names() {
        stint::unit_of_work      look{db()};
        std::vector<std::string> result;
        for (auto const& found : look.find<node>(stint::order_by(&node::name))) result.push_back(found->name);
        return result;
    }
};

std::vector<stint::tracked<node>> nodes_called(unit_of_work& work, std::string const& name) {
    return work.find<node>(stint::where(&node::name) == name);
}

}  // namespace

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

        void after_read(stint::unit_context& context, std::span<stint::tracked_object const* const>) override {
            owners.push_back(context.owner());
        }
        void after_flush(stint::unit_context&, stint::flush_plan const&, stint::flush_end end,
                         std::span<stint::refusal const>) override {
            ends.push_back(static_cast<int>(end));
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

TEST_CASE_FIXTURE(example, "what can land lands: four threads on one row, with default options") {
    constexpr int            increments = 50;
    std::vector<std::thread> clerks;
    for (int i = 0; i < 4; ++i)
        clerks.emplace_back([this] {
            for (int left = increments; left > 0; --left)
                stint::run(db(), [](unit_of_work& work) { work.get<stock>(1).edit().quantity += 1; });
        });
    for (auto& clerk : clerks) clerk.join();
    CHECK(stock_row(1) == "256.40@201");
    CHECK(db().use_service<stint::detail::turnstiles>().lines() == 0);
}

TEST_CASE_FIXTURE(example, "runs that want a and then b land beside runs that want b and then a") {
    std::vector<std::thread> clerks;
    for (std::int64_t const first : {1, 2, 1, 2})
        clerks.emplace_back([this, first] {
            for (int left = 25; left > 0; --left)
                stint::run(db(), [&](unit_of_work& work) {
                    work.get<stock>(first).edit().quantity += 1;
                    work.get<stock>(3 - first).edit().quantity += 1;
                });
        });
    for (auto& clerk : clerks) clerk.join();
    CHECK(stock_row(1) == "156.40@101");
    CHECK(stock_row(2) == "126.80@101");
}

TEST_CASE_FIXTURE(example, "a function that takes long keeps others waiting for its turn alone") {
    std::latch  in_turn{1}, others_are_done{1};
    int         tries = 0;
    std::thread slow{[&] {
        stint::run(db(), [&](unit_of_work& work) {
            auto flour = work.get<stock>(1);
            if (++tries == 1) sql("UPDATE stocks SET version = version + 1 WHERE id = 1");
            if (tries == 2) {
                in_turn.count_down();
                others_are_done.wait();
            }
            flour.edit().quantity += 1;
        });
    }};
    in_turn.wait();
    for (int i = 0; i < 3; ++i) stint::run(db(), [](unit_of_work& work) { work.get<stock>(1).edit().quantity += 1; });
    others_are_done.count_down();
    slow.join();
    CHECK(tries == 3);
    CHECK(stock_row(1) == "60.40@6");
}

TEST_CASE_FIXTURE(example, "a newcomer stands in line behind a refused run before it reads") {
    using clock = std::chrono::steady_clock;
    std::atomic<bool> has_read = false;
    std::jthread      newcomer;
    int               tries = 0;
    stint::run(db(), [&](unit_of_work& work) {
        auto const began = clock::now();
        auto       flour = work.get<stock>(1);
        if (++tries == 1) sql("UPDATE stocks SET version = version + 1 WHERE id = 1");
        if (tries == 2) {
            newcomer = std::jthread{[&] {
                stint::run(db(), [&](unit_of_work& other) {
                    auto same = other.get<stock>(1);
                    has_read = true;
                    same.edit().quantity += 1;
                });
            }};
            std::this_thread::sleep_for(20ms);  // enough to read in, for somebody who doesn't wait
            bool const passed_by = has_read;
            bool const is_in_turn = clock::now() - began < stint::detail::turnstiles::longest_turn - 10ms;
            CHECK_FALSE((passed_by && is_in_turn));
        }
        flour.edit().quantity += 1;
    });
    newcomer.join();
    CHECK(stock_row(1) == "58.40@4");
}

TEST_CASE_FIXTURE(example, "the time is a bound, and the last conflict is thrown on when it is up") {
    int  runs = 0;
    auto often = [&](unit_of_work& work) {
        ++runs;
        work.get<stock>(1).edit().quantity += 1;
        sql("UPDATE stocks SET version = version + 1 WHERE id = 1");
    };
    CHECK_THROWS_AS(stint::run(db(), often, {.patience = 1s}), stint::conflict_error);
    CHECK(runs > 1);
    runs = 0;
    CHECK_THROWS_AS(stint::run(db(), often, {.patience = 0ms}), stint::conflict_error);
    CHECK(runs == 1);
    runs = 0;
    CHECK_THROWS_AS(stint::run(db(), often, {.patience = 10s, .unit = {.deadline = stint::deadline::after(1s)}}),
                    stint::error);
    CHECK(runs > 1);
}

// What is run again.

TEST_CASE_FIXTURE(named_nodes, "what was looked for, and added meanwhile by somebody else, is found by the next try") {
    int  runs = 0;
    auto find_or_add = [&](unit_of_work& work) {
        auto const found = nodes_called(work, "root");
        if (++runs == 1) sql("INSERT INTO nodes (name, version) VALUES ('root', 1)");
        return found.empty() ? work.add(node{{}, "root"}).id() : found.front().id();
    };
    auto const root = stint::run(db(), find_or_add);
    CHECK(runs == 2);
    CHECK(stored(root).name == "root");
    CHECK(names() == std::vector<std::string>{"root"});
}

TEST_CASE_FIXTURE(named_nodes, "two threads that find, and add what they don't find, both have the same row") {
    for (int round = 0; round < 20; ++round) {
        auto const name = "node " + std::to_string(round);
        std::latch both{2};
        node_id    ids[2];
        auto const find_or_add = [&](node_id& mine) {
            bool first = true;
            mine = stint::run(db(), [&](unit_of_work& work) {
                auto const found = nodes_called(work, name);
                if (std::exchange(first, false)) both.arrive_and_wait();
                return found.empty() ? work.add(node{{}, name}).id() : found.front().id();
            });
        };
        std::thread other{[&] { find_or_add(ids[1]); }};
        find_or_add(ids[0]);
        other.join();
        CHECK(ids[0] == ids[1]);
    }
}

TEST_CASE_FIXTURE(named_nodes, "a duplicate that nobody had looked for is an error at once") {
    sql("INSERT INTO nodes (name, version) VALUES ('root', 1)");
    int runs = 0;
    try {
        stint::run(db(), [&](unit_of_work& work) {
            ++runs;
            nodes_called(work, "another");
            work.add(node{{}, "root"});
        });
        FAIL("it was added");
    } catch (stint::error const& e) {
        CHECK(e.kind() == stint::error_kind::taken);
        CHECK(e.what_next() == stint::advice::ask_a_person);
    }
    CHECK(runs == 1);
}

TEST_CASE_FIXTURE(named_nodes, "a duplicate within one unit is an error at once, looked for or not") {
    int runs = 0;
    CHECK_THROWS_AS(stint::run(db(),
                               [&](unit_of_work& work) {
                                   ++runs;
                                   if (!nodes_called(work, "root").empty()) return;
                                   work.add(node{{}, "root"});
                                   work.add(node{{}, "root"});
                               }),
                    stint::constraint_violation);
    CHECK(runs == 1);
}

TEST_CASE_FIXTURE(example,
                  "a key that was looked for, and taken meanwhile, is found by the next try; a blind one is an error") {
    stint::id<stock> const rye{3};
    int                    runs = 0;
    stint::run(db(), [&](unit_of_work& work) {
        auto const found = work.try_get(rye);
        if (++runs == 1) sql("INSERT INTO stocks (id, name, quantity, version) VALUES (3, 'rye', 0, 1)");
        if (!found) work.add(stock{rye, "mine", {}});
    });
    CHECK(runs == 2);
    CHECK(stored(rye).name == "rye");

    runs = 0;
    try {
        stint::run(db(), [&](unit_of_work& work) {
            ++runs;
            work.add(stock{rye, "mine", {}});
        });
        FAIL("it was added");
    } catch (stint::conflict_error const& e) {
        CHECK(e.kind() == stint::error_kind::taken);
        CHECK(e.what_next() == stint::advice::ask_a_person);
    }
    CHECK(runs == 1);
}

TEST_CASE_FIXTURE(example, "an undecided outcome, a deadline and another violation are not run again") {
    int        runs = 0;
    auto const throwing = [&](auto const& error) {
        runs = 0;
        CHECK_THROWS_AS(stint::run(db(),
                                   [&](unit_of_work& work) {
                                       ++runs;
                                       work.get<stock>(1).edit().quantity = 0;
                                       throw error;
                                   }),
                        std::decay_t<decltype(error)>);
        return runs;
    };
    CHECK(throwing(stint::commit_in_doubt{"here", "lost"}) == 1);
    CHECK(throwing(stint::deadline_exceeded{"late", {}}) == 1);
    CHECK(throwing(stint::usage_error{"wrong"}) == 1);
    using violation = stint::constraint_violation;
    CHECK(throwing(violation{"bad", {}, violation::rule_type::check}) == 1);
    CHECK(throwing(stint::connection_error{
              "no such user", {}, stint::connection_error::failure::refused, stint::advice::ask_a_person}) == 1);
    CHECK(stock_row(1) == "56.40@1");
}

TEST_CASE_FIXTURE(example, "a transient error, and a connection that is lost before the commit, are run again") {
    int        runs = 0;
    auto const throwing_once = [&](auto const& error) {
        runs = 0;
        stint::run(db(), [&](unit_of_work& work) {
            work.get<stock>(1).edit().quantity += 1;
            if (++runs == 1) throw error;
        });
        return runs;
    };
    CHECK(throwing_once(stint::transient_error{"deadlock", {}}) == 2);
    CHECK(throwing_once(stint::connection_error{
              "gone", {}, stint::connection_error::failure::lost, stint::advice::wait_and_retry}) == 2);
    CHECK(stock_row(1) == "58.40@3");
}

// What it returns.

TEST_CASE_FIXTURE(example, "what was made comes back with its keys") {
    auto const add = [](unit_of_work& work, char const* name) { return work.add(node{{}, name}).id(); };

    node_id const added = stint::run(db(), [&](unit_of_work& work) { return add(work, "one"); });
    CHECK(stored(added).name == "one");

    auto const maybe = stint::run(db(), [&](unit_of_work& work) { return std::optional{add(work, "maybe")}; });
    CHECK(stored(maybe.value()).name == "maybe");

    auto const [first, second] = stint::run(
        db(), [&](unit_of_work& work) { return std::pair{add(work, "first"), add(work, "second")}; });
    CHECK(stored(first).name == "first");
    CHECK(stored(second).name == "second");

    auto const [left, number, right] = stint::run(
        db(), [&](unit_of_work& work) { return std::tuple{add(work, "left"), 7, add(work, "right")}; });
    CHECK(number == 7);
    CHECK(stored(left).name == "left");
    CHECK(stored(right).name == "right");

    auto const many = stint::run(db(), [&](unit_of_work& work) { return std::vector{add(work, "a"), add(work, "b")}; });
    CHECK(stored(many.at(1)).name == "b");
}

TEST_CASE_FIXTURE(example, "a copy of an object comes back with its key and its references") {
    auto const leaf = stint::run(db(), [](unit_of_work& work) {
        auto const root = work.add(node{{}, "root"});
        return *work.add(node{{}, "leaf", root.id()});
    });
    CHECK(stored(leaf.id).name == "leaf");
    CHECK(leaf.parent == stored(leaf.id).parent);
    CHECK(stored(leaf.parent.value()).name == "root");
}

TEST_CASE_FIXTURE(example,
                  "a callable is called after the commit, while the handles are good, and its result comes back") {
    struct summary {
        node_id     id;
        std::string name;
    };
    auto const made = stint::run(db(), [&](unit_of_work& work) {
        auto const leaf = work.add(node{{}, "leaf"});
        return [this, leaf] {
            CHECK(ask("SELECT name FROM nodes") == "leaf");
            return summary{leaf.id(), leaf->name};
        };
    });
    CHECK(stored(made.id).name == made.name);

    int calls = 0;
    stint::run(db(), [&](unit_of_work& work) {
        work.get<stock>(1).edit().quantity += 1;
        return [&] { ++calls; };
    });
    CHECK(calls == 1);
}

TEST_CASE_FIXTURE(example, "what a callable throws is thrown on: the commit took place") {
    int runs = 0;
    CHECK_THROWS_AS(stint::run(db(),
                               [&](unit_of_work& work) {
                                   ++runs;
                                   work.get<stock>(1);
                                   return [] { throw stint::transient_error{"elsewhere", {}}; };
                               }),
                    stint::transient_error);
    CHECK(runs == 1);
}

TEST_CASE_FIXTURE(example, "a pending id that was kept finds its object after the commit, and the unit tells its key") {
    unit_of_work work{db()};
    auto const   kept = work.add(node{{}, "kept"}).id();
    CHECK(work.key_of(kept) == kept);
    work.commit();
    CHECK(kept.is_pending());
    CHECK(work.get(kept)->name == "kept");
    CHECK(work.key_of(kept) == work.get(kept).id());
    CHECK(stored(work.key_of(kept)).name == "kept");
    CHECK(work.key_of(node_id{7}) == node_id{7});
}

// A run inside of another.

TEST_CASE_FIXTURE(example, "a run inside of another joins its unit: one commit, by the outer one") {
    stint::run(db(), [&](unit_of_work& outer) {
        auto flour = outer.get<stock>(1);
        flour.edit().quantity += 1;
        auto const seen = stint::run(db(), [&](unit_of_work& inner) {
            CHECK(&inner == &outer);
            inner.get<stock>(1).edit().quantity += 1;
            return inner.get<stock>(1)->quantity;
        });
        CHECK(seen == decimal{"58.40"});
        CHECK(stock_row(1) == "56.40@1");
    });
    CHECK(stock_row(1) == "58.40@2");
}

TEST_CASE_FIXTURE(example, "when the outer run fails, what the inner one did is not committed") {
    CHECK_THROWS_AS(stint::run(db(),
                               [&](unit_of_work&) {
                                   stint::run(db(), [](unit_of_work& work) { work.get<stock>(1).edit().quantity = 0; });
                                   throw std::domain_error("closed");
                               }),
                    std::domain_error);
    CHECK(stock_row(1) == "56.40@1");
}

TEST_CASE_FIXTURE(example, "a conflict of what the inner run did runs the outer one again") {
    int outer = 0, inner = 0;
    stint::run(db(), [&](unit_of_work&) {
        ++outer;
        stint::run(db(), [&](unit_of_work& work) {
            auto flour = work.get<stock>(1);
            if (++inner == 1) sql("UPDATE stocks SET version = version + 1 WHERE id = 1");
            flour.edit().quantity += 1;
        });
    });
    CHECK(outer == 2);
    CHECK(inner == 2);
    CHECK(stock_row(1) == "57.40@3");
}

TEST_CASE_FIXTURE(example, "an inner run can't have what the outer one's unit doesn't give") {
    auto const refuses = [&](auto inner, stint::run_options const& options) {
        CHECK_THROWS_AS(stint::run(db(), [&](unit_of_work&) { stint::run(db(), inner, options); }), stint::usage_error);
    };
    auto const nothing = [](unit_of_work&) {};
    refuses(nothing, {.unit = {.verify = stint::verify::reads}});
    refuses(nothing, {.unit = {.owner = "somebody else"}});
    refuses(nothing, {.unit = {.lock = std::make_shared<stint::last_write_wins>()}});
    refuses([](unit_of_work&) { return [] {}; }, {});
}

TEST_CASE_FIXTURE(example, "a run on another database, and one after the commit, are their own") {
    stint::database other{url()};
    stint::run(db(), [&](unit_of_work& outer) {
        stint::run(other, [&](unit_of_work& inner) {
            CHECK(&inner != &outer);
            inner.get<stock>(2).edit().quantity += 1;
        });
        CHECK(stock_row(2) == "27.80@2");
        return [&] { stint::run(db(), [](unit_of_work& work) { work.get<stock>(2).edit().quantity += 1; }); };
    });
    CHECK(stock_row(2) == "28.80@3");
}

// Defaults of a database.

TEST_CASE_FIXTURE(example, "what a database says of its units holds for each that says nothing else") {
    class witness final : public stint::lock_strategy {
    public:
        std::vector<stint::verify> seen;
        void after_read(stint::unit_context& unit, std::span<stint::tracked_object const* const>) override {
            seen.push_back(unit.verification());
        }
    };
    auto const      seen = std::make_shared<witness>();
    stint::database watched{url(), {.defaults = {stint::unit_defaults{.lock = seen, .verify = stint::verify::reads}}}};
    unit_of_work    said_nothing{watched}, said_writes{watched, {.verify = stint::verify::writes}},
        said_lock{watched, {.lock = stint::implicit_lock::shared()}};
    for (auto* work : {&said_nothing, &said_writes, &said_lock}) work->get<stock>(1);
    CHECK(seen->seen == std::vector{stint::verify::reads, stint::verify::writes});

    auto const      lock = std::make_shared<stint::last_write_wins>();
    stint::database lenient{url(), {.defaults = {stint::unit_defaults{.lock = lock}}}};

    int runs = 0;
    stint::run(lenient, [&](unit_of_work& work) {
        ++runs;
        auto flour = work.get<stock>(1);
        sql("UPDATE stocks SET version = version + 1 WHERE id = 1");
        flour.edit().quantity = 0;
    });
    CHECK(runs == 1);  // the last write wins
}

TEST_SUITE_END();
