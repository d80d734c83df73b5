// article_writer: one way of writing many articles in one transaction, with the versions checked. What is timed is the
// transaction alone: the objects are loaded and changed, the statements prepared before.
//
// Each is made for one place and keeps one connection. All end the run when a version is not the one that was read.
#pragma once

#include <memory>
#include <string>
#include <vector>

#include "articles.hpp"
#include "support/in_turns.hpp"

namespace bench {

class article_writer {
public:
    article_writer() = default;
    article_writer(article_writer const&) = delete;
    article_writer& operator=(article_writer const&) = delete;
    virtual ~article_writer() = default;

    /// Writes the quantities; the rows have their new versions afterwards.
    virtual duration update(std::vector<article_row>& rows) = 0;
    /// The rows have the database's keys afterwards.
    virtual duration insert(std::vector<article_row>& rows) = 0;
    virtual duration remove(std::vector<article_row> const& rows) = 0;

protected:
    /// Throws when not every row was there as it was read.
    static void check_all(std::int64_t written, std::vector<article_row> const& rows);
    static void count_up_versions(std::vector<article_row>& rows);
};

using writer = std::unique_ptr<article_writer>;

/// A unit of work; timed is its commit().
writer write_by_stint(std::string const& url);
/// One prepared statement a row, each its own round trip.
writer write_by_libpq_rows(std::string const& url);
/// Everything in one pipeline: BEGIN, one set-based statement that locks in order and checks on the server, COMMIT.
enum class planning { for_all_values, by_default };
writer write_by_libpq_pipeline(std::string const& url, planning plans = planning::for_all_values);
/// Prepared statements in a loop.
writer write_by_sqlite_loop(std::string const& path);
/// The same into a table as Wt::Dbo makes it: without AUTOINCREMENT, so that a deleted key may come back.
writer write_by_sqlite_loop_on_plain_keys(std::string const& path);
/// INSERT of many rows by one VALUES; can't update or remove.
writer write_by_sqlite_values(std::string const& path);
/// A soci::statement, prepared once and executed for each row; an empty URL: the SQLite file.
writer write_by_soci_loop(std::string const& url, std::string const& path);
/// soci::use() of vectors; can't insert, because SOCI answers no keys for them.
writer write_by_soci_vectors(std::string const& url, std::string const& path);

}  // namespace bench
