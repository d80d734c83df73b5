// A database of its own for each test: a new SQLite file, or a new schema on the PostgreSQL server that
// STINT_TEST_POSTGRES names. Which one depends on the program that the test is built into (*_enginetest.cpp are built
// into both). Removed at the end.
#pragma once

#include <memory>
#include <string>
#include <string_view>

#include <stint/database.hpp>
#include <stint/extension/engine.hpp>

class scratch_database {
public:
    scratch_database();
    scratch_database(scratch_database const&) = delete;
    scratch_database& operator=(scratch_database const&) = delete;
    ~scratch_database();

    /// For further databases, threads and processes.
    std::string const& url() const noexcept { return url_; }
    stint::database&   db() noexcept { return *db_; }

    /// Runs SQL in a connection of its own.
    void sql(std::string_view statement);
    /// The first column of the first row, as text for comparing; "" where there is no row.
    std::string ask(std::string_view query);

    static bool is_postgresql() noexcept;

private:
    std::string                      place_;  // folder or schema
    std::string                      url_;
    std::unique_ptr<stint::database> db_;
};
