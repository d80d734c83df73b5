#include <netinet/in.h>
#include <netinet/tcp.h>
#include <signal.h>
#include <sys/socket.h>

#include <algorithm>
#include <condition_variable>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <mutex>
#include <regex>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <stint/transaction.hpp>

#include "../support/of_a_session.hpp"
#include "tables.hpp"

using namespace tables;
using namespace std::chrono_literals;
using stint::connection_error;
using stint::database;

namespace {

std::string server() {
    return std::getenv("STINT_TEST_POSTGRES");
}

std::string replaced(std::string const& pattern, std::string const& replacement) {
    return std::regex_replace(server(), std::regex(pattern), replacement, std::regex_constants::format_first_only);
}

connection_error refused(std::string const& url) {
    try {
        database opened{url};
    } catch (connection_error const& e) {
        CHECK(std::string(e.what()).find("postgresql://") == 0);
        return e;
    }
    FAIL("it was opened");
    throw;
}

std::string process_of(stint::connection& connection) {
    return queried(connection, "SELECT pg_backend_pid()", {}, {{}});
}

void kill(stint::connection& killer, std::string const& process) {
    killer.execute("SELECT pg_terminate_backend(" + process + ", 5000)", no_deadline);
}

/// Of this process. What is no socket, or isn't connected to anybody, has no address.
std::vector<int> open_links() {
    constexpr int    most = 1024;
    std::vector<int> result;
    for (int number = 3; number < most; ++number) {
        sockaddr_storage peer{};
        socklen_t        size = sizeof peer;
        if (::getpeername(number, reinterpret_cast<sockaddr*>(&peer), &size) == 0 && peer.ss_family != AF_UNIX)
            result.push_back(number);
    }
    return result;
}

int option(int link, int level, int name) {
    int       set = 0;
    socklen_t size = sizeof set;
    CHECK(::getsockopt(link, level, name, &set, &size) == 0);
    return set;
}

// Stopped until the end of a scope, or for 15 s: a test that fails must not hang with a server that can't shut down.
class frozen_process {
public:
    explicit frozen_process(int process, std::chrono::milliseconds time = 15s)
        : process_(process != 0 && ::kill(process, SIGSTOP) == 0 ? process : 0), thaw_([this, time] {
              auto hold = std::unique_lock(mutex_);
              over_.wait_for(hold, time, [this] { return is_over_; });
              if (process_ != 0) ::kill(process_, SIGCONT);
          }) {}
    frozen_process(frozen_process const&) = delete;
    frozen_process& operator=(frozen_process const&) = delete;
    ~frozen_process() {
        {
            auto const hold = std::lock_guard(mutex_);
            is_over_ = true;
        }
        over_.notify_one();
        thaw_.join();
    }

    bool is_frozen() const noexcept { return process_ != 0; }

private:
    int                     process_;
    std::mutex              mutex_;
    std::condition_variable over_;
    bool                    is_over_ = false;
    std::thread             thaw_;
};

/// What an error says, and what those say that are nested in it.
std::string said_in_all(std::exception const& e) {
    std::string said = e.what();
    try {
        std::rethrow_if_nested(e);
    } catch (std::exception const& inner) {
        said += '\n' + said_in_all(inner);
    }
    return said;
}

}  // namespace

TEST_SUITE("core: PostgreSQL database") {
    TEST_CASE("a wrong password is refused, and never shown") {
        auto const e = refused(replaced(":[^:@/]*@", ":s3cret@"));
        CHECK(e.cause() == connection_error::failure::refused);
        CHECK(e.code() == "28P01");
        CHECK(e.what_next() == stint::advice::ask_a_person);
        CHECK(std::string(e.what()).find("s3cret") == std::string::npos);
        CHECK(std::string(e.what()).find("password authentication failed") != std::string::npos);
    }

    TEST_CASE("a database that isn't there is refused") {
        auto const e = refused(replaced("/[^/?]*(\\?|$)", "/no_such_database$1"));
        CHECK(e.cause() == connection_error::failure::refused);
        CHECK(e.code() == "3D000");
    }

    TEST_CASE("a port where nobody listens is unreachable") {
        auto const e = refused("postgresql://127.0.0.1:1/books");
        CHECK(e.cause() == connection_error::failure::unreachable);
        CHECK(e.code().empty());
        CHECK(e.what_next() == stint::advice::wait_and_retry);
        CHECK(std::string(e.what()).find("postgresql://127.0.0.1:1/books can't be reached") == 0);
    }

    TEST_CASE("a host that isn't there is unreachable") {
        CHECK(refused("postgresql://no-such-host.invalid/books").cause() == connection_error::failure::unreachable);
    }

    TEST_CASE("too many connections are refused for the moment") {
        scratch_database scratch;
        if (scratch.ask("SELECT rolsuper FROM pg_roles WHERE rolname = current_user") != "true") {
            MESSAGE("skipped: making a role needs a superuser");
            return;
        }
        scratch.sql("DROP ROLE IF EXISTS lonely");
        scratch.sql("CREATE ROLE lonely LOGIN PASSWORD 'alone' CONNECTION LIMIT 0");
        auto const e = refused(replaced("//[^@]*@", "//lonely:alone@"));
        CHECK(e.cause() == connection_error::failure::refused);
        CHECK(e.code() == "53300");
        CHECK(e.what_next() == stint::advice::wait_and_retry);
        scratch.sql("DROP ROLE lonely");
    }

    TEST_CASE("malformed URLs are refused in libpq's words, without the password") {
        for (auto const* url : {"postgresql://host/books?no_such_option=1", "postgresql://host:port/books",
                                "postgresql://[::1/books", "postgresql://clerk:s3cret@host/books?x"}) {
            CAPTURE(url);
            try {
                database opened{url};
                FAIL("it was accepted");
            } catch (stint::usage_error const& e) {
                CHECK(std::string(e.what()).find("is no PostgreSQL URL: ") != std::string::npos);
                CHECK(std::string(e.what()).find("s3cret") == std::string::npos);
            }
        }
    }

    TEST_CASE("the address shows neither password nor parameters") {
        database db{server()};
        CHECK(db.address() == std::regex_replace(replaced(":[^:@/]*@", "@"), std::regex("\\?.*"), ""));
    }

    TEST_CASE("connections say who they are and how they talk") {
        database   db{server()};
        auto const connection = db.lend();
        CHECK(queried(*connection, "SELECT current_setting('application_name')", {}, {{data_type::text}}) == "'stint'");
        CHECK(queried(*connection, "SELECT current_setting('client_encoding')", {}, {{data_type::text}}) == "'UTF8'");
        database named{server() + (server().find('?') == std::string::npos ? "?" : "&") +
                       "application_name=my%20books"};
        CHECK(queried(*named.lend(), "SELECT current_setting('application_name')", {}, {{data_type::text}}) ==
              "'my books'");
    }

    TEST_CASE("a host that dies without a word is noticed within a minute") {
        auto const       before = open_links();
        database         opened{server()};
        auto const       lent = opened.lend();
        std::vector<int> mine;
        std::ranges::set_difference(open_links(), before, std::back_inserter(mine));
        REQUIRE(mine.size() == 1);
        CHECK(option(mine.front(), SOL_SOCKET, SO_KEEPALIVE) == 1);
        CHECK(option(mine.front(), IPPROTO_TCP, TCP_KEEPIDLE) == 30);
        CHECK(option(mine.front(), IPPROTO_TCP, TCP_KEEPINTVL) == 10);
        CHECK(option(mine.front(), IPPROTO_TCP, TCP_KEEPCNT) == 3);
        CHECK(option(mine.front(), IPPROTO_TCP, TCP_USER_TIMEOUT) == 60'000);
    }

    TEST_CASE_FIXTURE(books, "times are read whatever the session's zone and style" * of_a_session) {
        auto const connection = db().lend();
        connection->execute("SET TimeZone = 'America/St_Johns'", no_deadline);
        CHECK(queried(*connection, "SELECT '2026-01-31 08:00:00Z'::timestamptz, '1850-01-31 08:00:00Z'::timestamptz",
                      {}, {{data_type::instant}, {data_type::instant}}) ==
              "2026-01-31T08:00:00.000000Z, 1850-01-31T08:00:00.000000Z");
        CHECK_THROWS_AS(
            queried(*connection, "SELECT '294276-12-31 08:00:00Z'::timestamptz", {}, {{data_type::instant}}),
            stint::value_error);
        database german{url() + "%20-cDateStyle%3DGerman"};  // one more of the options at the end of the URL
        CHECK(queried(*german.lend(), "SELECT '2026-01-31 08:00:00Z'::timestamptz", {}, {{data_type::instant}}) ==
              "2026-01-31T08:00:00.000000Z");
    }

    TEST_CASE_FIXTURE(books,
                      "a statement on a killed connection fails as lost, and the next lease is a new connection" *
                          of_a_session) {
        database shared{url(), {.connections = 1}};
        {
            auto const lent = shared.lend();
            kill(*db().lend(), process_of(*lent));
            try {
                selected(*lent, {.table = "stocks", .columns = {id}});
                FAIL("it still answers");
            } catch (connection_error const& e) {
                CHECK(e.cause() == connection_error::failure::lost);
                CHECK((e.code() == "57P01" || e.code().empty()));  // the server's farewell, or its absence
                CHECK(e.what_next() == stint::advice::wait_and_retry);
            }
            CHECK_FALSE(lent->is_clean());
            CHECK_NOTHROW(lent->rollback());
        }
        CHECK(selected(*shared.lend(), {.table = "stocks", .columns = {id}, .order_by = {{id}}}) == "1; 2");
        CHECK(shared.counters().connections == 2);
    }

    TEST_CASE_FIXTURE(books, "what is told on a channel is heard, and a lost connection is noticed" * of_a_session) {
        auto const listener = db().connect();
        CHECK_THROWS_AS(listener->wait_for_notices(stint::deadline::after(1ms)), stint::usage_error);
        REQUIRE(listener->listen("Some \"news\"", no_deadline));
        CHECK(listener->wait_for_notices(stint::deadline::after(1ms)).empty());

        db().lend()->execute("SELECT pg_notify('Some \"news\"', 'one'), pg_notify('other news', 'two')", no_deadline);
        CHECK(listener->wait_for_notices(stint::deadline::after(30s)) == std::vector<std::string>{"one"});

        auto const process = process_of(*listener);
        kill(*db().lend(), process);
        CHECK_THROWS_AS(listener->wait_for_notices(stint::deadline::after(30s)), connection_error);
    }

    TEST_CASE_FIXTURE(books, "a connection that was killed while it was idle is never lent" * of_a_session) {
        database          shared{url(), {.connections = 1}};
        std::string const process = process_of(*shared.lend());
        kill(*db().lend(), process);
        CHECK(selected(*shared.lend(), {.table = "stocks", .columns = {id}, .order_by = {{id}}}) == "1; 2");
        CHECK(shared.counters().connections == 2);
    }

    TEST_CASE_FIXTURE(books, "a connection that was lost in a transaction is dropped") {
        database shared{url(), {.connections = 1}};
        {
            auto const         lent = shared.lend();
            stint::transaction work{*lent};
            lent->execute("DELETE FROM stocks", no_deadline);
            kill(*db().lend(), process_of(*lent));
            CHECK_THROWS_AS(work.commit(), stint::commit_in_doubt);
        }
        CHECK(selected(*shared.lend(), {.table = "stocks", .columns = {id}, .order_by = {{id}}}) == "1; 2");
    }

    TEST_CASE_FIXTURE(books, "transactions say their level, whatever the server's default") {
        auto const connection = db().lend();
        connection->execute("SET default_transaction_isolation = 'serializable'", no_deadline);
        auto const level_within = [&](stint::isolation level) {
            stint::transaction work{*connection, level};
            return queried(*connection, "SELECT current_setting('transaction_isolation')", {}, {{data_type::text}});
        };
        CHECK(level_within(stint::isolation::read_committed) == "'read committed'");
        CHECK(level_within(stint::isolation::repeatable_read) == "'repeatable read'");
        CHECK(level_within(stint::isolation::serializable) == "'serializable'");
    }

    TEST_CASE_FIXTURE(books, "a deadline costs no round trip, and what it stopped leaves the connection as it was") {
        auto const connection = db().lend();
        auto const ask = [&](stint::deadline until) {
            collected rows;
            connection->query("SELECT current_setting('statement_timeout')", {},
                              std::vector<stint::column_type>{{data_type::text}}, rows.sink(), until);
            return rows.text();
        };
        auto const at_start = ask(no_deadline);
        auto const before = db().counters();
        {
            auto const         until = stint::deadline::after(1h);
            stint::transaction work{*connection, stint::isolation::read_committed, until};
            CHECK(ask(until) == at_start);
            work.commit();
        }
        CHECK((db().counters() - before).round_trips == 3);
        for (int i = 0; i < 20; ++i) {
            CHECK_THROWS_AS(connection->execute("SELECT pg_sleep(15)", stint::deadline::after(5ms)),
                            stint::deadline_exceeded);
            CHECK(ask(no_deadline) == at_start);
        }
        CHECK(connection->is_clean());
    }

    TEST_CASE_FIXTURE(books, "a server that was asked to stop before it had begun is asked again" * of_a_session) {
        auto const           connection = db().lend();
        auto const           process = std::stoi(process_of(*connection));
        frozen_process const frozen{process, 500ms};
        if (!frozen.is_frozen()) {
            MESSAGE("skipped: the server's processes are somebody else's");
            return;
        }
        CHECK_THROWS_AS(connection->execute("SELECT pg_sleep(60)", stint::deadline::after(50ms)),
                        stint::deadline_exceeded);
        CHECK(connection->is_clean());
        CHECK(process_of(*connection) == std::to_string(process));
    }

    TEST_CASE_FIXTURE(books, "a server that froze is given up some seconds after the deadline" * of_a_session) {
        auto const           connection = db().lend();
        auto const           process = std::stoi(process_of(*connection));
        auto const           start = std::chrono::steady_clock::now();
        frozen_process const frozen{process};
        if (!frozen.is_frozen()) {
            MESSAGE("skipped: the server's processes are somebody else's");
            return;
        }
        CHECK_THROWS_AS(connection->execute("SELECT 1", stint::deadline::after(50ms)), connection_error);
        CHECK(std::chrono::steady_clock::now() - start >= 5s);
        CHECK_FALSE(connection->is_clean());
    }

    TEST_CASE_FIXTURE(books, "behind a pooler statements have no names, and nobody listens") {
        database   pooled{url() + (url().find("pooler=") == std::string::npos ? "&pooler=transaction" : "")};
        auto const connection = pooled.lend();
        for (int round = 0; round < 2; ++round) {
            for (std::int64_t rows : {1, 20}) {
                stint::write_batch batch;
                auto const         insert = batch.shape({.action = row_action::insert,
                                                         .table = "stocks",
                                                         .key = {id},
                                                         .key_given = false,
                                                         .assignments = {{version}, {name}, {quantity}},
                                                         .returning = {id}});
                for (std::int64_t i = 0; i < rows; ++i)
                    batch.add(insert, {}, {}, {number(1), text("salt"), amount("1")});
                CHECK(std::holds_alternative<stint::flush_done>(connection->flush(batch, no_deadline)));
            }
            CHECK(selected(*connection, {.table = "stocks", .columns = {name}, .where = {{id, {}, {number(1)}}}}) ==
                  "'flour'");
        }
        CHECK(pooled.counters().prepared == 0);
        CHECK(queried(*connection, "SELECT count(*) FROM pg_prepared_statements", {}, {{}}) == "0");
        CHECK_FALSE(connection->listen("news", no_deadline));
    }

    TEST_CASE("a URL says of a pooler that it is one of transactions, or nothing") {
        for (auto const* const parameters : {"?pooler=session", "?pooler=", "?pooler=transaction&pooler=statement"}) {
            CAPTURE(parameters);
            CHECK_THROWS_AS(database(std::string("postgresql://127.0.0.1:1/books") + parameters), stint::usage_error);
        }
        for (auto const* const parameters :
             {"?pooler=transaction", "?application_name=books&pooler=transaction&connect_timeout=2"}) {
            CAPTURE(parameters);
            CHECK(refused(std::string("postgresql://127.0.0.1:1/books") + parameters).cause() ==
                  connection_error::failure::unreachable);
        }
    }

    TEST_CASE("no part of a password is shown, however the URL is written") {
        for (auto const* const url : {
                 "postgresql://clerk:s3?cret@127.0.0.1:1/books",
                 "postgresql://clerk:s3#cret@127.0.0.1:1/books",
                 "postgresql://clerk:s3#cr?et@127.0.0.1:1/books?user=a@b",
                 "postgresql://clerk:s3/cret@127.0.0.1:1/books",
                 "postgresql://clerk:3/cret@127.0.0.1:1/books",
                 "postgresql://clerk:3/s3#cret@127.0.0.1:1/books",
                 "postgresql://clerk:3/s3?cret@127.0.0.1:1/books",
                 "postgresql://clerk:s3@cret@127.0.0.1:1/books",
                 "postgresql://clerk:x@s3/cret@127.0.0.1:1/books",
                 "postgresql://clerk:x@s3?cret@127.0.0.1:1/books",
                 "postgresql://clerk@corp:s3cret@127.0.0.1:1/books",
                 "postgresql://clerk:s3%cret@127.0.0.1:1/books",
                 "postgresql://clerk:s3cret@127.0.0.1:port/books",
                 "postgresql://clerk:s3cret@127.0.0.1/books?x",
                 "postgresql://127.0.0.1/books?user=clerk&password=s3%cret",
                 "postgresql://127.0.0.1/books?p%61ssword=s3%cret",
                 "postgresql://127.0.0.1/books?PASSWORD=s3cret",
                 "postgresql://clerk%3As3cret@127.0.0.1:1/books",
                 "postgresql://clerk:s3cret/books",
                 "postgresql://127.0.0.1:1/books?host=clerk:s3cret@db",
                 "postgresql://127.0.0.1:1/books?user=clerk:s3cret",
                 "postgresql://127.0.0.1:1/books?dbname=postgresql://clerk:s3cret@db/books",
                 "postgresql://127.0.0.1:1/books password=s3cret",
                 "postgresql://127.0.0.1:1/books%20password%3Ds3cret",
                 "postgresql://host=127.0.0.1 password=s3cret",
                 "postgresql://clerk password=s3cret@127.0.0.1:1/books",
                 "postgresql://127.0.0.1:1/books?passfile=s3cret&no_such=1",
                 "postgresql://127.0.0.1:1/books?sslpassword=s3cret",
             }) {
            CAPTURE(url);
            try {
                database opened{url};
                FAIL("it was opened");
            } catch (stint::error const& e) {
                auto const said = said_in_all(e);
                CAPTURE(said);
                CHECK(said.find("s3") == std::string::npos);
                CHECK(said.find("cret") == std::string::npos);
                CHECK(said.find("cr?et") == std::string::npos);
            }
        }
    }

    TEST_CASE("a password that libpq understands is left out of the address, and nothing else") {
        auto const address = [](std::string const& url) {
            try {
                database opened{url};
            } catch (connection_error const& e) {
                auto const said = std::string(e.what());
                return said.substr(0, said.find(' '));
            }
            return std::string();
        };
        CHECK(address("postgresql://clerk:s3?c#ret@127.0.0.1:1/books") == "postgresql://clerk@127.0.0.1:1/books");
        CHECK(address("postgresql://127.0.0.1:1/books?user=clerk@corp&password=s3cret") ==
              "postgresql://127.0.0.1:1/books");
        CHECK(address("postgresql://clerk:@127.0.0.1:1/books?application_name=a@b") ==
              "postgresql://clerk@127.0.0.1:1/books");
        CHECK(address("postgresql://clerk@127.0.0.1:1/books") == "postgresql://clerk@127.0.0.1:1/books");
    }

    TEST_CASE_FIXTURE(books, "a server that is there but frozen doesn't hold a lease beyond its deadline") {
        database          shared{url(), {.connections = 1, .check_after_idle = 0ms}};
        std::string const process = process_of(*shared.lend());
        std::string       program;
        std::ifstream("/proc/" + process + "/comm") >> program;
        auto const frozen = frozen_process(program == "postgres" ? std::stoi(process) : 0);
        if (!frozen.is_frozen()) {
            MESSAGE("skipped: freezing a server's process needs one on this machine, and the right to do it");
            return;
        }
        CHECK(process_of(*shared.lend(stint::deadline::after(2s))) != process);
    }
}
