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
    expires_at  timestamptz NOT NULL
) WITH (fillfactor = 50);
CREATE INDEX hand_locks_of_owner ON hand_locks (owner) WHERE owner <> '')";

constexpr auto acquire_sql = R"(
INSERT INTO hand_locks AS l (resource, owner, label, reason, fence, acquired_at, expires_at)
VALUES ($1, $2, $3, $4, nextval('hand_fence'), clock_timestamp(), clock_timestamp() + $5::bigint * interval '1 microsecond')
ON CONFLICT (resource) DO UPDATE SET
    owner       = excluded.owner,
    label       = excluded.label,
    reason      = excluded.reason,
    fence       = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.fence
                       ELSE nextval('hand_fence') END,
    acquired_at = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.acquired_at
                       ELSE clock_timestamp() END,
    expires_at  = clock_timestamp() + $5::bigint * interval '1 microsecond'
WHERE l.owner = excluded.owner OR l.expires_at <= clock_timestamp()
RETURNING fence, CAST(extract(epoch FROM expires_at - clock_timestamp()) * 1000000 AS bigint))";

constexpr auto release_sql = R"(
UPDATE hand_locks SET owner = '', label = '', reason = '', acquired_at = clock_timestamp(), expires_at = 'epoch'
WHERE resource = $1 AND owner = $2 AND fence = $3 RETURNING resource)";

class locks_of_postgresql final : public locks_by_hand {
public:
    explicit locks_of_postgresql(std::string const& url) : link_(url) {
        link_.run(create_sql);
        link_.prepare("acquire", acquire_sql);
        link_.prepare("release", release_sql);
    }

    std::int64_t acquire(std::string const& name) override {
        return number_in(link_.execute("acquire", std::array{name.c_str(), "me", "Ann, desk 7", "editing", "600000000"}), 0, 0);
    }
    void release(std::string const& name, std::int64_t fence) override {
        link_.execute("release", std::array{name.c_str(), "me", std::to_string(fence).c_str()});
    }

    void fill(int names) override {
        link_.run(numbered("INSERT INTO hand_locks SELECT 'filled/' || i, '', '', '', nextval('hand_fence'), now(), 'epoch' "
                           "FROM generate_series(1, ",
                           names) +
                  ") AS i; ANALYZE hand_locks");
    }

private:
    pg_link link_;
};

}  // namespace

std::unique_ptr<locks_by_hand> locks_in_postgresql(std::string const& url) {
    return std::make_unique<locks_of_postgresql>(url);
}

}  // namespace bench
