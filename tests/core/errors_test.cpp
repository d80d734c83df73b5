#include <sys/mount.h>

#include <cstdlib>
#include <filesystem>

#include <doctest/doctest.h>

#include <stint/transaction.hpp>

#include "tables.hpp"

using namespace tables;
using namespace std::chrono_literals;

namespace {

// A disk of its own that is soon full; only root may make one.
class small_disk {
public:
    small_disk() {
        auto pattern = (std::filesystem::temp_directory_path() / "stint-disk-XXXXXX").string();
        if (!mkdtemp(pattern.data())) throw std::runtime_error("no temporary folder");
        path_ = pattern;
        mounted_ = ::mount("tmpfs", path_.c_str(), "tmpfs", 0, "size=256k") == 0;
    }
    ~small_disk() {
        if (mounted_) ::umount(path_.c_str());
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    bool        is_there() const { return mounted_; }
    std::string path() const { return path_; }

private:
    std::string path_;
    bool        mounted_ = false;
};

}  // namespace

TEST_SUITE("core: SQLite errors") {
    TEST_CASE("a full disk is out of resources, and nothing of the flush is written") {
        small_disk disk;
        if (!disk.is_there()) {
            MESSAGE("skipped: mounting needs root");
            return;
        }
        stint::database db{"sqlite:" + disk.path() + "/books.db"};
        auto const      connection = db.lend();
        for (auto const& statement : db.kind().create_tables(definitions)) connection->execute(statement, no_deadline);
        stint::write_batch batch;
        auto const         insert = batch.shape(insert_stock());
        for (int i = 1; i <= 4; ++i)
            batch.add(insert, {number(i)}, {}, {number(1), text(std::string(50'000, 'x')), amount("1")});

        auto const flushed_until_full = [&] {
            for (int i = 0; i < 100; ++i) {
                connection->flush_portably(batch, no_deadline);
                connection->execute("DELETE FROM stocks", no_deadline);
            }
        };
        CHECK_THROWS_AS(flushed_until_full(), stint::out_of_resources);
        CHECK(connection->is_clean());
        auto const left = queried(*connection, "SELECT count(*) FROM stocks", {}, {{}});
        CHECK((left == "0" || left == "4"));
    }

    TEST_CASE_FIXTURE(books, "a busy file is a transient error, or the end of the deadline") {
        stint::database    elsewhere{url()};
        auto const         holder = elsewhere.lend();
        stint::transaction held{*holder};
        auto const         connection = db().lend();
        try {
            connection->begin(stint::isolation::read_committed, stint::deadline::after(50ms));
            FAIL("it was not busy");
        } catch (stint::deadline_exceeded const& e) {
            CHECK(e.code() == "5");
            CHECK(e.what_next() == stint::advice::wait_and_retry);
        }
        holder->execute("UPDATE stocks SET version = 4", no_deadline);
        held.commit();

        // A reader that wants to write after somebody else did must start again, at once and however long it would
        // wait.
        connection->execute("BEGIN", no_deadline);
        CHECK(queried(*connection, "SELECT count(*) FROM stocks", {}, {{}}) == "2");
        holder->execute("UPDATE stocks SET version = 5", no_deadline);
        CHECK_THROWS_AS(connection->execute("UPDATE stocks SET version = 6", no_deadline), stint::transient_error);
        connection->rollback();
        CHECK(connection->is_clean());
    }

    TEST_CASE_FIXTURE(books, "what the database rolled back itself can't be committed") {
        auto const connection = db().lend();
        connection->begin(stint::isolation::read_committed, no_deadline);
        CHECK_THROWS_AS(
            connection->execute("INSERT OR ROLLBACK INTO stocks (id, version, name, quantity) VALUES (1, 1, 'x', 1)",
                                no_deadline),
            stint::constraint_violation);
        CHECK_THROWS_AS(connection->commit(no_deadline), stint::database_error);
        CHECK(connection->is_clean());
    }

    TEST_CASE_FIXTURE(books, "a table keeps nothing that isn't of its columns' types") {
        CHECK_THROWS_AS(sql("UPDATE stocks SET quantity = 'many'"), stint::constraint_violation);
        CHECK_THROWS_AS(sql("UPDATE stocks SET quantity = 9223372036854775807 + quantity"),
                        stint::constraint_violation);
        CHECK_THROWS_AS(sql("INSERT INTO documents (id, version, quantity, processed) VALUES (1, 1, 1, 2)"),
                        stint::constraint_violation);
    }

    TEST_CASE_FIXTURE(books, "NaN is refused, since SQLite would make a null of it") {
        CHECK_THROWS_AS(
            db().lend()->execute("UPDATE documents SET ratio = :1", std::vector<value>{0.0 / 0.0}, no_deadline),
            stint::value_error);
    }

    TEST_CASE_FIXTURE(books, "a table that others made may hold other types: each is noticed") {
        sql("CREATE TABLE loose (id INTEGER PRIMARY KEY, flag, name)");
        sql("INSERT INTO loose VALUES (1, 2, 42)");
        auto const read = [&](stint::column const& column) {
            return selected(*db().lend(), {.table = "loose", .columns = {column}});
        };
        CHECK_THROWS_WITH_AS(read({"flag", {data_type::boolean}}), "column flag holds 2: a boolean is 0 or 1",
                             stint::schema_error);
        CHECK_THROWS_WITH_AS(read(name), "column name holds an integer: the mapping says another type",
                             stint::schema_error);
        CHECK(read({"flag", {data_type::real}}) == "2");
    }

    TEST_CASE_FIXTURE(books, "a statement that fails over its values isn't a schema error") {
        try {
            db().lend()->execute("SELECT json_extract('no json', '$')", no_deadline);
            FAIL("nothing was thrown");
        } catch (stint::schema_error const&) {
            FAIL("its tables are right");
        } catch (stint::database_error const& e) {
            CHECK(e.what_next() == stint::advice::fix_the_code);
        }
    }
}
