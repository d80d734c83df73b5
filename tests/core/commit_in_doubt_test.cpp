#include <cerrno>
#include <filesystem>

#include <doctest/doctest.h>

#include <stint/stint.hpp>
#include <stint/transaction.hpp>

#include "../support/faulty_disk.hpp"
#include "tables.hpp"

using namespace tables;
using stint::error_kind;

namespace {

namespace fs = std::filesystem;

/// Books in a file of a disk that fails on demand.
class books_on_a_faulty_disk {
public:
    books_on_a_faulty_disk() {
        auto pattern = (fs::temp_directory_path() / "stint-faulty-XXXXXX").string();
        if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        folder_ = pattern;
        db_ = std::make_unique<stint::database>(url());
        auto const connection = db_->lend();
        for (auto const& statement : db_->kind().create_tables(definitions))
            connection->execute(statement, no_deadline);
        add(*connection, 1);
    }
    ~books_on_a_faulty_disk() {
        disk_.mend();
        db_.reset();
        std::error_code ignored;
        fs::remove_all(folder_, ignored);
    }

    faulty_disk&     disk() { return disk_; }
    stint::database& db() { return *db_; }
    std::string      url() const { return "sqlite:" + (folder_ / "books.db").string(); }

    static void add(stint::connection& link, int key) {
        link.execute("INSERT INTO stocks (id, version, name, quantity) VALUES (:1, 1, 'flour', 100)",
                     std::vector{number(key)}, no_deadline);
    }

    static stint::write_batch batch_of(int key) {
        stint::write_batch batch;
        batch.add(batch.shape(insert_stock()), {number(key)}, {}, {number(1), text("rye"), amount("1")});
        return batch;
    }

    /// What an opener finds after a crash of everybody who has the file open.
    std::string stocks_after_a_crash() const {
        auto const crashed = folder_ / "crashed";
        fs::create_directory(crashed);
        for (auto const* const name : {"books.db", "books.db-wal"}) fs::copy(folder_ / name, crashed / name);
        std::string found;
        {
            stint::database second{"sqlite:" + (crashed / "books.db").string()};
            found = selected(*second.lend(), {.table = "stocks", .columns = {id}, .order_by = {{id}}});
        }
        fs::remove_all(crashed);
        return found;
    }

private:
    faulty_disk                      disk_{};
    fs::path                         folder_;
    std::unique_ptr<stint::database> db_;
};

template <class Function>
stint::commit_in_doubt doubt_of(Function function) {
    try {
        function();
    } catch (stint::commit_in_doubt const& e) {
        CHECK(e.kind() == error_kind::in_doubt);
        CHECK(e.what_next() == stint::advice::ask_a_person);
        CHECK(std::string(e.what()).find("nothing was written") == std::string::npos);
        CHECK_THROWS_AS(std::rethrow_if_nested(e), stint::database_error);
        return e;
    }
    FAIL("it was not in doubt");
    throw;
}

}  // namespace

struct doubtful_stock {
    stint::id<doubtful_stock> id;
    std::string               name;
    stint::decimal            quantity;
};

template <>
struct stint::mapping<doubtful_stock> {
    static constexpr auto value = stint::table("stocks", stint::key("id", &doubtful_stock::id),
                                               stint::version("version"), stint::field("name", &doubtful_stock::name),
                                               stint::field("quantity", &doubtful_stock::quantity, stint::scale(2)));
};

TEST_SUITE("core: SQLite commits in doubt") {
    TEST_CASE_FIXTURE(books_on_a_faulty_disk,
                      "a flush whose log can't be synced is in doubt: after a crash it is there") {
        auto const connection = db().lend();
        disk().fail_sync("-wal", EIO);
        SUBCASE("by the engine's own flush") {
            CHECK(refusals(connection->flush(batch_of(2), no_deadline)) == "in doubt");
        }
        SUBCASE("portably") {
            CHECK(refusals(connection->flush_portably(batch_of(2), no_deadline)) == "in doubt");
        }
        CHECK(stocks_after_a_crash() == "1; 2");
    }

    TEST_CASE_FIXTURE(books_on_a_faulty_disk, "so is a unit of work, which has to be rolled back") {
        stint::unit_of_work work{db()};
        work.add(doubtful_stock{stint::id<doubtful_stock>{2}, "rye", stint::decimal{"1"}});
        disk().fail_sync("-wal", EDQUOT);
        auto const e = doubt_of([&] { work.commit(); });
        CHECK(std::string(e.what()).find("disk I/O error") != std::string::npos);
        disk().mend();
        CHECK_THROWS_AS(work.commit(), stint::usage_error);
        work.rollback();
        work.add(doubtful_stock{stint::id<doubtful_stock>{3}, "rye", stint::decimal{"1"}});
        work.commit();
        // The last connection was closed while the disk still failed: this time it was there.
        CHECK(selected(*db().lend(), {.table = "stocks", .columns = {id}, .order_by = {{id}}}) == "1; 2; 3");
    }

    TEST_CASE_FIXTURE(books_on_a_faulty_disk, "so are a transaction, and a statement that is its own") {
        auto const connection = db().lend();
        SUBCASE("a transaction") {
            doubt_of([&] {
                stint::transaction work{*connection};
                add(*connection, 2);
                disk().fail_sync("-wal", ENOSPC);
                work.commit();
            });
        }
        SUBCASE("a COMMIT as raw SQL") {
            connection->execute("BEGIN IMMEDIATE", no_deadline);
            add(*connection, 2);
            disk().fail_sync("-wal", EIO);
            doubt_of([&] { connection->execute("commit", no_deadline); });
        }
        SUBCASE("a statement alone") {
            disk().fail_sync("-wal", EIO);
            doubt_of([&] { add(*connection, 2); });
        }
        CHECK(stocks_after_a_crash() == "1; 2");
    }

    TEST_CASE_FIXTURE(books_on_a_faulty_disk, "so is what the index of the log has no room for") {
        auto const         connection = db().lend();
        stint::write_batch batch;
        auto const         insert = batch.shape(insert_stock());
        for (int i = 2; i < 20'000; ++i)  // more pages than the first part of the index knows
            batch.add(insert, {number(i)}, {}, {number(1), text(std::string(1000, 'x')), amount("1")});
        connection->execute("PRAGMA cache_spill = OFF", no_deadline);  // all of it goes into the log at COMMIT
        disk().fail_index(ENOSPC);
        CHECK(refusals(connection->flush(batch, no_deadline)) == "in doubt");
        disk().mend();
        CHECK(stocks_after_a_crash().ends_with("19999"));
    }

    TEST_CASE_FIXTURE(books_on_a_faulty_disk, "a connection in doubt does not go back to the pool") {
        auto const before = db().counters().connections;
        {
            auto const connection = db().lend();
            disk().fail_sync("-wal", EIO);
            CHECK(refusals(connection->flush(batch_of(2), no_deadline)) == "in doubt");
            CHECK_FALSE(connection->is_clean());
            disk().mend();
        }
        CHECK(selected(*db().lend(), {.table = "stocks", .columns = {id}}) == "1");
        CHECK(db().counters().connections == before + 1);
    }

    TEST_CASE_FIXTURE(books_on_a_faulty_disk, "a full disk is no doubt: a frame that was cut short is nothing") {
        auto const connection = db().lend();
        disk().fail_write("-wal", ENOSPC);
        CHECK_THROWS_AS(connection->flush(batch_of(2), no_deadline), stint::out_of_resources);
        disk().mend();
        CHECK(connection->is_clean());
        CHECK(stocks_after_a_crash() == "1");
    }

    TEST_CASE_FIXTURE(books_on_a_faulty_disk,
                      "what fails before COMMIT is told in its own words, and nothing is written") {
        auto const connection = db().lend();
        connection->execute("PRAGMA cache_size = 1", no_deadline);  // so that pages are written before
        auto const said_of = [&](int error) -> std::string {
            disk().fail_write("-wal", error);
            std::string said;
            try {
                stint::transaction work{*connection};
                for (int i = 2; i < 2'000; ++i) add(*connection, i);
                FAIL("nothing failed");
            } catch (stint::database_error const& e) {
                said = std::string(to_string(e.kind())) + ": " + e.what();
            }
            disk().mend();
            return said;
        };
        auto const broken = said_of(EIO);
        CHECK(broken.starts_with("database: "));
        CHECK(broken.find("can't be read or written (disk I/O error: Input/output error)") != std::string::npos);
        CHECK(broken.find("full") == std::string::npos);
        CHECK(said_of(EPERM).starts_with("access: "));
        CHECK(said_of(EDQUOT).starts_with("resources: "));
        CHECK(said_of(ENOSPC).starts_with("resources: "));
        CHECK(selected(*connection, {.table = "stocks", .columns = {id}}) == "1");
    }

    TEST_CASE("a file that fails while it is opened is a connection_error") {
        faulty_disk disk;
        auto const  file = fs::temp_directory_path() / "stint-faulty.db";
        fs::remove(file);
        for (int const error : {EIO, EPERM, ENOSPC}) {
            disk.fail_write("", error);
            CHECK_THROWS_AS(stint::database{"sqlite:" + file.string()}, stint::connection_error);
            disk.mend();
            fs::remove(file);
        }
    }
}
