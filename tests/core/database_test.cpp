#include <atomic>
#include <barrier>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <thread>
#include <vector>

#include <doctest/doctest.h>

#include <stint/database.hpp>
#include <stint/error.hpp>

#include "tables.hpp"

using namespace tables;
using stint::connection_error;
using stint::database;

namespace {

class folder {
public:
    folder() {
        auto pattern = (std::filesystem::temp_directory_path() / "stint-test-XXXXXX").string();
        if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        path_ = pattern;
    }
    ~folder() { std::filesystem::remove_all(path_); }
    std::string operator/(std::string const& name) const { return (path_ / name).string(); }

private:
    std::filesystem::path path_;
};

connection_error refused(std::string const& url) {
    try {
        database opened{url};
    } catch (connection_error const& e) {
        CHECK(e.cause() == connection_error::failure::unreachable);
        CHECK(e.what_next() == stint::advice::ask_a_person);
        return e;
    }
    FAIL("it was opened");
    throw;
}

std::string pragma(database& db, std::string const& name) {
    return queried(*db.lend(), "PRAGMA " + name, {}, {{}});
}

}  // namespace

TEST_SUITE("core: SQLite database") {
    TEST_CASE("a file is made when it isn't there, and set up") {
        folder   place;
        database db{"sqlite:" + place / "books.db"};
        CHECK(std::filesystem::exists(place / "books.db"));
        CHECK(db.address() == "sqlite:" + place / "books.db");
        CHECK(db.kind().name() == "sqlite");
        CHECK(queried(*db.lend(), "PRAGMA journal_mode", {}, {{data_type::text}}) == "'wal'");
        CHECK(pragma(db, "foreign_keys") == "1");
        CHECK(pragma(db, "synchronous") == "2");
    }

    TEST_CASE("a database in memory has one connection whatever the options say") {
        database   db{"sqlite::memory:", {.connections = 5, .lend_within = std::chrono::milliseconds{0}}};
        auto const only = db.lend();
        CHECK_THROWS_AS(db.lend(), connection_error);
    }

    TEST_CASE("a database in memory can't be connected to a second time") {
        database memory{"sqlite::memory:"};
        CHECK_THROWS_AS(memory.connect(), stint::usage_error);
    }

    TEST_CASE("nothing can be listened to in a file") {
        database   memory{"sqlite::memory:"};
        auto const connection = memory.lend();
        CHECK_FALSE(connection->listen("news", no_deadline));
        CHECK_THROWS_AS(connection->wait_for_notices(no_deadline), stint::usage_error);
    }

    TEST_CASE("a missing folder is named") {
        folder     place;
        auto const e = refused("sqlite:" + place / "none/books.db");
        CHECK(std::string(e.what()).find("the folder " + place / "none" + " does not exist") != std::string::npos);
        CHECK(e.code() == "14");
    }

    TEST_CASE("an existing file is asked for by mode=rw") {
        folder     place;
        auto const e = refused("sqlite:" + place / "books.db?mode=rw");
        CHECK(std::string(e.what()).find("there is no file " + place / "books.db") != std::string::npos);
        CHECK_FALSE(std::filesystem::exists(place / "books.db"));
        database{"sqlite:" + place / "books.db"};
        CHECK_NOTHROW(database{"sqlite:" + place / "books.db?mode=rw"});
    }

    TEST_CASE("a folder and a file of something else are no databases") {
        folder place;
        CHECK(std::string(refused("sqlite:" + place / "").what()).find("is a folder") != std::string::npos);
        std::ofstream(place / "letter.txt") << std::string(4096, 'x');
        auto const e = refused("sqlite:" + place / "letter.txt");
        CHECK(e.code() == "26");
        CHECK(std::string(e.what()).find("is not a SQLite database") != std::string::npos);
    }

    TEST_CASE("a database that was opened to read can't be written") {
        folder     place;
        auto const url = "sqlite:" + place / "books.db";
        database{url}.lend()->execute("CREATE TABLE stocks (id INTEGER PRIMARY KEY)", no_deadline);
        database reader{url + "?mode=ro"};
        CHECK(reader.address() == url);
        CHECK(selected(*reader.lend(), {.table = "stocks", .columns = {id}}).empty());
        CHECK_THROWS_AS(reader.lend()->execute("INSERT INTO stocks VALUES (1)", no_deadline), stint::access_denied);
        CHECK_THROWS_AS(database{"sqlite:" + place / "none.db?mode=ro"}, connection_error);
    }

    TEST_CASE("paths may contain spaces and equals signs") {
        folder place;
        for (auto const* name :
             {"my books.db", "two  spaces.db", "a=b.db", "a=b c=d readonly=true.db", "'quoted'.db"}) {
            CAPTURE(name);
            database db{"sqlite:" + place / name};
            db.lend()->execute("CREATE TABLE stocks (id INTEGER PRIMARY KEY)", no_deadline);
            CHECK(std::filesystem::exists(place / name));
        }
    }

    TEST_CASE("malformed URLs are refused") {
        for (auto const* url :
             {"sqlite:", "sqlite:?mode=rw", "sqlite://books.db", "sqlite:books.db?", "sqlite:books.db?mode=no",
              "sqlite:books.db?cache=shared", "sqlite::memory:?mode=ro", "sqlite:a\"b.db"}) {
            CAPTURE(url);
            CHECK_THROWS_AS(database{url}, stint::usage_error);
        }
    }

    TEST_CASE("no message quotes a password, whatever was written for a URL") {
        for (auto const* const url : {
                 "host=db user=clerk password=s3cret",
                 "host=db user=clerk password = s3cret",
                 "password=s3cret://db",
                 "clerk:s3cret@db/books",
                 "s3cret:clerk@db/books",
                 "s3cret",
                 "mysql://clerk:s3cret@db/books",
                 "postgresql:host=db password=s3cret",
                 "sqlite://clerk:s3cret@db/books",
                 "sqlite:postgresql://clerk:s3cret@db/books",
                 "sqlite:host=db password=s3cret",
                 "sqlite:books.db?password=s3cret",
                 "sqlite:books.db?p%61ssword=s3cret",
                 "sqlite:/none/of/it/password=s3cret",
             }) {
            CAPTURE(url);
            try {
                database opened{url};
                FAIL("it was opened");
            } catch (stint::usage_error const& e) {
                CHECK(std::string(e.what()).find("s3cret") == std::string::npos);
            }
        }
        CHECK_THROWS_WITH_AS(database{"mysql://db/books"}, doctest::Contains("not mysql://"), stint::usage_error);
    }

    TEST_CASE("later connections open the same file, wherever the process has gone") {
        folder     place;
        auto const before = std::filesystem::current_path();
        std::filesystem::current_path(place / "");
        database db{"sqlite:books.db"};
        db.lend()->execute("CREATE TABLE stocks (id INTEGER PRIMARY KEY)", no_deadline);
        std::filesystem::current_path(before);
        auto const first = db.lend();
        auto const second = db.lend();
        CHECK(selected(*second, {.table = "stocks", .columns = {id}}).empty());
    }

    TEST_CASE("a new file can be opened by many at once") {
        for (int round = 0; round < 30; ++round) {
            folder                   place;
            std::vector<std::thread> openers;
            std::barrier             start{8};
            std::atomic<int>         opened{0};
            for (int i = 0; i < 8; ++i) {
                openers.emplace_back([&] {
                    start.arrive_and_wait();
                    try {
                        database db{"sqlite:" + place / "books.db"};
                        db.lend()->execute("CREATE TABLE IF NOT EXISTS stocks (id INTEGER PRIMARY KEY)", no_deadline);
                        ++opened;
                    } catch (stint::error const& e) {
                        std::puts(e.what());
                    }
                });
            }
            for (auto& opener : openers) opener.join();
            REQUIRE(opened == 8);
        }
    }

    TEST_CASE_FIXTURE(books, "somebody else's transaction is waited for until the deadline") {
        auto const other = db().lend();
        auto const connection = db().lend();
        auto const write = [&](stint::deadline until) { connection->execute("UPDATE stocks SET quantity = 1", until); };
        other->begin(stint::isolation::serializable, no_deadline);
        auto const start = std::chrono::steady_clock::now();
        CHECK_THROWS_AS(write(stint::deadline::after(std::chrono::milliseconds{100})), stint::deadline_exceeded);
        CHECK(std::chrono::steady_clock::now() - start >= std::chrono::milliseconds{100});

        std::atomic<int>         written{0};
        std::vector<std::thread> waiting;
        for (auto const until : {no_deadline, stint::deadline::after(std::chrono::hours{24 * 365})})
            waiting.emplace_back([&, until] {
                db().lend()->execute("UPDATE stocks SET quantity = 2", until);
                ++written;
            });
        CHECK(written == 0);
        other->commit(no_deadline);
        for (auto& thread : waiting) thread.join();
        CHECK(written == 2);
    }

    TEST_CASE_FIXTURE(books, "the clock stands still during a statement, and goes on between them") {
        auto const connection = db().lend();
        auto const read = [&](std::string const& expression) {
            return queried(*connection,
                           "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n LIMIT 50000) SELECT " +
                               expression + " FROM n",
                           {}, {{}});
        };
        CHECK(read("count(DISTINCT stint_clock())") == "1");
        auto const before = read("max(stint_clock())");
        CHECK(read("max(stint_clock())") != before);
    }
}
