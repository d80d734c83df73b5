// A lock strategy that the library knows nothing of: whoever wants to read a stock takes a row in a table of
// its own first, and the commit is guarded by that row.

#include <doctest/doctest.h>

#include <stint/extension/flush_plan.hpp>
#include <stint/extension/unit_context.hpp>

#include "support/books.hpp"

using namespace books;
using stint::data_mapper;
using stint::unit_of_work;
using stint::value;

namespace {

constexpr stint::reason desk_taken{"desk taken"};

class desk_lock final : public stint::lock_strategy {
public:
    std::vector<std::string> asked;  // of the last unit; these tests use one thread

    bool locks_before_reading(stint::unit_context&, data_mapper const&, stint::lock_policy) const override {
        return true;
    }

    void before_read(stint::unit_context& context, data_mapper const& type, std::span<stint::row_key const> keys,
                     stint::lock_policy) override {
        auto connection = context.db().lend(context.deadline());  // free, even in a pool of one
        for (auto const key : keys) {
            auto const resource = type.table() + "/" + type.key_text(key);
            asked.push_back("before " + resource);
            std::vector<value> const row{resource, context.owner()};
            connection->execute("INSERT INTO desks (resource, owner) VALUES (:1, :2) ON CONFLICT (resource) DO NOTHING",
                                row, context.deadline());
        }
    }

    void after_read(stint::unit_context&, std::span<stint::tracked_object const* const> objects) override {
        asked.push_back("after " + std::to_string(objects.size()));
    }

    void before_first_edit(stint::unit_context&, stint::tracked_object const& object) override {
        asked.push_back("edit " + object.mapper().key_text(object.key()));
        if (object.key() == frozen.key()) throw std::domain_error("this desk is frozen");
    }

    void before_flush(stint::unit_context& context, stint::flush_plan& plan) override {
        for (auto const& touched : plan.objects()) {
            if (touched.access() == stint::access::added) continue;
            auto const& type = touched.object().mapper();
            auto const  resource = type.table() + "/" + type.key_text(touched.object().key());
            plan.add({{.action = stint::row_action::require,
                       .table = "desks",
                       .key = {{"resource", {stint::data_type::text}}},
                       .conditions = {{{"owner", {stint::data_type::text}}}},
                       .report = {{"owner", {stint::data_type::text}}},
                       .if_absent = desk_taken,
                       .if_different = desk_taken},
                      {resource},
                      {context.owner()}});
        }
    }

    void after_flush(stint::unit_context& context, stint::flush_plan const& plan, stint::flush_end how,
                     std::span<stint::refusal const> refusals) override {
        asked.push_back("end " + std::to_string(static_cast<int>(how)) + ", " + std::to_string(refusals.size()) +
                        " of " + std::to_string(plan.objects().size()));
        if (how == stint::flush_end::committed || how == stint::flush_end::rolled_back) {
            std::vector<value> const owner{context.owner()};
            context.db().lend()->execute("DELETE FROM desks WHERE owner = :1", owner, context.deadline());
        }
    }

    stint::id<stock> frozen;
};

class desks : public example {
public:
    desks() { sql("CREATE TABLE desks (resource TEXT PRIMARY KEY, owner TEXT NOT NULL)"); }

    std::shared_ptr<desk_lock> strategy = std::make_shared<desk_lock>();
};

using words = std::vector<std::string>;

}  // namespace

TEST_SUITE_BEGIN("lock_strategy");

TEST_CASE_FIXTURE(desks, "a strategy from outside is asked at every moment, with whole sets") {
    {
        unit_of_work work{db(), {.lock = strategy}};
        work.get(std::vector{stint::id<stock>{2}, stint::id<stock>{1}}).front().edit().quantity = 1;
        CHECK(ask("SELECT COUNT(*) FROM desks") == "2");
        CHECK(work.commit().updated == 1);
    }
    CHECK(strategy->asked == words{"before stocks/1", "before stocks/2", "after 2", "edit 2", "end 0, 0 of 2"});
    CHECK(ask("SELECT COUNT(*) FROM desks") == "0");
}

TEST_CASE_FIXTURE(desks, "a query tells its keys before anything of the objects is read") {
    unit_of_work work{db(), {.lock = strategy}};
    CHECK(work.find<stock>(stint::where(&stock::name) == "flour").size() == 1);
    CHECK(strategy->asked == words{"before stocks/1", "after 1"});
}

TEST_CASE_FIXTURE(desks, "its guard refuses the commit, by its own reason, with what it reports") {
    unit_of_work work{db(), {.lock = strategy}};
    work.get<stock>(1).edit().quantity = 1;
    sql("UPDATE desks SET owner = 'somebody else'");
    try {
        work.commit();
        FAIL("not refused");
    } catch (stint::conflict_error const& e) {
        REQUIRE(e.conflicts().size() == 1);
        CHECK(e.conflicts()[0].table == "desks");
        CHECK(e.conflicts()[0].reason == desk_taken);
        CHECK_FALSE(e.conflicts()[0].access);
        CHECK(e.conflicts()[0].columns.front().theirs == value{"somebody else"});
    }
    CHECK(stock_row(1) == "56.40@1");
    CHECK(strategy->asked.back() == "end 1, 1 of 1");
}

TEST_CASE_FIXTURE(desks, "it can refuse an edit, and the object stays clean") {
    strategy->frozen = stint::id<stock>{1};
    unit_of_work work{db(), {.lock = strategy}};
    auto         flour = work.get<stock>(1);
    CHECK_THROWS_AS(flour.edit(), std::domain_error);
    CHECK(flour.state() == stint::object_state::clean);
    CHECK_THROWS_AS(work.remove(flour), std::domain_error);
    CHECK_FALSE(work.has_changes());
}

TEST_CASE_FIXTURE(desks, "a strategy that forgets to check versions does not lose the check") {
    class forgetful final : public stint::lock_strategy {};
    auto const      lock = std::make_shared<forgetful>();
    for (auto const how : {stint::verify::writes, stint::verify::reads}) {
        unit_of_work work{db(), {.lock = lock, .verify = how}};
        static_cast<void>(work.get<stock>(2)->quantity);
        work.get<stock>(1).edit().quantity = 1;
        sql(how == stint::verify::writes ? "UPDATE stocks SET version = version + 1 WHERE id = 1"
                                         : "UPDATE stocks SET version = version + 1 WHERE id = 2");
        CHECK_THROWS_AS(work.commit(), stint::conflict_error);
    }
}

TEST_CASE_FIXTURE(desks, "a strategy can give its lock back in the transaction that writes") {
    class in_one final : public stint::lock_strategy {
    public:
        void before_flush(stint::unit_context&, stint::flush_plan& plan) override {
            stint::column const resource{"resource", {stint::data_type::text}},
                owner{"owner", {stint::data_type::text}};
            plan.add({.shape = {.action = stint::row_action::remove,
                                .table = "desks",
                                .key = {resource},
                                .conditions = {{owner}}},
                      .key = {"stocks/1"},
                      .conditions = {"me"}});
        }
    };
    sql("INSERT INTO desks (resource, owner) VALUES ('stocks/1', 'me')");
    unit_of_work work{db(), {.lock = std::make_shared<in_one>()}};
    auto         flour = work.get<stock>(1);
    flour.edit().quantity = 1;
    CHECK(to_string(work.dry_run()) == "update stocks [id=1 if version=1] quantity=1.00, version=next\n"
                                       "remove desks [resource='stocks/1' if owner='me']");
    work.commit();
    CHECK(ask("SELECT COUNT(*) FROM desks") == "0");
    flour.edit().quantity = 2;
    CHECK_THROWS_AS(work.commit(), stint::conflict_error);  // the lock is not there any more
    CHECK(stock_row(1) == "1.00@2");
}

TEST_CASE_FIXTURE(desks, "what a strategy refuses after reading is not known to the unit") {
    class picky final : public stint::lock_strategy {
    public:
        bool refuses = true;
        void after_read(stint::unit_context&, std::span<stint::tracked_object const* const>) override {
            if (refuses) throw std::domain_error("not yours");
        }
    };
    auto const   lock = std::make_shared<picky>();
    unit_of_work work{db(), {.lock = lock}};
    CHECK_THROWS_AS(work.get<stock>(1), std::domain_error);
    CHECK_THROWS_AS(work.get<stock>(1), std::domain_error);
    lock->refuses = false;
    CHECK(work.get<stock>(1)->name == "flour");
}

TEST_CASE_FIXTURE(desks, "reading again asks again, and is owed an end") {
    {
        unit_of_work work{db(), {.lock = strategy}};
        auto         flour = work.get<stock>(1);
        work.commit();
        strategy->asked.clear();
        work.reload(flour);
    }
    CHECK(strategy->asked == words{"before stocks/1", "after 1", "end 4, 0 of 0"});
}

TEST_CASE_FIXTURE(desks, "a commit that fails before it is sent is an end, too") {
    unit_of_work work{db(), {.lock = strategy}};
    work.get<stock>(1).edit().quantity = stint::decimal{"0.001"};
    CHECK_THROWS_AS(work.commit(), stint::value_error);
    CHECK(strategy->asked.back() == "end 2, 0 of 1");
}

TEST_CASE_FIXTURE(desks, "a unit that ends without a commit tells it so") {
    {
        unit_of_work work{db(), {.lock = strategy}};
        work.get<stock>(1);
    }
    CHECK(strategy->asked.back() == "end 4, 0 of 0");
    CHECK(ask("SELECT COUNT(*) FROM desks") == "0");
}

TEST_CASE("in a database with one connection a strategy can borrow it while a unit reads") {
    stint::database memory{"sqlite::memory:"};
    stint::create_tables<stock>(memory);
    memory.lend()->execute("CREATE TABLE desks (resource TEXT PRIMARY KEY, owner TEXT NOT NULL)",
                           stint::deadline::none());
    stint::run(memory, [](unit_of_work& work) { work.add(stock{stint::id<stock>{1}, "flour", 1}); });
    unit_of_work work{memory, {.lock = std::make_shared<desk_lock>()}};
    work.get<stock>(1).edit().quantity = 2;
    CHECK(work.commit().updated == 1);
}

TEST_SUITE_END();
