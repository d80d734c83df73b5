// What is asked of the lock table, to the letter: golden/postgresql_locks.sql and golden/sqlite_locks.sql.

#include <doctest/doctest.h>

#include <chrono>
#include <fstream>
#include <sstream>
#include <string>
#include <vector>

#include "../../engines/postgresql/postgresql_lock_store.hpp"
#include "../../engines/sqlite/sqlite_lock_store.hpp"
#include "support/recording_engine.hpp"

using namespace std::chrono_literals;

namespace {

/// Every call once, under its name.
std::string statements_of(stint::lock_store const& store) {
    record               asked;
    recording_connection link{asked};
    std::string          text;

    auto const note = [&](char const* name, auto const& call) {
        asked.clear();
        call();
        text += std::string("-- ") + name + "\n";
        for (auto const& statement : asked) text += statement + ";\n";
        text += '\n';
    };
    std::vector<std::string> const  name{"documents/1"}, names{"documents/1", "documents/2"};
    std::vector<stint::lease> const lease{{.name = "documents/1", .owner = "Ann", .fence = 7}},
        leases{lease.front(), {.name = "documents/2", .owner = "Ann", .fence = 8}};
    stint::lock_request const request{.owner = "Ann"};
    auto const                until = stint::deadline::none();
    using stint::ticket;

    note("create", [&] { asked.assign(store.create().begin(), store.create().end()); });
    note("drop", [&] { asked.assign(store.drop().begin(), store.drop().end()); });
    note("acquire one", [&] { store.acquire(link, name, request, ticket::none, until); });
    note("acquire two", [&] { store.acquire(link, names, request, ticket::none, until); });
    note("acquire one, in line", [&] { store.acquire(link, name, request, ticket{3}, until); });
    note("renew", [&] { store.renew(link, lease, 1min, 1h, until); });
    note("renew what is free", [&] { store.renew_free(link, lease, 1min, 1h, until); });
    note("renew all", [&] { store.renew_all(link, "Ann", 1min, until); });
    note("release one", [&] { store.release(link, lease, until); });
    note("release two", [&] { store.release(link, leases, until); });
    note("release all", [&] { store.release_all(link, "Ann", until); });
    note("list", [&] { store.list(link, {}, {}, until); });
    note("list of an owner", [&] { store.list(link, "Ann", {}, until); });
    note("list of names", [&] { store.list(link, {}, name, until); });
    note("break", [&] { store.break_lock(link, "documents/1", 7, {.breaker = "Bob"}, until); });
    note("purge", [&] { store.purge(link, 1h, until); });
    note("stand in line", [&] { store.stand_in_line(link, name, "Ann", 3s, until); });
    note("leave the line", [&] { store.leave_line(link, name, "Ann", until); });
    note("waiting for", [&] { store.waiting_for(link, "documents/1", until); });
    return text;
}

std::string golden(char const* engine) {
    std::ifstream      file{std::string(GOLDEN_LOCKS) + "/" + engine + "_locks.sql"};
    std::ostringstream text;
    text << file.rdbuf();
    return text.str();
}

}  // namespace

TEST_SUITE_BEGIN("lock_store");

TEST_CASE("what is asked of the lock table on PostgreSQL") {
    CHECK(statements_of(stint::postgresql_lock_store{}) == golden("postgresql"));
}

TEST_CASE("what is asked of the lock table on SQLite") {
    CHECK(statements_of(stint::sqlite_lock_store{}) == golden("sqlite"));
}

TEST_SUITE_END();
