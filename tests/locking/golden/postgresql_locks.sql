-- create
CREATE SEQUENCE stint_lock_fence;
CREATE SEQUENCE stint_lock_line;
CREATE TABLE stint_locks (
    resource    text COLLATE "C" PRIMARY KEY,
    owner       text        NOT NULL,
    label       text        NOT NULL,
    reason      text        NOT NULL,
    fence       bigint      NOT NULL,
    acquired_at timestamptz NOT NULL,
    expires_at  timestamptz NOT NULL,
    broken_by   text        NOT NULL DEFAULT ''
) WITH (fillfactor = 50);
CREATE INDEX stint_locks_of_owner ON stint_locks (owner) WHERE owner <> '';
CREATE TABLE stint_lock_waiters (
    resource text COLLATE "C" NOT NULL,
    owner    text             NOT NULL,
    place    bigint           NOT NULL,
    until    timestamptz      NOT NULL,
    PRIMARY KEY (resource, owner)
);
CREATE TABLE stint_lock_breaks (
    id        bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at        timestamptz NOT NULL,
    resource  text        NOT NULL,
    fence     bigint      NOT NULL,
    owner     text        NOT NULL,
    label     text        NOT NULL,
    broken_by text        NOT NULL,
    reason    text        NOT NULL
);
CREATE FUNCTION stint_wake_first_in_line() RETURNS trigger LANGUAGE plpgsql SET search_path FROM CURRENT AS $$
BEGIN
    PERFORM pg_notify('stint_locks', first.owner)
    FROM (SELECT owner FROM stint_lock_waiters
          WHERE resource = NEW.resource AND until > clock_timestamp() AND until < clock_timestamp() + interval '1 minute'
          ORDER BY place LIMIT 1) AS first;
    RETURN NULL;
END $$;
CREATE TRIGGER stint_wake_first_in_line AFTER UPDATE ON stint_locks FOR EACH ROW
    WHEN (NEW.expires_at < OLD.expires_at) EXECUTE FUNCTION stint_wake_first_in_line();

-- drop
DROP TABLE IF EXISTS stint_locks;
DROP TABLE IF EXISTS stint_lock_waiters;
DROP TABLE IF EXISTS stint_lock_breaks;
DROP FUNCTION IF EXISTS stint_wake_first_in_line();
DROP SEQUENCE IF EXISTS stint_lock_fence;
DROP SEQUENCE IF EXISTS stint_lock_line;

-- acquire one

INSERT INTO stint_locks AS l (resource, owner, label, reason, fence, acquired_at, expires_at)
SELECT given.name, given.owner, given.label, given.reason, nextval('stint_lock_fence'), given.at, given.at + given.lease
FROM (SELECT CAST(:1 AS text) AS name, CAST(:2 AS text) AS owner, CAST(:3 AS text) AS label, CAST(:4 AS text) AS reason,
             CAST(:5 AS bigint) * interval '1 microsecond' AS lease, clock_timestamp() AS at) AS given
WHERE NOT EXISTS (SELECT 1 FROM stint_locks h
                  WHERE h.resource = given.name AND h.owner <> given.owner AND h.expires_at > clock_timestamp() AND
                        h.expires_at <= clock_timestamp() + interval '744 hours')
ON CONFLICT (resource) DO UPDATE SET
    owner       = excluded.owner,
    label       = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.label ELSE excluded.label END,
    reason      = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.reason ELSE excluded.reason END,
    broken_by   = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.broken_by ELSE '' END,
    fence       = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.fence
                       ELSE greatest(nextval('stint_lock_fence'), l.fence + 1) END,
    acquired_at = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.acquired_at
                       ELSE clock_timestamp() END,
    expires_at  = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() AND l.broken_by <> ''
                            THEN l.expires_at
                       WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp()
                            THEN least(greatest(l.expires_at, clock_timestamp() + (excluded.expires_at - excluded.acquired_at)),
                                       clock_timestamp() + interval '744 hours')
                       ELSE clock_timestamp() + (excluded.expires_at - excluded.acquired_at) END
WHERE l.owner = excluded.owner OR l.expires_at <= clock_timestamp() OR l.expires_at > clock_timestamp() + interval '744 hours'
RETURNING l.resource, l.fence, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint) AS rest,
          l.xmax = 0 AS is_first, l.acquired_at < statement_timestamp() AS was_held;
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > clock_timestamp() AND l.resource = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:1 AS jsonb)))) ORDER BY l.resource;

-- acquire two

WITH given AS MATERIALIZED (
    SELECT CAST(:1 AS jsonb) AS names, CAST(:2 AS text) AS owner, CAST(:3 AS text) AS label, CAST(:4 AS text) AS reason,
           CAST(:5 AS bigint) * interval '1 microsecond' AS lease, CAST(:6 AS bigint) AS place),
want AS MATERIALIZED (SELECT DISTINCT name COLLATE "C" AS name FROM given, jsonb_array_elements_text(given.names) AS name),
seen AS MATERIALIZED (
    SELECT want.name, l.*, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint) AS rest,
           coalesce(l.owner <> given.owner AND l.expires_at > clock_timestamp() AND
                    l.expires_at <= clock_timestamp() + interval '744 hours', false) AS is_held,
           CASE WHEN given.place = 0 OR (l.owner = given.owner AND l.expires_at > clock_timestamp()) THEN 0
                ELSE (SELECT count(*) FROM stint_lock_waiters q
                      WHERE q.resource = want.name AND q.owner <> given.owner AND q.place < given.place AND
                            q.until > clock_timestamp() AND q.until < clock_timestamp() + interval '1 minute') END AS ahead
    FROM given, want LEFT JOIN LATERAL (SELECT * FROM stint_locks WHERE resource = want.name OFFSET 0) AS l ON true),
got AS (
    INSERT INTO stint_locks AS l (resource, owner, label, reason, fence, acquired_at, expires_at)
    SELECT want.name, given.owner, given.label, given.reason, nextval('stint_lock_fence'), begins.at, begins.at + given.lease
    FROM given, want, LATERAL (SELECT clock_timestamp() AS at) AS begins
    WHERE NOT EXISTS (SELECT 1 FROM seen WHERE is_held OR ahead > 0)
    ORDER BY want.name
ON CONFLICT (resource) DO UPDATE SET
    owner       = excluded.owner,
    label       = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.label ELSE excluded.label END,
    reason      = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.reason ELSE excluded.reason END,
    broken_by   = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.broken_by ELSE '' END,
    fence       = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.fence
                       ELSE greatest(nextval('stint_lock_fence'), l.fence + 1) END,
    acquired_at = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.acquired_at
                       ELSE clock_timestamp() END,
    expires_at  = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() AND l.broken_by <> ''
                            THEN l.expires_at
                       WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp()
                            THEN least(greatest(l.expires_at, clock_timestamp() + (excluded.expires_at - excluded.acquired_at)),
                                       clock_timestamp() + interval '744 hours')
                       ELSE clock_timestamp() + (excluded.expires_at - excluded.acquired_at) END
WHERE l.owner = excluded.owner OR l.expires_at <= clock_timestamp() OR l.expires_at > clock_timestamp() + interval '744 hours'
RETURNING l.resource, l.fence, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint) AS rest,
          l.xmax = 0 AS is_first, l.acquired_at < statement_timestamp() AS was_held),
left_line AS (
    DELETE FROM stint_lock_waiters q USING given, got
    WHERE given.place <> 0 AND q.resource = got.resource AND q.owner = given.owner)
SELECT CASE WHEN seen.is_held THEN seen.name END, seen.owner, seen.label, seen.reason, seen.fence, seen.acquired_at,
       seen.expires_at, seen.rest, seen.broken_by,
       seen.name, got.fence, got.rest, got.is_first, got.was_held, seen.ahead,
       1 / CASE WHEN counted.got = 0 OR counted.got = counted.want THEN 1 ELSE 0 END
FROM (SELECT (SELECT count(*) FROM got) AS got, (SELECT count(*) FROM want) AS want) AS counted,
     seen LEFT JOIN got ON got.resource = seen.name
ORDER BY seen.name;

-- acquire one, in line

WITH given AS MATERIALIZED (
    SELECT CAST(:1 AS jsonb) AS names, CAST(:2 AS text) AS owner, CAST(:3 AS text) AS label, CAST(:4 AS text) AS reason,
           CAST(:5 AS bigint) * interval '1 microsecond' AS lease, CAST(:6 AS bigint) AS place),
want AS MATERIALIZED (SELECT DISTINCT name COLLATE "C" AS name FROM given, jsonb_array_elements_text(given.names) AS name),
seen AS MATERIALIZED (
    SELECT want.name, l.*, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint) AS rest,
           coalesce(l.owner <> given.owner AND l.expires_at > clock_timestamp() AND
                    l.expires_at <= clock_timestamp() + interval '744 hours', false) AS is_held,
           CASE WHEN given.place = 0 OR (l.owner = given.owner AND l.expires_at > clock_timestamp()) THEN 0
                ELSE (SELECT count(*) FROM stint_lock_waiters q
                      WHERE q.resource = want.name AND q.owner <> given.owner AND q.place < given.place AND
                            q.until > clock_timestamp() AND q.until < clock_timestamp() + interval '1 minute') END AS ahead
    FROM given, want LEFT JOIN LATERAL (SELECT * FROM stint_locks WHERE resource = want.name OFFSET 0) AS l ON true),
got AS (
    INSERT INTO stint_locks AS l (resource, owner, label, reason, fence, acquired_at, expires_at)
    SELECT want.name, given.owner, given.label, given.reason, nextval('stint_lock_fence'), begins.at, begins.at + given.lease
    FROM given, want, LATERAL (SELECT clock_timestamp() AS at) AS begins
    WHERE NOT EXISTS (SELECT 1 FROM seen WHERE is_held OR ahead > 0)
    ORDER BY want.name
ON CONFLICT (resource) DO UPDATE SET
    owner       = excluded.owner,
    label       = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.label ELSE excluded.label END,
    reason      = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.reason ELSE excluded.reason END,
    broken_by   = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.broken_by ELSE '' END,
    fence       = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.fence
                       ELSE greatest(nextval('stint_lock_fence'), l.fence + 1) END,
    acquired_at = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() THEN l.acquired_at
                       ELSE clock_timestamp() END,
    expires_at  = CASE WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp() AND l.broken_by <> ''
                            THEN l.expires_at
                       WHEN l.owner = excluded.owner AND l.expires_at > clock_timestamp()
                            THEN least(greatest(l.expires_at, clock_timestamp() + (excluded.expires_at - excluded.acquired_at)),
                                       clock_timestamp() + interval '744 hours')
                       ELSE clock_timestamp() + (excluded.expires_at - excluded.acquired_at) END
WHERE l.owner = excluded.owner OR l.expires_at <= clock_timestamp() OR l.expires_at > clock_timestamp() + interval '744 hours'
RETURNING l.resource, l.fence, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint) AS rest,
          l.xmax = 0 AS is_first, l.acquired_at < statement_timestamp() AS was_held),
left_line AS (
    DELETE FROM stint_lock_waiters q USING given, got
    WHERE given.place <> 0 AND q.resource = got.resource AND q.owner = given.owner)
SELECT CASE WHEN seen.is_held THEN seen.name END, seen.owner, seen.label, seen.reason, seen.fence, seen.acquired_at,
       seen.expires_at, seen.rest, seen.broken_by,
       seen.name, got.fence, got.rest, got.is_first, got.was_held, seen.ahead,
       1 / CASE WHEN counted.got = 0 OR counted.got = counted.want THEN 1 ELSE 0 END
FROM (SELECT (SELECT count(*) FROM got) AS got, (SELECT count(*) FROM want) AS want) AS counted,
     seen LEFT JOIN got ON got.resource = seen.name
ORDER BY seen.name;

-- renew

WITH given AS MATERIALIZED (
    SELECT CAST(:1 AS jsonb) AS leases, CAST(:2 AS bigint) * interval '1 microsecond' AS by,
           CAST(:3 AS bigint) * interval '1 microsecond' AS tenure),
held AS MATERIALIZED (
    SELECT l.resource
    FROM (SELECT one->>0 AS resource, one->>1 AS owner, CAST(one->>2 AS bigint) AS fence
          FROM jsonb_array_elements((SELECT leases FROM given)) AS one ORDER BY (one->>0) COLLATE "C") AS want,
         LATERAL (SELECT resource FROM stint_locks
                  WHERE resource = want.resource AND owner = want.owner AND fence = want.fence AND expires_at > clock_timestamp() FOR NO KEY UPDATE) AS l)
UPDATE stint_locks l SET expires_at =
    CASE WHEN l.broken_by <> '' THEN l.expires_at
         ELSE least(greatest(l.expires_at, least(clock_timestamp() + given.by, l.acquired_at + given.tenure)),
                    clock_timestamp() + interval '744 hours') END
FROM given WHERE l.resource = ANY (ARRAY(SELECT held.resource FROM held))
RETURNING l.resource, l.fence, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint),
          l.broken_by <> '' OR l.acquired_at + given.tenure < clock_timestamp() + given.by;
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > clock_timestamp() AND l.resource = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:1 AS jsonb)))) ORDER BY l.resource;

-- renew what is free

WITH given AS MATERIALIZED (
    SELECT CAST(:1 AS jsonb) AS leases, CAST(:2 AS bigint) * interval '1 microsecond' AS by,
           CAST(:3 AS bigint) * interval '1 microsecond' AS tenure),
held AS MATERIALIZED (
    SELECT l.resource
    FROM (SELECT one->>0 AS resource, one->>1 AS owner, CAST(one->>2 AS bigint) AS fence
          FROM jsonb_array_elements((SELECT leases FROM given)) AS one ORDER BY (one->>0) COLLATE "C") AS want,
         LATERAL (SELECT resource FROM stint_locks
                  WHERE resource = want.resource AND owner = want.owner AND fence = want.fence AND expires_at > clock_timestamp() FOR NO KEY UPDATE SKIP LOCKED) AS l)
UPDATE stint_locks l SET expires_at =
    CASE WHEN l.broken_by <> '' THEN l.expires_at
         ELSE least(greatest(l.expires_at, least(clock_timestamp() + given.by, l.acquired_at + given.tenure)),
                    clock_timestamp() + interval '744 hours') END
FROM given WHERE l.resource = ANY (ARRAY(SELECT held.resource FROM held))
RETURNING l.resource, l.fence, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint),
          l.broken_by <> '' OR l.acquired_at + given.tenure < clock_timestamp() + given.by;
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > clock_timestamp() AND l.resource = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:1 AS jsonb)))) ORDER BY l.resource;

-- renew all

WITH given AS MATERIALIZED (
    SELECT CAST(:1 AS text) AS owner, CAST(:2 AS bigint) * interval '1 microsecond' AS by, interval '744 hours' AS tenure),
held AS MATERIALIZED (
    SELECT resource FROM stint_locks
    WHERE owner = (SELECT owner FROM given) AND owner <> '' AND expires_at > clock_timestamp()
    ORDER BY resource FOR NO KEY UPDATE)
UPDATE stint_locks l SET expires_at =
    CASE WHEN l.broken_by <> '' THEN l.expires_at
         ELSE least(greatest(l.expires_at, least(clock_timestamp() + given.by, l.acquired_at + given.tenure)),
                    clock_timestamp() + interval '744 hours') END
FROM given WHERE l.resource = ANY (ARRAY(SELECT held.resource FROM held))
RETURNING l.resource, l.fence, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint),
          l.broken_by <> '' OR l.acquired_at + given.tenure < clock_timestamp() + given.by;

-- release one

UPDATE stint_locks
SET owner = '', label = '', reason = '', broken_by = '', acquired_at = clock_timestamp(), expires_at = 'epoch'
WHERE resource = CAST(:1 AS text) AND owner = CAST(:2 AS text) AND fence = CAST(:3 AS bigint)
RETURNING resource, fence;

-- release two
WITH
held AS MATERIALIZED (
    SELECT l.resource
    FROM (SELECT one->>0 AS resource, one->>1 AS owner, CAST(one->>2 AS bigint) AS fence
          FROM jsonb_array_elements(CAST(:1 AS jsonb)) AS one ORDER BY (one->>0) COLLATE "C") AS want,
         LATERAL (SELECT resource FROM stint_locks
                  WHERE resource = want.resource AND owner = want.owner AND fence = want.fence FOR NO KEY UPDATE) AS l)
UPDATE stint_locks
SET owner = '', label = '', reason = '', broken_by = '', acquired_at = clock_timestamp(), expires_at = 'epoch'
WHERE resource = ANY (ARRAY(SELECT held.resource FROM held))
RETURNING resource, fence;

-- release all

WITH held AS MATERIALIZED (
    SELECT resource FROM stint_locks WHERE owner = CAST(:1 AS text) AND owner <> '' ORDER BY resource FOR NO KEY UPDATE)
UPDATE stint_locks
SET owner = '', label = '', reason = '', broken_by = '', acquired_at = clock_timestamp(), expires_at = 'epoch'
WHERE resource = ANY (ARRAY(SELECT held.resource FROM held))
RETURNING resource, fence;

-- list
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > clock_timestamp() ORDER BY l.resource;

-- list of an owner
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > clock_timestamp() AND l.owner = CAST(:1 AS text) ORDER BY l.resource;

-- list of names
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > clock_timestamp() AND l.resource = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:1 AS jsonb)))) ORDER BY l.resource;

-- break

WITH given AS MATERIALIZED (
    SELECT CAST(:1 AS text) AS resource, CAST(:2 AS bigint) AS fence, CAST(:3 AS text) AS broken_by,
           CAST(:4 AS text) AS reason, CAST(:5 AS bigint) * interval '1 microsecond' AS grace),
hit AS (
    UPDATE stint_locks l SET expires_at = least(l.expires_at, clock_timestamp() + given.grace), broken_by = given.broken_by
    FROM given
    WHERE l.resource = given.resource AND l.fence = given.fence AND l.owner <> '' AND l.expires_at > clock_timestamp()
    RETURNING l.*),
written AS (
    INSERT INTO stint_lock_breaks (at, resource, fence, owner, label, broken_by, reason)
    SELECT clock_timestamp(), hit.resource, hit.fence, hit.owner, hit.label, hit.broken_by, given.reason FROM hit, given)
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint), l.broken_by FROM hit AS l;
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > clock_timestamp() AND l.resource = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:1 AS jsonb)))) ORDER BY l.resource;

-- purge
DELETE FROM stint_lock_waiters WHERE until < clock_timestamp() - interval '1 minute' OR until > clock_timestamp() + interval '1 minute';

DELETE FROM stint_locks WHERE resource IN (
    SELECT l.resource FROM stint_locks l
    WHERE greatest(l.acquired_at, l.expires_at) < clock_timestamp() - CAST(:1 AS bigint) * interval '1 microsecond'
    ORDER BY l.resource LIMIT 500 FOR UPDATE SKIP LOCKED);

-- stand in line

INSERT INTO stint_lock_waiters AS q (resource, owner, place, until)
SELECT name, given.owner, given.place, clock_timestamp() + given.patience
FROM (SELECT CAST(:1 AS jsonb) AS names, CAST(:2 AS text) AS owner,
             CAST(:3 AS bigint) * interval '1 microsecond' AS patience, nextval('stint_lock_line') AS place) AS given,
     jsonb_array_elements_text(given.names) AS name
ORDER BY name COLLATE "C"
ON CONFLICT (resource, owner) DO UPDATE
SET until = excluded.until, place = CASE WHEN q.until > clock_timestamp() THEN q.place ELSE excluded.place END
RETURNING q.place;

-- leave the line
DELETE FROM stint_lock_waiters WHERE resource = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:1 AS jsonb)))) AND owner = CAST(:2 AS text);

-- waiting for
SELECT owner FROM stint_lock_waiters WHERE resource = CAST(:1 AS text) AND until > clock_timestamp() AND until < clock_timestamp() + interval '1 minute' ORDER BY place;

