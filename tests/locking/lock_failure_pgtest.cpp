// What a PostgreSQL server and its settings can do to the lock table: transactions of the caller, levels of isolation,
// rights, connections that are cut, processes whose last statement goes on without them.

#include <mutex>

#include <doctest/doctest.h>

#include <stint/error.hpp>
#include <stint/transaction.hpp>

#include "../support/of_a_session.hpp"
#include "locking/ledger.hpp"
#include "locking/lock_scratch.hpp"
#include "support/numbered.hpp"
#include "support/partner.hpp"

using namespace std::chrono_literals;

namespace {

constexpr auto never = stint::deadline::none();

std::string with_option(std::string url, std::string const& option) {
    auto const at = url.find("options=") + 8;
    return url.insert(at, option + "%20");
}

struct on_a_server : lock_scratch {
    std::string waiting_process() {
        return ask(
            "SELECT max(pid) FROM pg_stat_activity WHERE wait_event_type = 'Lock' AND datname = current_database()");
    }
    std::string cut(std::string const& processes) {
        return ask(
            "SELECT count(pg_terminate_backend(pid, 5000)) FROM pg_stat_activity WHERE datname = current_database() AND " +
            processes);
    }
    /// Everything a table can do, with something done in between.
    void use(stint::lock_table& table, std::function<void()> const& in_between) {
        auto const mine = table.try_acquire({"b", "a"}, {.owner = "ann", .lease = 1min});
        REQUIRE(mine);
        in_between();
        CHECK_FALSE(table.try_acquire({"b"}, {.owner = "bob"}));
        in_between();
        CHECK(table.try_acquire({"b"}, {.owner = "ann"}).leases().front().fence == mine.leases()[1].fence);
        in_between();
        CHECK(table.renew(mine.leases(), 20min).front().outcome == stint::renewal::state::renewed);
        in_between();
        CHECK(table.renew_all("ann", 20min).size() == 2);
        in_between();
        CHECK(table.list().size() == 2);
        in_between();
        CHECK(table.break_lock("a", mine.leases().front().fence, {.breaker = "boss"}).done);
        in_between();
        CHECK(table.acquire({"a"}, {.owner = "bob"}, stint::deadline::after(60s)).front().owner == "bob");
        in_between();
        CHECK(table.release(mine.leases()).size() == 1);
        in_between();
        CHECK_THROWS_AS(table.acquire({"a"}, {.owner = "carl"}, stint::deadline::after(30ms)), stint::lock_refused);
        in_between();
        CHECK(table.release_all("bob") == 1);
        in_between();
        CHECK(table.purge(1min) == 0);
        CHECK(table.list().empty());
    }
};

/// A role of its own that may use the schema and nothing in it, until more is granted.
struct guest : on_a_server {
    guest() {
        sql("CREATE ROLE " + name + " LOGIN PASSWORD 'guest'");
        sql("GRANT USAGE ON SCHEMA " + schema + " TO " + name);
    }
    ~guest() {
        sql("DROP OWNED BY " + name);
        sql("DROP ROLE " + name);
    }
    std::string guest_url() const {
        auto const from = url().find("://") + 3;
        return url().substr(0, from) + name + ":guest" + url().substr(url().find('@'));
    }

    std::string schema = ask("SELECT current_schema()");
    std::string name = "guest_of_" + schema;
};

template <class Error>
void fails_at_once(std::function<void()> const& call) {
    auto const began = stint::deadline::clock::now();
    CHECK_THROWS_AS(call(), Error);
    CHECK(stint::deadline::clock::now() - began < 20s);
}

}  // namespace

TEST_SUITE_BEGIN("lock_failure");

TEST_CASE_FIXTURE(on_a_server,
                  "a refusal leaves the caller's open transaction usable and the row of the lock unlocked") {
    sql("CREATE TABLE notes (text TEXT)");
    auto const held = taken("a", "ann");
    auto const connection = db().lend();
    for (auto const level : {stint::isolation::read_committed, stint::isolation::serializable}) {
        stint::transaction own{*connection, level};
        connection->execute("INSERT INTO notes VALUES ('before')", never);
        CHECK_FALSE(locks.try_acquire({"a", "b"}, {.owner = "bob"}));
        CHECK_THROWS_AS(locks.acquire({"a"}, {.owner = "bob"}, stint::deadline::after(20ms)), stint::lock_refused);
        CHECK(locks.renew(std::vector{held}, 10min, 1h, stint::deadline::after(5s)).front().outcome ==
              stint::renewal::state::renewed);
        sql("DO $$ BEGIN PERFORM 1 FROM stint_locks FOR UPDATE NOWAIT; END $$");
        connection->execute("INSERT INTO notes VALUES ('after')", never);
        own.commit();
    }
    CHECK(ask("SELECT count(*) FROM notes") == "4");
}

TEST_CASE_FIXTURE(on_a_server, "an error of the lock table leaves the caller's open transaction usable") {
    sql("CREATE TABLE notes (text TEXT)");
    auto const         connection = db().lend();
    stint::transaction own{*connection};
    connection->execute("INSERT INTO notes VALUES ('before')", never);
    stint::drop_lock_tables(db());
    CHECK_THROWS_AS(locks.try_acquire({"a"}, {.owner = "bob"}), stint::schema_error);
    connection->execute("INSERT INTO notes VALUES ('after')", never);
    own.commit();
    CHECK(ask("SELECT count(*) FROM notes") == "2");
}

TEST_CASE_FIXTURE(on_a_server, "who waits for a lock keeps its owner from nothing" * of_a_session) {
    auto const held = taken("a", "ann");
    auto       bob = std::async(std::launch::async,
                                [&] { return locks.acquire({"a"}, {.owner = "bob"}, stint::deadline::after(100s)); });
    REQUIRE(comes_true([&] { return !locks.waiting_for("a").empty(); }));
    stint::database   hurried{with_option(url(), "-clock_timeout%3D2s")};
    stint::lock_table table{hurried};
    for (int i = 0; i < 100; ++i)
        CHECK(table.renew(std::vector{held}, 10min).front().outcome == stint::renewal::state::renewed);
    CHECK(table.release(std::vector{held}).empty());
    CHECK(bob.get().front().owner == "bob");
}

TEST_CASE_FIXTURE(guest, "who may not use the tables is told so at once, by every call" * of_a_session) {
    stint::database   theirs{guest_url()};
    stint::lock_table table{theirs};
    std::vector const leases{stint::lease{"a", "ann", 1}};
    fails_at_once<stint::access_denied>([&] { table.try_acquire({"a"}, {.owner = "ann"}); });
    fails_at_once<stint::access_denied>([&] { table.acquire({"a"}, {.owner = "ann"}, stint::deadline::after(1h)); });
    fails_at_once<stint::access_denied>([&] { table.renew(leases, 1min); });
    fails_at_once<stint::access_denied>([&] { table.release(leases); });
    fails_at_once<stint::access_denied>([&] { table.list(); });
    fails_at_once<stint::access_denied>([&] { table.break_lock("a", 1, {.breaker = "boss"}); });
    fails_at_once<stint::access_denied>([&] { table.purge(1min); });

    sql("GRANT SELECT ON ALL TABLES IN SCHEMA " + schema + " TO " + name);
    CHECK(table.list().empty());
    fails_at_once<stint::access_denied>([&] { table.acquire({"a"}, {.owner = "ann"}, stint::deadline::after(1h)); });
    sql("GRANT ALL ON ALL TABLES IN SCHEMA " + schema + " TO " + name);
    sql("GRANT ALL ON ALL SEQUENCES IN SCHEMA " + schema + " TO " + name);
    use(table, [] {});
}

TEST_CASE_FIXTURE(guest,
                  "a server that lets nobody in is no lock that is held, and ends a wait at once" * of_a_session) {
    sql("GRANT ALL ON ALL TABLES IN SCHEMA " + schema + " TO " + name);
    sql("GRANT ALL ON ALL SEQUENCES IN SCHEMA " + schema + " TO " + name);
    stint::database   theirs{guest_url()};
    stint::lock_table table{theirs};
    taken("a", "ann");
    auto waiter = std::async(std::launch::async, [&] {
        fails_at_once<stint::connection_error>(
            [&] { table.acquire({"a"}, {.owner = "bob"}, stint::deadline::after(1h)); });
    });
    REQUIRE(comes_true([&] { return !locks.waiting_for("a").empty(); }));
    sql("ALTER ROLE " + name + " NOLOGIN");
    cut("usename = '" + name + "'");
    waiter.get();
    fails_at_once<stint::connection_error>([&] { table.try_acquire({"b"}, {.owner = "bob"}); });
    fails_at_once<stint::connection_error>([&] { table.acquire({"b"}, {.owner = "bob"}, stint::deadline::after(1h)); });
    fails_at_once<stint::connection_error>([&] { table.list(); });
}

TEST_CASE_FIXTURE(on_a_server,
                  "whatever level of isolation is the server's default, locks are granted as ever, without errors" *
                      of_a_session) {
    constexpr int workers = 4, rounds = 25;
    ledger        pages{db()};
    pages.create();
    for (auto const* level : {"serializable", "repeatable%5C%20read"}) {
        INFO(level);
        sql("DELETE FROM ledger");
        stint::database    strict{with_option(url(), std::string("-cdefault_transaction_isolation%3D") + level),
                                  {.connections = workers}};
        stint::lock_table  table{strict};
        std::mutex         mutex;
        std::vector<grant> history;
        in_threads(workers, [&](int number) {
            auto const done = carry_out({.pages = 1, .rounds = rounds, .renews = true}, numbered("w", number), table,
                                        pages);
            auto const hold = std::lock_guard(mutex);
            history.insert(history.end(), done.begin(), done.end());
        });
        CHECK(pages.written() == workers * rounds);
        CHECK(pages.twice() == 0);
        CHECK(pages.falling() == 0);
        CHECK(overlaps(history).empty());
        CHECK(falling_fences(history).empty());
        use(table, [] {});
    }
}

TEST_CASE_FIXTURE(on_a_server,
                  "at any level of isolation a row that changed while one waited for it is judged by what it is then" *
                      of_a_session) {
    for (auto const* level : {"serializable", "repeatable%5C%20read"}) {
        INFO(level);
        stint::database   strict{with_option(url(), std::string("-cdefault_transaction_isolation%3D") + level)};
        stint::lock_table table{strict};
        taken("a", "ann");
        expire("a");
        auto const other = db().connect();
        other->begin(stint::isolation::read_committed, never);
        other->execute("UPDATE stint_locks SET owner = 'carl', expires_at = clock_timestamp() + interval '1 h'", never);
        auto late = std::async(std::launch::async, [&] { return table.try_acquire({"a"}, {.owner = "bob"}); });
        REQUIRE(comes_true([&] { return !waiting_process().empty(); }));
        other->commit(never);
        auto const refused = late.get();
        REQUIRE_FALSE(refused);
        CHECK(refused.holders().front().owner == "carl");
        locks.release_all("carl");

        auto const before = strict.counters().statements;  // from then on, no call meets the server's default
        CHECK(table.list().empty());
        CHECK(strict.counters().statements - before == 3);
    }
}

TEST_CASE_FIXTURE(on_a_server, "a batch that had some of its locks when another came first has none, and is told who") {
    auto const other = db().connect();
    other->begin(stint::isolation::read_committed, never);
    other->execute(
        "INSERT INTO stint_locks VALUES ('b', 'ann', '', '', 1, clock_timestamp(), clock_timestamp() + interval '1 h')",
        never);
    auto bob = std::async(std::launch::async, [&] { return locks.try_acquire({"c", "b", "a"}, {.owner = "bob"}); });
    REQUIRE(comes_true([&] { return !waiting_process().empty(); }));
    other->commit(never);
    auto const refused = bob.get();
    REQUIRE_FALSE(refused);
    REQUIRE(refused.holders().size() == 1);
    CHECK(refused.holders().front().owner == "ann");
    CHECK(locks.list_of("bob").empty());
    CHECK(locks.try_acquire({"a", "c"}, {.owner = "carl"}));
}

TEST_CASE_FIXTURE(
    on_a_server,
    "a connection that is cut while an acquire waits is an error, nothing is granted, and asking again is") {
    taken("a", "ann");
    expire("a");
    auto const other = db().connect();
    other->begin(stint::isolation::read_committed, never);
    other->execute("UPDATE stint_locks SET label = 'looked at'", never);
    auto bob = std::async(std::launch::async, [&] { return locks.try_acquire({"a"}, {.owner = "bob"}); });
    REQUIRE(comes_true([&] { return !waiting_process().empty(); }));
    CHECK(cut("pid = " + waiting_process()) == "1");
    CHECK_THROWS_AS(bob.get(), stint::connection_error);
    other->rollback();
    CHECK(locks.list().empty());
    auto const granted = taken("a", "bob");
    CHECK(taken("a", "bob").fence == granted.fence);
}

TEST_CASE_FIXTURE(on_a_server,
                  "what is granted to a process that was killed meanwhile is granted to it when it asks again") {
    taken("a", "ann");
    expire("a");
    auto const other = db().connect();
    other->begin(stint::isolation::read_committed, never);
    other->execute("UPDATE stint_locks SET label = 'looked at'", never);
    partner dead{LOCK_ACTOR, {url()}};
    dead.say("acquire a session-1 600000");
    REQUIRE(comes_true([&] { return !waiting_process().empty(); }));
    dead.kill();
    other->commit(never);  // the server goes on, and has nobody to tell
    REQUIRE(comes_true([&] { return !locks.find({"a"}).empty(); }));
    auto const held = locks.find({"a"}).front();
    CHECK(held.owner == "session-1");
    partner again{LOCK_ACTOR, {url()}};
    CHECK(again.ask("acquire a session-1 600000") == "granted " + std::to_string(held.fence));
    CHECK(locks.find({"a"}).front().since == held.since);
}

TEST_CASE_FIXTURE(on_a_server, "nothing hangs on a session: every call may come from another" * of_a_session) {
    stint::database   theirs{url() + "&application_name=stint_cut", {.connections = 2}};
    stint::lock_table table{theirs};
    auto const        before = theirs.counters().connections;
    int               calls = 0;
    use(table, [&] {
        ++calls;
        cut("application_name = 'stint_cut'");
    });
    CHECK(theirs.counters().connections - before >= static_cast<std::uint64_t>(calls));
}

TEST_CASE_FIXTURE(on_a_server, "nothing hangs on what a session remembers") {
    stint::database   theirs{url(), {.connections = 1}};
    stint::lock_table table{theirs};
    for (int i = 0; i < 3; ++i) use(table, [&] { theirs.lend()->execute("DISCARD ALL", never); });
}

TEST_SUITE_END();
