// Mistakes that would read freed memory are said at once where a program is compiled without NDEBUG; with it, none of
// them crashes another thread.
#include <doctest/doctest.h>

#include <array>
#include <csignal>
#include <cstdio>
#include <string>

#include <sys/wait.h>

#include "support/scratch_database.hpp"

#include <stint/stint.hpp>

namespace {

struct end_of_program {
    std::string said;  ///< on both outputs
    int         signal = 0;
    int         code = -1;
};

end_of_program run(std::string const& command) {
    end_of_program        end;
    auto* const           out = ::popen(("ulimit -c 0; exec " + command + " 2>&1").c_str(), "r");
    std::array<char, 512> some;
    while (auto const size = std::fread(some.data(), 1, some.size(), out)) end.said.append(some.data(), size);
    int const status = ::pclose(out);
    if (WIFSIGNALED(status)) end.signal = WTERMSIG(status);
    if (WIFEXITED(status)) end.code = WEXITSTATUS(status);
    return end;
}

class misuse : public scratch_database {
public:
    misuse() {
        stint::create_lock_tables(db());
        sql("CREATE TABLE items (id BIGINT PRIMARY KEY, version BIGINT NOT NULL, weight " +
            std::string(is_postgresql() ? "double precision" : "REAL") + " NOT NULL)");
        sql("INSERT INTO items VALUES (1, 1, 2.5)");
    }

    end_of_program make(char const* program, std::string const& mistake) {
        return run(std::string(program) + " '" + url() + "' '" + mistake + "'");
    }
};

bool contains(std::string const& text, std::string const& part) {
    return text.find(part) != std::string::npos;
}

auto const with_databases = {"keeper", "waiting", "loan", "unit"};

}  // namespace

TEST_SUITE_BEGIN("misuse");

TEST_CASE_FIXTURE(misuse, "a handle that outlives its unit is caught, whatever is asked of it, and named") {
    for (auto const* mistake : {"read", "dereference", "edit", "id", "state", "version",
                                "read what was kept out of run", "read beside another", "remove by another"}) {
        auto const end = make(MISUSE_CHECKED, mistake);
        CAPTURE(mistake);
        CAPTURE(end.said);
        CHECK(end.signal == SIGABRT);
        CHECK(contains(end.said, "a handle was used after its unit of work had ended"));
        CHECK(contains(end.said, "tracked"));
        CHECK(contains(end.said, "item"));
        CHECK_FALSE(contains(end.said, "survived"));
    }
}

TEST_CASE_FIXTURE(misuse, "handles of a unit that lives are not taken for those of one that stood in its place") {
    CHECK(contains(make(MISUSE_CHECKED, "read beside another").said, "alive: 2.5"));
}

TEST_CASE("what is compiled with checks and what is compiled without them fit together") {
    CHECK(run(LAYOUTS).code == 0);
}

TEST_CASE_FIXTURE(misuse,
                  "a database that is destroyed before what uses it is caught, and the log says by what it is used") {
    for (auto const* mistake : with_databases) {
        auto const end = make(MISUSE_CHECKED, mistake);
        CAPTURE(mistake);
        CAPTURE(end.said);
        CHECK(end.signal == SIGABRT);
        CHECK(contains(end.said, "a database was destroyed before what uses it"));
        CHECK(contains(end.said, "critical"));
    }
}

TEST_CASE_FIXTURE(misuse, "without checks it is logged, and what still uses the database crashes nothing") {
    for (auto const* mistake : with_databases) {
        auto const end = make(MISUSE_UNCHECKED, mistake);
        CAPTURE(mistake);
        CAPTURE(end.said);
        CHECK(end.code == 0);
        CHECK(contains(end.said, "survived"));
        CHECK(contains(end.said, "is destroyed before what uses it"));
    }
    auto const uses = [&](char const* mistake) { return make(MISUSE_UNCHECKED, mistake).said; };
    CHECK(contains(uses("keeper"), "told: late"));
    CHECK(contains(uses("keeper"), "uses it: a lock_table, a lease_keeper"));
    CHECK(contains(uses("waiting"), "refused: "));
    CHECK(contains(uses("loan"), "read: 42"));
    CHECK(contains(uses("loan"), "uses it: connections on loan: 1"));
    CHECK(contains(uses("unit"), "uses it: units of work: 1"));
}

TEST_SUITE_END();
