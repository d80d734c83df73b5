// sqlite_link: what everything by hand on SQLite stands on: libsqlite3 and prepared statements, with the settings that
// Stint uses. Whatever goes wrong ends the run.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <sqlite3.h>

namespace bench {

class sqlite_link;

class sqlite_statement {
public:
    sqlite_statement(sqlite_link& link, std::string_view sql);

    /// Texts are not copied: they must live until the statement has run.
    sqlite_statement& bind(int place, std::int64_t number);
    sqlite_statement& bind(int place, std::string const& text);
    /// To the next row; false at the end, where it is reset.
    bool         step();
    std::int64_t number(int column) const { return sqlite3_column_int64(statement_.get(), column); }
    std::string  text(int column) const;
    /// To its end; answers the first column of its first row, or 0.
    std::int64_t run();

private:
    sqlite_link*                                               link_;
    std::unique_ptr<sqlite3_stmt, decltype(&sqlite3_finalize)> statement_;
};

class sqlite_link {
public:
    /// SQLite locks the connection in each of its calls, unless it is told that one thread uses it.
    enum class locking { as_usual, none };

    explicit sqlite_link(std::string const& path, locking each_call = locking::as_usual);

    void         run(std::string const& script);
    std::int64_t changes() const { return sqlite3_changes64(file_.get()); }
    /// Of the row that was inserted last.
    std::int64_t last_key() const { return sqlite3_last_insert_rowid(file_.get()); }

private:
    friend class sqlite_statement;
    void check(int code) const;

    std::unique_ptr<sqlite3, decltype(&sqlite3_close)> file_{nullptr, &sqlite3_close};
};

}  // namespace bench
