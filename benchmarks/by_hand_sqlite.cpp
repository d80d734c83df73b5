#include <chrono>
#include <cstdlib>
#include <iostream>

#include <sqlite3.h>

#include "by_hand.hpp"

namespace {

constexpr auto create_sql = R"(
PRAGMA journal_mode = WAL;
PRAGMA synchronous = FULL;
CREATE TABLE hand_locks (
    resource    TEXT    NOT NULL PRIMARY KEY,
    owner       TEXT    NOT NULL,
    label       TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    fence       INTEGER NOT NULL,
    acquired_at INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX hand_locks_of_owner ON hand_locks (owner) WHERE owner <> '';
CREATE TABLE hand_fence (last INTEGER NOT NULL) STRICT;
INSERT INTO hand_fence VALUES (0))";

constexpr auto fence_sql = "UPDATE hand_fence SET last = last + 1 RETURNING last";

// The time is the program's: SQLite's own counts milliseconds, and is the same machine's.
constexpr auto acquire_sql = R"(
INSERT INTO hand_locks AS l (resource, owner, label, reason, fence, acquired_at, expires_at)
VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?6 + ?7)
ON CONFLICT (resource) DO UPDATE SET
    owner       = excluded.owner,
    label       = excluded.label,
    reason      = excluded.reason,
    fence       = iif(owner = excluded.owner AND expires_at > excluded.acquired_at, fence, excluded.fence),
    acquired_at = iif(owner = excluded.owner AND expires_at > excluded.acquired_at, acquired_at, excluded.acquired_at),
    expires_at  = excluded.expires_at
WHERE owner = excluded.owner OR expires_at <= excluded.acquired_at
RETURNING fence, expires_at - ?6)";

constexpr auto release_sql = R"(
UPDATE hand_locks SET owner = '', label = '', reason = '', acquired_at = ?4, expires_at = 0
WHERE resource = ?1 AND owner = ?2 AND fence = ?3 RETURNING resource)";

std::int64_t now() {
    using namespace std::chrono;
    return floor<microseconds>(system_clock::now()).time_since_epoch().count();
}

class sqlite_by_hand final : public by_hand {
public:
    explicit sqlite_by_hand(std::string const& path) {
        check(sqlite3_open(path.c_str(), &file_));
        check(sqlite3_exec(file_, create_sql, nullptr, nullptr, nullptr));
        begin_ = prepared("BEGIN IMMEDIATE");
        commit_ = prepared("COMMIT");
        fence_ = prepared(fence_sql);
        acquire_ = prepared(acquire_sql);
        release_ = prepared(release_sql);
    }
    ~sqlite_by_hand() override {
        for (auto* one : {begin_, commit_, fence_, acquire_, release_}) sqlite3_finalize(one);
        sqlite3_close(file_);
    }

    std::int64_t acquire(std::string const& name) override {
        run(begin_);
        auto const fence = run(fence_);
        bind_text(acquire_, 1, name);
        bind_text(acquire_, 2, "me");
        bind_text(acquire_, 3, "Ann, desk 7");
        bind_text(acquire_, 4, "editing");
        check(sqlite3_bind_int64(acquire_, 5, fence));
        check(sqlite3_bind_int64(acquire_, 6, now()));
        check(sqlite3_bind_int64(acquire_, 7, 600'000'000));
        auto const granted = run(acquire_);
        run(commit_);
        return granted;
    }
    void release(std::string const& name, std::int64_t fence) override {
        bind_text(release_, 1, name);
        bind_text(release_, 2, "me");
        check(sqlite3_bind_int64(release_, 3, fence));
        check(sqlite3_bind_int64(release_, 4, now()));
        run(release_);
    }

    void fill(int names) override {
        auto const sql = "WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < " +
                         std::to_string(names) +
                         ") INSERT INTO hand_locks SELECT 'filled/' || n, '', '', '', 0, 0, 0 FROM i";
        check(sqlite3_exec(file_, sql.c_str(), nullptr, nullptr, nullptr));
    }

private:
    sqlite3_stmt* prepared(char const* sql) {
        sqlite3_stmt* statement = nullptr;
        check(sqlite3_prepare_v2(file_, sql, -1, &statement, nullptr));
        return statement;
    }
    void bind_text(sqlite3_stmt* to, int place, std::string const& text) {
        check(sqlite3_bind_text(to, place, text.c_str(), static_cast<int>(text.size()), SQLITE_TRANSIENT));
    }
    /// To its end; answers the first column of its one row, if it has one.
    std::int64_t run(sqlite3_stmt* statement) {
        std::int64_t answer = 0;
        int          code = sqlite3_step(statement);
        if (code == SQLITE_ROW) {
            answer = sqlite3_column_int64(statement, 0);
            code = sqlite3_step(statement);
        }
        check(code == SQLITE_DONE ? SQLITE_OK : code);
        check(sqlite3_reset(statement));
        return answer;
    }
    void check(int code) {
        if (code == SQLITE_OK) return;
        std::cerr << "by hand: " << sqlite3_errmsg(file_) << '\n';
        std::exit(3);
    }

    sqlite3*      file_ = nullptr;
    sqlite3_stmt *begin_ = nullptr, *commit_ = nullptr, *fence_ = nullptr, *acquire_ = nullptr, *release_ = nullptr;
};

}  // namespace

std::unique_ptr<by_hand> by_hand_in_sqlite(std::string const& path) {
    return std::make_unique<sqlite_by_hand>(path);
}
