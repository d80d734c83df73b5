#include <array>

#include "by_hand/locks.hpp"
#include "by_hand/pg_link.hpp"
#include "support/numbered.hpp"

namespace bench {

namespace {

constexpr auto create_sql = R"(
CREATE SEQUENCE hand_fence;
CREATE TABLE hand_locks (
    resource    text COLLATE "C" PRIMARY KEY,
    owner       text        NOT NULL,
    label       text        NOT NULL,
    reason      text        NOT NULL,
    fence       bigint      NOT NULL,
    acquired_at timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    broken_by   text        NOT NULL DEFAULT ''
) WITH (fillfactor = 50);
CREATE INDEX hand_locks_of_owner ON hand_locks (owner) WHERE owner <> '';
CREATE TABLE hand_waiters (
    resource text COLLATE "C" NOT NULL,
    owner    text             NOT NULL,
    place    bigint           NOT NULL,
    until    timestamptz      NOT NULL,
    PRIMARY KEY (resource, owner)
))";

/// Looks first, without a lock, so that a refused try writes nothing and keeps no holder from his renewal. Decides
/// again on the row itself, which is locked then, by the clock after the wait.
constexpr auto acquire_sql = R"(
INSERT INTO hand_locks AS l (resource, owner, label, reason, fence, acquired_at, expires_at)
SELECT $1::text, $2::text, $3::text, $4::text, nextval('hand_fence'), clock_timestamp(),
       clock_timestamp() + $5::bigint * interval '1 microsecond'
WHERE NOT EXISTS (SELECT 1 FROM hand_locks h WHERE h.resource = $1 AND h.owner <> $2 AND h.expires_at > clock_timestamp())
ON CONFLICT (resource) DO UPDATE SET
    owner       = excluded.owner,
    label       = excluded.label,
    reason      = excluded.reason,
    fence       = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.fence
                       ELSE greatest(nextval('hand_fence'), l.fence + 1) END,
    acquired_at = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.acquired_at
                       ELSE clock_timestamp() END,
    broken_by   = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.broken_by ELSE '' END,
    expires_at  = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() AND l.broken_by <> ''
                       THEN l.expires_at ELSE clock_timestamp() + $5::bigint * interval '1 microsecond' END
WHERE l.owner = excluded.owner OR l.expires_at <= clock_timestamp()
RETURNING fence, CAST(extract(epoch FROM expires_at - clock_timestamp()) * 1000000 AS bigint), xmax = 0,
          acquired_at < statement_timestamp())";

/// Tells the first in line, and nobody where nobody waits.
constexpr auto release_sql = R"(
WITH freed AS (
    UPDATE hand_locks SET owner = '', label = '', reason = '', broken_by = '', acquired_at = clock_timestamp(),
                          expires_at = 'epoch'
    WHERE resource = $1 AND owner = $2 AND fence = $3 RETURNING resource)
SELECT freed.resource, CASE WHEN first.owner IS NOT NULL THEN pg_notify('hand_locks', first.owner)::text END
FROM freed LEFT JOIN LATERAL (
    SELECT w.owner FROM hand_waiters w WHERE w.resource = freed.resource AND w.until > clock_timestamp()
    ORDER BY w.place LIMIT 1) AS first ON true)";

class locks_of_postgresql final : public locks_by_hand {
public:
    explicit locks_of_postgresql(std::string const& url) : link_(url) {
        link_.run(create_sql);
        link_.prepare("acquire", acquire_sql);
        link_.prepare("release", release_sql);
    }

    std::int64_t acquire(std::string const& name) override {
        std::array const with{name.c_str(), "me", "Ann, desk 7", "editing", "600000000"};
        return number_in(link_.execute("acquire", with), 0, 0);
    }
    void release(std::string const& name, std::int64_t fence) override {
        auto const text = std::to_string(fence);
        link_.execute("release", std::array{name.c_str(), "me", text.c_str()});
    }

    void fill(int names) override {
        link_.run(numbered("INSERT INTO hand_locks SELECT 'filled/' || i, '', '', '', nextval('hand_fence'), now(), "
                           "'epoch' FROM generate_series(1, ",
                           names) +
                  ") AS i");
    }

private:
    pg_link link_;
};

}  // namespace

std::unique_ptr<locks_by_hand> locks_in_postgresql(std::string const& url) {
    return std::make_unique<locks_of_postgresql>(url);
}

}  // namespace bench
