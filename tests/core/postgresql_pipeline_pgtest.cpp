#include <doctest/doctest.h>

#include <chrono>
#include <memory>
#include <string>
#include <thread>

#include "../../engines/postgresql/postgresql_pipeline.hpp"
#include "../support/of_a_session.hpp"
#include "tables.hpp"

using namespace tables;
using namespace std::chrono_literals;
using stint::pipeline_statement;
using stint::postgresql_pipeline;

namespace {

using clock = postgresql_pipeline::clock;

class lined_books : public books {
public:
    std::unique_ptr<PGconn, decltype(&PQfinish)> link{PQconnectdb(url().c_str()), &PQfinish};
    stint::live_counters                         counted{};

    bool comes_true(std::string const& condition) {
        auto const until = stint::deadline::after(20s);
        while (ask(condition) != "true") {
            if (until.has_passed()) return false;
            std::this_thread::sleep_for(2ms);
        }
        return true;
    }
};

constexpr auto is_locked = "SELECT (count(*) > 0)::text FROM pg_locks WHERE locktype = 'advisory' AND objid = 4711";

}  // namespace

TEST_SUITE("core: postgresql_pipeline") {
    TEST_CASE_FIXTURE(lined_books, "what is small leaves when it is finished" * of_a_session) {
        pipeline_statement statement{"SELECT 1"};
        auto               line = postgresql_pipeline(link.get(), no_deadline, counted);
        line.send(statement, {});
        auto const later = clock::now();
        line.finish();
        CHECK(line.left_at() >= later);
        CHECK(line.left_at() <= clock::now());
    }

    TEST_CASE_FIXTURE(lined_books, "what fills libpq's buffer has left before it is finished" * of_a_session) {
        pipeline_statement lock{"SELECT pg_advisory_lock(4711)"};
        pipeline_statement large{"SELECT 1 /* " + std::string(10'000, '-') + " */"};
        auto               line = postgresql_pipeline(link.get(), no_deadline, counted);
        line.send(lock, {});
        line.send(large, {});
        auto const sent = clock::now();
        CHECK(comes_true(is_locked));
        line.finish();
        CHECK(line.left_at() <= sent);
    }

    TEST_CASE_FIXTURE(lined_books, "parameters that are many and small fill libpq's buffer, too" * of_a_session) {
        pipeline_statement                                lock{"SELECT pg_advisory_lock(4711)"};
        pipeline_statement                                sum{"SELECT $1::int + $2::int", "sum"};
        std::vector<postgresql_pipeline::parameter> const two{"1", "2"};
        auto                                              line = postgresql_pipeline(link.get(), no_deadline, counted);
        line.send(lock, {});
        for (int i = 0; i < 200; ++i) line.send(sum, two);
        auto const sent = clock::now();
        CHECK(comes_true(is_locked));
        line.finish();
        CHECK(line.left_at() <= sent);
    }

    TEST_CASE_FIXTURE(lined_books, "content is counted, frames and nulls are not" * of_a_session) {
        pipeline_statement unnamed{"SELECT $1::text, $2::text, 'abc'"};
        pipeline_statement named{"SELECT 'abcdef'", "six"};
        auto               line = postgresql_pipeline(link.get(), no_deadline, counted);
        line.send(unnamed, std::vector<postgresql_pipeline::parameter>{"12345", std::nullopt});
        line.send(named, {});
        line.send(named, {});
        line.finish();
        CHECK(counted.bytes_sent.read() == unnamed.sql.size() + 5 + named.sql.size() + 3 * named.name.size());
        CHECK(counted.bytes_received.read() == 5 + 3 + 6 + 6);
        CHECK(counted.rows_read.read() == 3);
    }
}
