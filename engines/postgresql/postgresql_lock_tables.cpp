#include "postgresql_lock_tables.hpp"

namespace stint {

std::vector<std::string> postgresql_lock_tables() {
    return {
        "CREATE SEQUENCE stint_lock_fence", "CREATE SEQUENCE stint_lock_line",
        // By bytes, so that rows are locked in one order everywhere. Room for renewals beside the row: expires_at has
        // no index.
        R"(CREATE TABLE stint_locks (
    resource    text COLLATE "C" PRIMARY KEY,
    owner       text        NOT NULL,
    label       text        NOT NULL,
    reason      text        NOT NULL,
    fence       bigint      NOT NULL,
    acquired_at timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    broken_by   text        NOT NULL DEFAULT ''
) WITH (fillfactor = 50))",
        "CREATE INDEX stint_locks_of_owner ON stint_locks (owner) WHERE owner <> ''",
        R"(CREATE TABLE stint_lock_waiters (
    resource text COLLATE "C" NOT NULL,
    owner    text             NOT NULL,
    place    bigint           NOT NULL,
    until    timestamptz      NOT NULL,
    PRIMARY KEY (resource, owner)
))",
        R"(CREATE TABLE stint_lock_breaks (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL,
    resource  text        NOT NULL,
    fence     bigint      NOT NULL,
    owner     text        NOT NULL,
    label     text        NOT NULL,
    broken_by text        NOT NULL,
    reason    text        NOT NULL
))",
        // Tells the first in line, and nobody where nobody waits: NOTIFY makes all commits of a database queue.
        R"(CREATE FUNCTION stint_wake_first_in_line() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_notify('stint_locks', first.owner)
    FROM (SELECT owner FROM stint_lock_waiters
          WHERE resource = NEW.resource AND until > clock_timestamp() AND until < clock_timestamp() + interval '1 minute'
          ORDER BY place LIMIT 1) AS first;
    RETURN NULL;
END $$)",
        R"(CREATE TRIGGER stint_wake_first_in_line AFTER UPDATE ON stint_locks FOR EACH ROW
    WHEN (NEW.expires_at < OLD.expires_at) EXECUTE FUNCTION stint_wake_first_in_line())"};
}

std::vector<std::string> postgresql_lock_tables_dropped() {
    return {"DROP TABLE IF EXISTS stint_locks",         "DROP TABLE IF EXISTS stint_lock_waiters",
            "DROP TABLE IF EXISTS stint_lock_breaks",   "DROP FUNCTION IF EXISTS stint_wake_first_in_line()",
            "DROP SEQUENCE IF EXISTS stint_lock_fence", "DROP SEQUENCE IF EXISTS stint_lock_line"};
}

}  // namespace stint
