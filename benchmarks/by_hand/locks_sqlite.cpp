#include <chrono>
#include <stdexcept>

#include "by_hand/locks.hpp"
#include "by_hand/sqlite_link.hpp"
#include "support/numbered.hpp"

namespace bench {

namespace {

constexpr auto create_sql = R"(
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

constexpr auto raise_fence_sql = "UPDATE hand_fence SET last = last + 1";
constexpr auto fence_sql = "SELECT last FROM hand_fence";

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
WHERE owner = excluded.owner OR expires_at <= excluded.acquired_at)";

constexpr auto granted_sql = "SELECT fence FROM hand_locks WHERE resource = ?1";

constexpr auto release_sql = R"(
UPDATE hand_locks SET owner = '', label = '', reason = '', acquired_at = ?4, expires_at = 0
WHERE resource = ?1 AND owner = ?2 AND fence = ?3)";

std::int64_t now() {
    using namespace std::chrono;
    return floor<microseconds>(system_clock::now()).time_since_epoch().count();
}

class locks_of_sqlite final : public locks_by_hand {
public:
    explicit locks_of_sqlite(std::string const& path) : file_(path) {}

    std::int64_t acquire(std::string const& name) override {
        begin_.run();
        raise_fence_.run();
        acquire_.bind(1, name).bind(2, me_).bind(3, label_).bind(4, reason_);
        acquire_.bind(5, fence_.run()).bind(6, now()).bind(7, 600'000'000).run();
        if (file_.changes() != 1) throw std::runtime_error("by hand: somebody else has the lock");
        auto const granted = granted_.bind(1, name).run();
        commit_.run();
        return granted;
    }
    void release(std::string const& name, std::int64_t fence) override {
        release_.bind(1, name).bind(2, me_).bind(3, fence).bind(4, now()).run();
        if (file_.changes() != 1) throw std::runtime_error("by hand: the lock was lost");
    }

    void fill(int names) override {
        file_.run(numbered("WITH RECURSIVE i(n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM i WHERE n < ", names) +
                  ") INSERT INTO hand_locks SELECT 'filled/' || n, '', '', '', 0, 0, 0 FROM i");
    }

private:
    /// Makes the tables, which the statements below are prepared for.
    struct made_file : sqlite_link {
        explicit made_file(std::string const& path) : sqlite_link(path) { run(create_sql); }
    };

    std::string const me_ = "me", label_ = "Ann, desk 7", reason_ = "editing";
    made_file         file_;
    sqlite_statement  begin_{file_, "BEGIN IMMEDIATE"};
    sqlite_statement  commit_{file_, "COMMIT"};
    sqlite_statement  raise_fence_{file_, raise_fence_sql};
    sqlite_statement  fence_{file_, fence_sql};
    sqlite_statement  acquire_{file_, acquire_sql};
    sqlite_statement  granted_{file_, granted_sql};
    sqlite_statement  release_{file_, release_sql};
};

}  // namespace

std::unique_ptr<locks_by_hand> locks_in_sqlite(std::string const& path) {
    return std::make_unique<locks_of_sqlite>(path);
}

}  // namespace bench
