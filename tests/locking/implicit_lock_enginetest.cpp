// Locks that the mapping declares, or a unit asks for: when they are taken, what they keep off, when they go.

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <stint/extension/flush_plan.hpp>
#include <stint/extension/unit_context.hpp>

#include "support/desks.hpp"

using namespace desks;
using namespace std::chrono_literals;
using stint::lock_policy;
using stint::unit_of_work;

namespace {

stint::unit_options of(std::string owner) {
    return {.owner = std::move(owner)};
}

stint::unit_options with(std::shared_ptr<stint::lock_strategy> lock, std::string owner = {}) {
    return {.lock = std::move(lock), .owner = std::move(owner)};
}

std::shared_ptr<stint::lock_strategy> optimistic() {
    return stint::optimistic_lock::shared();
}

/// Says that it may do without the lock that is demanded.
class waiving : public stint::lock_strategy {
    void before_flush(stint::unit_context&, stint::flush_plan& plan) override {
        for (auto& touched : plan.objects()) touched.waive_lock();
    }
};

stint::conflict_error refused_commit(unit_of_work& work) {
    try {
        work.commit();
    } catch (stint::conflict_error const& e) {
        return e;
    }
    FAIL("the commit was not refused");
    throw;
}

}  // namespace

TEST_SUITE_BEGIN("implicit_lock");

TEST_CASE_FIXTURE(office, "what is declared exclusive is locked before it is read, and given back by the commit") {
    unit_of_work ann{db(), of("ann")};
    auto const   sheet_1 = ann.get<sheet>(1);
    CHECK(held() == "ann: sheets/1");

    unit_of_work bob{db(), of("bob")};
    try {
        bob.get<sheet>(1);
        FAIL("read all the same");
    } catch (stint::lock_refused const& e) {
        CHECK(e.holders().front().owner == "ann");
        CHECK(e.what_next() == stint::advice::wait_and_retry);
    }
    sheet_1.edit().number = 5;
    ann.commit();
    CHECK(row("sheets") == "5@2");
    CHECK(held() == "");
    CHECK(bob.get<sheet>(1)->number == 5);
    CHECK(held() == "bob: sheets/1");
}

TEST_CASE_FIXTURE(office, "several objects and queries lock all that they read, or nothing") {
    unit_of_work ann{db(), of("ann")};
    ann.get<sheet>(2);
    {
        unit_of_work bob{db(), of("bob")};
        CHECK_THROWS_AS(bob.get(std::vector{stint::id<sheet>{1}, stint::id<sheet>{2}}), stint::lock_refused);
        CHECK_THROWS_AS(bob.find<sheet>(stint::where(&sheet::text) == "empty"), stint::lock_refused);
        CHECK(held() == "ann: sheets/2");
        CHECK(bob.find<sheet>(stint::where(&sheet::id) == stint::id<sheet>{1}).size() == 1);
        CHECK(held() == "bob: sheets/1, ann: sheets/2");
    }
    CHECK(held() == "ann: sheets/2");
}

TEST_CASE_FIXTURE(office, "a unit that ends without a commit gives its locks back") {
    {
        unit_of_work ann{db(), of("ann")};
        ann.get<sheet>(1).edit().number = 5;
    }
    CHECK(held() == "");
    unit_of_work ann{db(), of("ann")};
    ann.get<sheet>(1).edit().number = 5;
    ann.rollback();
    CHECK(held() == "");
    ann.get<sheet>(2);
    ann.commit();  // nothing to write
    CHECK(held() == "");
    CHECK(row("sheets") == "0@1");
}

TEST_CASE_FIXTURE(office, "after a commit the unit locks again what it edits again") {
    unit_of_work ann{db(), of("ann")};
    auto const   sheet_1 = ann.get<sheet>(1);
    sheet_1.edit().number = 5;
    ann.commit();
    CHECK(held() == "");
    sheet_1.edit().number = 6;
    CHECK(held() == "ann: sheets/1");
    ann.commit();
    CHECK(row("sheets") == "6@3");
    sql("UPDATE sheets SET version = 9");
    CHECK_THROWS_AS(sheet_1.edit(), stint::changed_before_lock);
}

TEST_CASE_FIXTURE(office, "a lost lock whose row is gone is told once") {
    unit_of_work ann{db(), of("ann")};
    ann.get<sheet>(1).edit().number = 5;
    sql("DELETE FROM stint_locks");
    CHECK(refused_commit(ann).conflicts().size() == 1);
}

TEST_CASE_FIXTURE(office, "exclusive write locks at the first edit, and only what is as it was read") {
    unit_of_work ann{db(), of("ann")}, bob{db(), of("bob")};
    auto const   of_ann = ann.get<form>(1);
    auto const   of_bob = bob.get<form>(1);
    CHECK(held() == "");
    of_ann.edit().number = 5;
    CHECK(held() == "ann: forms/1");
    CHECK_THROWS_AS(of_bob.edit(), stint::lock_refused);
    CHECK(of_bob.state() == stint::object_state::clean);
    ann.commit();
    CHECK(held() == "");
    try {
        of_bob.edit();
        FAIL("a stale object was edited");
    } catch (stint::changed_before_lock const& e) {
        CHECK(e.table() == "forms");
        CHECK(e.key() == "1");
        CHECK(e.expected().value() == 1);
        CHECK(e.found()->value() == 2);
        CHECK(e.what_next() == stint::advice::reload_and_retry);
    }
    CHECK(held() == "bob: forms/1");  // his still: he reads again and goes on
    bob.reload(of_bob);
    of_bob.edit().number += 1;
    bob.commit();
    CHECK(row("forms") == "6@3");
}

TEST_CASE_FIXTURE(office, "an object whose version or key has become NULL is a fault of the table, not of the edit") {
    for (auto const* table : {"forms", "sheets"}) {
        sql(std::string("DROP TABLE ") + table);
        sql(std::string("CREATE TABLE ") + table + " (id bigint, text text, number bigint, version bigint)");
        sql(std::string("INSERT INTO ") + table + " VALUES (1, '', 1, 1)");
    }
    unit_of_work ann{db(), of("ann")};
    auto const   form_1 = ann.get<form>(1);
    sql("UPDATE forms SET version = NULL");
    sql("UPDATE sheets SET id = NULL");
    auto const column_of = [](auto const& call) {
        try {
            call();
        } catch (stint::schema_error const& e) {
            return e.report().column;
        }
        return std::string("nothing was thrown");
    };
    CHECK(column_of([&] { form_1.edit(); }) == "version");
    CHECK(column_of([&] { ann.find<sheet>(); }) == "id");
}

TEST_CASE_FIXTURE(office, "an object that is gone can't be locked for an edit") {
    unit_of_work ann{db(), of("ann")};
    auto const   form_1 = ann.get<form>(1);
    sql("DELETE FROM forms");
    try {
        ann.remove(form_1);
        FAIL("removed");
    } catch (stint::changed_before_lock const& e) {
        CHECK_FALSE(e.found());
    }
}

TEST_CASE_FIXTURE(office, "a lock that is demanded and was not taken is an error at commit, whatever is written") {
    for (bool const removes : {false, true}) {
        unit_of_work work{db(), with(optimistic())};
        auto const   sheet_1 = work.get<sheet>(1);
        if (removes) {
            work.remove(sheet_1);
        } else {
            sheet_1.edit().number = 5;
        }
        try {
            work.commit();
            FAIL("written without the lock");
        } catch (stint::lock_required const& e) {
            CHECK(e.table() == "sheets");
            CHECK(e.key() == "1");
            CHECK(e.demanded() == lock_policy::exclusive_read);
            CHECK(e.what_next() == stint::advice::fix_the_code);
        }
    }
    CHECK(row("sheets") == "0@1");
    unit_of_work adds{db(), with(optimistic())};
    adds.add(sheet{{}, "new"});
    CHECK(adds.commit().inserted == 1);  // nobody else could know it
    unit_of_work waives{db(), with(std::make_shared<waiving>())};
    waives.get<sheet>(1).edit().number = 5;
    CHECK(waives.commit().updated == 1);
}

TEST_CASE_FIXTURE(office, "a lock binds everybody who writes, whatever his strategy") {
    auto const lease = locks.acquire({"shelves/1", "tallies/1", "sheets/1"}, {.owner = "ann", .label = "Ann"},
                                     stint::deadline::none());
    {
        unit_of_work bob{db(), with(optimistic(), "bob")};
        bob.get<shelf>(1).edit().number = 5;
        bob.remove(bob.get<tally>(1));
        auto const refused = refused_commit(bob);
        REQUIRE(refused.conflicts().size() == 2);
        auto const& one = refused.conflicts().front();
        CHECK(one.table == "shelves");
        CHECK(one.key == "1");
        CHECK(one.reason == stint::lock_reason::bound());
        CHECK(one.access == stint::access::changed);
        CHECK(one.lock->owner == "ann");
        CHECK(one.lock->label == "Ann");
        CHECK(one.lock->left > 9min);
        CHECK(refused.what_next() == stint::advice::wait_and_retry);
        CHECK(std::string(refused.what()).find("shelves 1: bound; shelves/1 is held by ann (Ann) since ") !=
              std::string::npos);
        CHECK(std::string(refused.what()).find("for another 10 min") != std::string::npos);
        CHECK(row("shelves") == "0@1");

        locks.release(lease);
        bob.commit();  // what he had is there still
        CHECK(row("shelves") == "5@2");
    }
    auto const again = locks.acquire({"shelves/1"}, {.owner = "ann"}, stint::deadline::none());
    {
        unit_of_work bob{db(), with(std::make_shared<waiving>(), "bob")};
        bob.get<shelf>(1).edit().number = 6;
        CHECK(refused_commit(bob).conflicts().front().reason == stint::lock_reason::bound());
    }
    {
        unit_of_work ann{db(), with(optimistic(), "ann")};  // it is hers
        ann.get<shelf>(1).edit().number = 7;
        CHECK(ann.commit().updated == 1);
    }
    {
        unit_of_work bob{db(), with(std::make_shared<stint::last_write_wins>(), "bob")};
        bob.get<shelf>(1).edit().number = 8;
        CHECK(bob.commit().updated == 1);
    }
    expire("shelves/1");
    unit_of_work bob{db(), with(optimistic(), "bob")};
    bob.get<shelf>(1).edit().number = 9;
    CHECK(bob.commit().updated == 1);
    CHECK(row("shelves") == "9@5");
}

TEST_CASE_FIXTURE(office, "a new object of a key that somebody has locked is bound, too") {
    locks.try_acquire({"shelves/7"}, {.owner = "ann"});
    unit_of_work bob{db(), of("bob")};
    bob.add(shelf{stint::id<shelf>{7}});
    CHECK(refused_commit(bob).conflicts().front().reason == stint::lock_reason::bound());
    locks.release_all("ann");
    CHECK(bob.commit().inserted == 1);
}

TEST_CASE_FIXTURE(office, "a class that declares nothing sends nothing more, and needs no lock tables") {
    stint::drop_lock_tables(db());
    unit_of_work work{db()};
    work.get<note>(1).edit().number = 5;
    CHECK(to_string(work.dry_run()) == "update notes [id=1 if version=1] number=5, version=next");
    CHECK(work.commit().updated == 1);
    unit_of_work other{db()};
    other.get<shelf>(1).edit().number = 5;
    CHECK_THROWS_AS(other.commit(), stint::schema_error);
}

TEST_CASE_FIXTURE(office, "a flush verifies, writes and gives back in one batch") {
    unit_of_work ann{db(), of("ann")};
    ann.get<sheet>(1).edit().number = 5;
    ann.get<shelf>(1).edit().number = 5;
    auto const fence = std::to_string(locks.list().front().fence);
    CHECK(
        to_string(ann.dry_run()) ==
        "require stint_locks [resource='sheets/1' if owner='ann' and fence=" + fence +
            " and expires_at>clock] for share last else lock lost absent lock lost\n"
            "forbid stint_locks [resource='shelves/1' if owner<>'ann' and expires_at>clock] for share last else bound\n"
            "update sheets [id=1 if version=1] number=5, version=next\n"
            "update shelves [id=1 if version=1] number=5, version=next\n"
            "update stint_locks [resource='sheets/1'] owner='', label='', reason='', broken_by='', acquired_at=clock, "
            "expires_at=1970-01-01T00:00:00.000000Z last else lock lost absent lock lost");
    ann.commit();
    CHECK(row("sheets") == "5@2");
    CHECK(row("shelves") == "5@2");
    CHECK(held() == "");
}

TEST_CASE_FIXTURE(office, "a lock that ran out refuses the commit and names who has it now") {
    unit_of_work ann{db(), of("ann")};
    ann.get<sheet>(1).edit().number = 5;
    expire("sheets/1");
    {
        auto const refused = refused_commit(ann);
        REQUIRE(refused.conflicts().size() == 1);
        CHECK(refused.conflicts().front().reason == stint::lock_reason::lost());
        CHECK(refused.conflicts().front().table == "sheets");
        CHECK(refused.conflicts().front().lock->owner == "");
    }
    unit_of_work bob{db(), of("bob")};
    bob.get<sheet>(1).edit().number = 6;
    auto const refused = refused_commit(ann);
    REQUIRE(refused.conflicts().size() == 1);
    CHECK(refused.conflicts().front().reason == stint::lock_reason::lost());
    CHECK(refused.conflicts().front().key == "1");
    CHECK(refused.conflicts().front().lock->owner == "bob");
    CHECK(refused.conflicts().front().lock->left > 9min);
    CHECK(refused.what_next() == stint::advice::reload_and_retry);
    CHECK(row("sheets") == "0@1");
    bob.commit();
    auto const stale = refused_commit(ann);  // she has the lock again, of an object that is not what she read
    REQUIRE(stale.conflicts().size() == 1);
    CHECK(stale.conflicts().front().reason == stint::reason::changed());
    CHECK(row("sheets") == "6@2");
}

TEST_CASE_FIXTURE(office, "a lock that ran out and that nobody took is taken again by the next commit") {
    unit_of_work ann{db(), of("ann")};
    ann.get<sheet>(1).edit().number = 5;
    auto const fence = locks.list().front().fence;
    expire("sheets/1");
    CHECK(refused_commit(ann).conflicts().front().lock->owner == "");
    CHECK(ann.commit().updated == 1);
    CHECK(row("sheets") == "5@2");
    CHECK(held() == "");
    CHECK(locks.try_acquire({"sheets/1"}, {.owner = "bob"}).leases().front().fence > fence + 1);
}

TEST_CASE_FIXTURE(office,
                  "what is edited after the lock's time has passed is locked again, and must be as it was read") {
    auto const   brief = std::make_shared<stint::implicit_lock>(stint::offline_lock_options{.lease = 50ms});
    unit_of_work ann{db(), with(brief, "ann")};
    auto const   sheet_1 = ann.get<sheet>(1);
    auto const   sheet_2 = ann.get<sheet>(2);
    while (!held().empty()) std::this_thread::sleep_for(1ms);
    {
        unit_of_work bob{db(), of("bob")};
        bob.get<sheet>(2);
        CHECK_THROWS_AS(sheet_2.edit(), stint::lock_refused);
    }
    sql("UPDATE sheets SET version = 2 WHERE id = 2");
    CHECK_THROWS_AS(sheet_2.edit(), stint::changed_before_lock);
    CHECK_THROWS_AS(sheet_2.edit(), stint::changed_before_lock);  // each time, until it is read again
    CHECK_NOTHROW(sheet_1.edit());
}

TEST_CASE_FIXTURE(office,
                  "what was only read under a lock that was lost is not built upon when the lock is had again") {
    unit_of_work ann{db(), of("ann")};
    auto const   sheet_1 = ann.get<sheet>(1);
    ann.get<shelf>(1).edit().number = sheet_1->number + 1;
    expire("sheets/1");
    {
        unit_of_work bob{db(), of("bob")};
        bob.get<sheet>(1).edit().number = 7;
        bob.commit();
    }
    CHECK(refused_commit(ann).conflicts().front().reason == stint::lock_reason::lost());
    auto const stale = refused_commit(ann);
    REQUIRE(stale.conflicts().size() == 1);
    CHECK(stale.conflicts().front().table == "sheets");
    CHECK(stale.conflicts().front().reason == stint::reason::changed());
    CHECK(row("shelves") == "0@1");
    ann.reload(sheet_1);
    ann.get<shelf>(1).edit().number = sheet_1->number + 1;
    ann.commit();
    CHECK(row("shelves") == "8@2");
    CHECK(held() == "");
}

TEST_CASE_FIXTURE(office, "what stood in the way of a unit does not keep it from reading something else") {
    unit_of_work ann{db(), of("ann")};
    ann.get<tally>(1).edit().number = 5;
    locks.try_acquire({"tallies/1"}, {.owner = "bob"});
    auto const refused = refused_commit(ann);
    CHECK(ann.get<tally>(2)->number == 0);
    CHECK(ann.find<shelf>().size() == 2);
    CHECK_THROWS_AS(ann.reload(refused), stint::lock_refused);  // that would be locked
    locks.release_all("bob");
    ann.reload(refused);
    CHECK(held() == "ann: tallies/1");
}

TEST_CASE_FIXTURE(office, "a lock that a refused commit took ends with its unit") {
    {
        unit_of_work ann{db(), of("ann")};
        auto&        kept = ann.get<sheet>(1).edit();
        kept.number = 5;
        ann.commit();
        kept.number = 6;
        sql("UPDATE sheets SET version = 9 WHERE id = 1");
        refused_commit(ann);
        CHECK(held() == "ann: sheets/1");
    }
    CHECK(held() == "");
}

TEST_CASE_FIXTURE(office, "a query locks what the unit knows already only if it is as it was read") {
    unit_of_work ann{db(), of("ann")};
    ann.get<sheet>(1);
    ann.commit();
    CHECK(held() == "");
    CHECK(ann.find<sheet>(stint::where(&sheet::text) == "empty").size() == 2);
    CHECK(held() == "ann: sheets/1, ann: sheets/2");
    ann.commit();
    sql("UPDATE sheets SET version = 2 WHERE id = 2");
    CHECK_THROWS_AS(ann.find<sheet>(stint::where(&sheet::text) == "empty"), stint::changed_before_lock);
}

TEST_CASE_FIXTURE(office, "a step that fails does not give away what the owner had locked before") {
    locks.try_acquire({"sheets/1"}, {.owner = "ann"});
    {
        unit_of_work step{db(), of("ann")};
        step.get<sheet>(1);
        step.get<sheet>(2);
        CHECK_THROWS_AS(step.get<sheet>(99), stint::not_found);
    }
    CHECK(held() == "ann: sheets/1");
    unit_of_work step{db(), of("ann")};
    step.get<sheet>(1).edit().number = 5;
    step.rollback();
    CHECK(held() == "ann: sheets/1");
    step.get<sheet>(1).edit().number = 5;
    step.commit();
    CHECK(held() == "");
}

TEST_CASE_FIXTURE(office, "a step of a conversation goes on with its lock though others stand in line for it") {
    locks.try_acquire({"sheets/1"}, {.owner = "ann"});
    std::thread waiting{[&] { locks.acquire({"sheets/1"}, {.owner = "bob"}, stint::deadline::after(60s)); }};
    while (locks.waiting_for("sheets/1").empty()) std::this_thread::yield();
    auto const   patient = std::make_shared<stint::implicit_lock>(locks, stint::offline_lock_options{.wait = 60s});
    unit_of_work ann{db(), with(patient, "ann")};
    ann.get<sheet>(1).edit().number = 5;
    ann.commit();
    waiting.join();
    CHECK(row("sheets") == "5@2");
    CHECK(held() == "bob: sheets/1");
}

TEST_CASE_FIXTURE(office,
                  "a reference that was kept over a commit loses nothing: its object is locked again at commit") {
    unit_of_work ann{db(), of("ann")};
    auto&        kept = ann.get<sheet>(1).edit();
    kept.number = 5;
    ann.commit();
    kept.number = 6;
    {
        unit_of_work bob{db(), of("bob")};
        bob.get<sheet>(1);
        CHECK_THROWS_AS(ann.commit(), stint::lock_refused);
    }
    ann.commit();
    CHECK(row("sheets") == "6@3");
    CHECK(held() == "");
}

TEST_CASE_FIXTURE(office, "a keeper that was stopped leaves no lock behind") {
    auto const keeper = std::make_shared<stint::lease_keeper>(locks);
    keeper->stop();
    auto const keeping = std::make_shared<stint::implicit_lock>(stint::offline_lock_options{.keeper = keeper});
    {
        unit_of_work ann{db(), with(keeping, "ann")};
        CHECK_THROWS_AS(ann.get<sheet>(1), stint::usage_error);
    }
    CHECK(held() == "");
}

TEST_CASE_FIXTURE(office, "a strategy that builds on this one can't take its place in the unit's memory") {
    class other_memory final : public stint::lock_memory {};
    class greedy       final : public stint::implicit_lock {
        void after_read(stint::unit_context& context, std::span<stint::tracked_object const* const>) override {
            context.memory() = std::make_unique<other_memory>();
        }
    };
    unit_of_work ann{db(), with(std::make_shared<greedy>(), "ann")};
    ann.get<sheet>(1);
    CHECK_THROWS_AS(ann.get<sheet>(2), stint::usage_error);
    ann.rollback();
}

TEST_CASE_FIXTURE(office, "everybody who edits a hot object under exclusive write comes to his turn") {
    constexpr int desks = 8, each = 5;
    auto const    patient = std::make_shared<stint::implicit_lock>(
        locks, stint::offline_lock_options{.wait = 120s, .wait_in_rerun = 120s});
    std::atomic<int>         failed{0};
    std::vector<std::thread> clerks;
    for (int i = 0; i < desks; ++i)
        clerks.emplace_back([&] {
            for (int n = 0; n < each; ++n) {
                try {
                    stint::run(db(), [](unit_of_work& work) { work.get<form>(1).edit().number += 1; },
                               {.attempts = 2, .unit = {.lock = patient}});
                } catch (stint::error const& e) {
                    ++failed;
                    MESSAGE(e.what());
                }
            }
        });
    for (auto& one : clerks) one.join();
    CHECK(failed == 0);
    CHECK(ask("SELECT number FROM forms WHERE id = 1") == std::to_string(desks * each));
}

TEST_CASE_FIXTURE(office, "kept locks are gone on with by another unit of the same owner") {
    auto const keeping = std::make_shared<stint::implicit_lock>(
        stint::offline_lock_options{.label = "Ann", .keep = true});
    {
        unit_of_work first{db(), with(keeping, "ann")};
        first.get<sheet>(1).edit().number = 5;
        first.commit();
    }
    auto const fence = locks.list().front().fence;
    CHECK(held() == "ann: sheets/1");
    unit_of_work bob{db(), of("bob")};
    CHECK_THROWS_AS(bob.get<sheet>(1), stint::lock_refused);

    stint::database other_process{url()};
    unit_of_work    second{other_process, of("ann")};
    second.get<sheet>(1).edit().number = 6;
    CHECK(locks.list().front().fence == fence);
    second.commit();
    CHECK(row("sheets") == "6@3");
    CHECK(held() == "");
}

TEST_CASE_FIXTURE(office, "a commit that failed leaves the locks for the next try") {
    unit_of_work ann{db(), of("ann")};
    ann.get<sheet>(1).edit().number = 5;
    sql("UPDATE sheets SET version = 2");
    CHECK(refused_commit(ann).conflicts().front().reason == stint::reason::changed());
    CHECK(held() == "ann: sheets/1");
    ann.reload(ann.get<sheet>(1));
    ann.get<sheet>(1).edit().number = 6;
    ann.commit();
    CHECK(row("sheets") == "6@3");
    CHECK(held() == "");
}

TEST_CASE_FIXTURE(office, "a get can ask for more than is declared, not for less") {
    unit_of_work ann{db(), of("ann")};
    ann.get<shelf>(1, lock_policy::exclusive_read);
    CHECK(held() == "ann: shelves/1");
    ann.get<sheet>(1, lock_policy::optimistic);
    CHECK(held() == "ann: sheets/1, ann: shelves/1");

    auto const shelf_2 = ann.get<shelf>(2);
    sql("UPDATE shelves SET version = 2 WHERE id = 2");
    CHECK_THROWS_AS(ann.get<shelf>(2, lock_policy::exclusive_read), stint::changed_before_lock);  // it knew another
    ann.reload(shelf_2);
    CHECK_NOTHROW(ann.try_get<shelf>(2, lock_policy::exclusive_write));

    CHECK_THROWS_AS(ann.get<note>(1, lock_policy::exclusive_read), stint::usage_error);
    CHECK_THROWS_AS(ann.get<shelf>(1, lock_policy::mixed), stint::usage_error);
    unit_of_work bob{db(), with(optimistic(), "bob")};
    CHECK_THROWS_AS(bob.get<shelf>(1, lock_policy::exclusive_read), stint::usage_error);
    auto const added = ann.add(shelf{});
    CHECK_NOTHROW(ann.get(added.id(), lock_policy::exclusive_read));  // nobody else knows it
}

TEST_CASE_FIXTURE(office, "a pessimistic unit locks every class that can be locked") {
    auto const at_least = [](lock_policy policy) {
        return std::make_shared<stint::implicit_lock>(stint::offline_lock_options{.at_least = policy});
    };
    unit_of_work ann{db(), with(at_least(lock_policy::exclusive_read), "ann")};
    ann.get<shelf>(1);
    ann.get<tally>(1);
    CHECK(held() == "ann: shelves/1, ann: tallies/1");
    auto const note_1 = ann.get<note>(1);
    CHECK_THROWS_AS(note_1.edit(), stint::usage_error);

    unit_of_work bob{db(), with(at_least(lock_policy::exclusive_write), "bob")};
    auto const   shelf_2 = bob.get<shelf>(2);
    CHECK(locks.list_of("bob").empty());
    shelf_2.edit().number = 1;
    CHECK(locks.list_of("bob").size() == 1);
}

TEST_CASE_FIXTURE(office, "a unit waits for a lock as long as it is told, and reads what the other has written") {
    auto const   patient = std::make_shared<stint::implicit_lock>(locks, stint::offline_lock_options{.wait = 60s});
    unit_of_work ann{db(), of("ann")};
    ann.get<sheet>(1).edit().number = 5;
    std::thread waiting{[&] {
        unit_of_work bob{db(), with(patient, "bob")};
        auto const   sheet_1 = bob.get<sheet>(1);
        sheet_1.edit().number += 1;
        bob.commit();
    }};
    while (locks.waiting_for("sheets/1").empty()) std::this_thread::yield();
    ann.commit();
    waiting.join();
    CHECK(row("sheets") == "6@3");

    ann.get<sheet>(2);
    auto const   hasty = std::make_shared<stint::implicit_lock>(locks, stint::offline_lock_options{.wait = 50ms});
    unit_of_work bob{db(), with(hasty, "bob")};
    CHECK_THROWS_AS(bob.get<sheet>(2), stint::lock_refused);
    bob.wait_until(stint::deadline::after(1ms));
    unit_of_work carl{db(), with(patient, "carl")};
    carl.wait_until(stint::deadline::after(50ms));
    CHECK_THROWS_AS(carl.get<sheet>(2), stint::lock_refused);
}

TEST_CASE_FIXTURE(office, "a lock table of another database is refused") {
    stint::database   elsewhere{url()};
    stint::lock_table of_elsewhere{elsewhere};
    unit_of_work      ann{db(), with(std::make_shared<stint::implicit_lock>(of_elsewhere))};
    CHECK_THROWS_AS(ann.get<sheet>(1), stint::usage_error);
}

TEST_CASE_FIXTURE(office, "a first lock waits for a flush that could not see it") {
    if (!is_postgresql()) return;  // one writer at a time: no flush is under way when a lock is granted
    // By hand what a flush does: it has the data row, has looked for a lock, and has yet to write.
    auto const other = db().lend();
    other->begin(stint::isolation::read_committed, stint::deadline::none());
    other->execute("UPDATE sheets SET number = 7, version = 2 WHERE id = 1", stint::deadline::none());
    std::thread reading{[&] {
        unit_of_work ann{db(), of("ann")};
        auto const   sheet_1 = ann.get<sheet>(1);
        CHECK(sheet_1->number == 7);
        sheet_1.edit().number += 1;
        ann.commit();
    }};
    while (held().empty()) std::this_thread::yield();
    while (
        ask("SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()") ==
        "0")
        std::this_thread::yield();
    other->commit(stint::deadline::none());
    reading.join();
    CHECK(row("sheets") == "8@3");
}

TEST_CASE_FIXTURE(office, "runs wait in line for locks that a mapping demands, and all of them land") {
    std::vector<std::thread> clerks;
    for (int i = 0; i < 2; ++i)
        clerks.emplace_back([this] {
            for (int left = 50; left > 0; --left)
                stint::run(db(), [](unit_of_work& work) { work.get<form>(1).edit().number += 1; });
        });
    for (auto& clerk : clerks) clerk.join();
    CHECK(row("forms") == "100@101");
}

TEST_CASE_FIXTURE(
    office, "a run waits for a lock until its time is up, a unit of its own does not, and either says otherwise") {
    locks.try_acquire({"sheets/1"}, {.owner = "ann", .label = "Ann, desk 7"});
    auto const read = [](unit_of_work& work) { work.get<sheet>(1); };
    CHECK_THROWS_AS(stint::run(db(), read, {.patience = 50ms}), stint::lock_refused);
    CHECK_THROWS_AS(stint::run(db(), read, {.unit = {.wait = 0ms}}), stint::lock_refused);
    unit_of_work at_once{db()};
    CHECK_THROWS_AS(read(at_once), stint::lock_refused);

    std::thread running{[&] {
        unit_of_work patient{db(), {.wait = 10s}};
        read(patient);
    }};
    while (locks.waiting_for("sheets/1").empty()) std::this_thread::yield();
    locks.release_all("ann");
    running.join();
}

TEST_CASE_FIXTURE(office, "the label of a unit stands at its locks, and one that a database gives to all") {
    {
        unit_of_work work{db(), {.label = "Ann, desk 7"}};
        work.get<sheet>(1);
        CHECK(locks.list().front().label == "Ann, desk 7");
    }
    stint::database desk{url(), {.defaults = {stint::unit_defaults{.label = "desk 8"}}}};
    unit_of_work    work{desk};
    work.get<sheet>(1);
    CHECK(locks.list().front().label == "desk 8");
}

TEST_SUITE_END();
