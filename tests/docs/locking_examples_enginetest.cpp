// The code of docs/locking.md, compiled and run. What stands between a line "// shown: ..." and the next "// end" is
// what the page shows, to the letter (shows_examples.cmake).

#include <chrono>
#include <memory>
#include <string>

#include <doctest/doctest.h>

#include <stint/lease_keeper.hpp>
#include <stint/lock_table.hpp>
#include <stint/optimistic_lock.hpp>
#include <stint/stint.hpp>

#include "support/scratch_database.hpp"

using namespace std::chrono_literals;

namespace billing {

struct invoice {
    stint::id<invoice> id;
    std::string        text;
    bool               is_sent = false;
};

}  // namespace billing

using billing::invoice;

// shown: declared in the mapping
template <>
struct stint::mapping<billing::invoice> {
    static constexpr auto value = stint::table(
        "invoices", stint::lock_policy::exclusive_write,  // one person edits it at a time
        stint::key("id", &billing::invoice::id), stint::version("version"),
        stint::field("text", &billing::invoice::text), stint::field("is_sent", &billing::invoice::is_sent));
};
// end

// The unnamed namespace would warn of what only the page uses.
namespace locking_page {

// shown: a first step
void open_form(stint::database& db, std::string const& session, stint::id<invoice> which) {
    auto const lock = std::make_shared<stint::implicit_lock>(
        stint::offline_lock_options{.label = "Ann, desk 7", .reason = "editing", .lease = 15min, .keep = true});
    stint::unit_of_work work{db, {.lock = lock, .owner = session}};
    work.get(which, stint::lock_policy::exclusive_read);  // locked, then read; lock_refused says who has it
    work.commit();                                        // nothing to write; the lock stays
}
// end

// shown: a last step
void send(stint::database& db, std::string const& session, stint::id<invoice> which) {
    stint::unit_of_work work{db, {.owner = session}};
    auto const          bill = work.get(which, stint::lock_policy::exclusive_read);  // the same owner: the same grant
    bill.edit().is_sent = true;
    work.commit();  // verifies the lock, writes, gives it back: one transaction
}
// end

// shown: only to look
std::string print(stint::database& db, stint::id<invoice> which) {
    stint::unit_of_work look{db, {.lock = stint::optimistic_lock::shared()}};
    return look.get(which)->text;
}
// end

// shown: by hand
void close_month(stint::lock_table& locks, stint::lease_keeper& keeper, std::string const& session) {
    auto const answer = locks.try_acquire({"month/2026-11"}, {.owner = session, .label = "Ann", .lease = 30s});
    if (!answer) throw stint::lock_refused({"month/2026-11"}, answer.holders());
    auto const& month = answer.leases().front();
    keeper.keep(month, [](stint::lease const&, stint::lease_news) { /* runs in the keeper's thread: note it, soon */ });
    // ... another store is written with month.fence, and refuses a lower one
    keeper.forget(month);
    locks.release({&month, 1});
}
// end

bool take_away(stint::lock_table& locks, stint::held_lock const& shown) {
    auto const answer = locks.break_lock(shown.name, shown.fence,
                                         {.breaker = "Bert", .reason = "Ann is ill", .grace = 1min});
    return answer.done;
}

}  // namespace locking_page

using namespace locking_page;

namespace {

class invoices : public scratch_database {
public:
    invoices() {
        stint::create_tables<invoice>(db());
        stint::create_lock_tables(db());
        stint::run(db(), [](stint::unit_of_work& work) { work.add(invoice{stint::id<invoice>{1}, "flour"}); });
    }

    stint::lock_table  locks{db()};
    stint::id<invoice> key{1};

    std::string holder_of(std::string const& name) {
        auto const held = locks.find({name});
        return held.empty() ? "nobody" : held.front().owner;
    }
};

}  // namespace

TEST_SUITE_BEGIN("docs");

TEST_CASE_FIXTURE(invoices, "a conversation of two units goes on with its lock, and gives it back") {
    open_form(db(), "ann-1", key);
    CHECK(holder_of("invoices/1") == "ann-1");
    CHECK_THROWS_AS(open_form(db(), "bert-1", key), stint::lock_refused);
    CHECK(print(db(), key) == "flour");
    send(db(), "ann-1", key);
    CHECK(holder_of("invoices/1") == "nobody");
    CHECK(ask("SELECT COUNT(*) FROM invoices WHERE is_sent") == "1");
}

TEST_CASE_FIXTURE(invoices, "a lock that is broken after its grace refuses the commit, and says so") {
    stint::unit_of_work work{db(), {.owner = "ann-1"}};
    work.get(key).edit().text = "flour, 15.60 kg";
    auto const shown = locks.find({"invoices/1"}).front();
    CHECK(take_away(locks, shown));
    CHECK_FALSE(take_away(locks, stint::held_lock{.name = shown.name, .fence = shown.fence + 1}));
    locks.break_lock(shown.name, shown.fence, {.breaker = "Bert"});  // now
    try {
        work.commit();
        FAIL("not refused");
    } catch (stint::conflict_error const& refused) {
        CHECK(refused.conflicts().front().reason == stint::lock_reason::lost());
        CHECK(refused.conflicts().front().lock->owner.empty());
    }
}

TEST_CASE_FIXTURE(invoices, "a lock by name is kept and released") {
    stint::lease_keeper keeper{locks, {.lease = 30s}};
    close_month(locks, keeper, "ann-1");
    CHECK(holder_of("month/2026-11") == "nobody");
    CHECK(keeper.kept() == 0);
}

TEST_SUITE_END();
