-- create
CREATE TABLE stint_locks (
    resource    TEXT    NOT NULL PRIMARY KEY,
    owner       TEXT    NOT NULL,
    label       TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    fence       INTEGER NOT NULL,
    acquired_at INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    broken_by   TEXT    NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID;
CREATE INDEX stint_locks_of_owner ON stint_locks (owner) WHERE owner <> '';
CREATE TABLE stint_lock_waiters (
    resource TEXT    NOT NULL,
    owner    TEXT    NOT NULL,
    place    INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (resource, owner)
) STRICT, WITHOUT ROWID;
CREATE TABLE stint_lock_breaks (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    resource  TEXT    NOT NULL,
    fence     INTEGER NOT NULL,
    owner     TEXT    NOT NULL,
    label     TEXT    NOT NULL,
    broken_by TEXT    NOT NULL,
    reason    TEXT    NOT NULL
) STRICT;
CREATE TABLE stint_lock_fence (last INTEGER NOT NULL) STRICT;
INSERT INTO stint_lock_fence VALUES (0);

-- drop
DROP TABLE IF EXISTS stint_locks;
DROP TABLE IF EXISTS stint_lock_waiters;
DROP TABLE IF EXISTS stint_lock_breaks;
DROP TABLE IF EXISTS stint_lock_fence;

-- acquire one
begin;

WITH given(names, owner, place) AS (SELECT :1, :2, :3)
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, l.expires_at - stint_clock(), l.broken_by,
       (SELECT count(*) FROM stint_lock_waiters q
        WHERE q.resource = want.value AND q.owner <> given.owner AND q.place < given.place AND q.until > stint_clock() AND
              q.until < stint_clock() + 60000000 AND
              NOT EXISTS (SELECT 1 FROM stint_locks mine
                          WHERE mine.resource = want.value AND mine.owner = given.owner AND mine.expires_at > stint_clock()))
FROM given CROSS JOIN json_each(given.names) AS want
LEFT JOIN stint_locks l
    ON l.resource = (SELECT h.resource FROM stint_locks h
                     WHERE h.resource = want.value AND h.owner <> given.owner AND h.expires_at > stint_clock() AND
                           h.expires_at <= stint_clock() + 2678400000000)
ORDER BY want.value;
UPDATE stint_lock_fence SET last = last + 1 RETURNING last;

WITH given(names, owner, label, reason, fence, lease) AS (SELECT :1, :2, :3, :4, :5, :6)
INSERT INTO stint_locks AS l (resource, owner, label, reason, fence, acquired_at, expires_at)
SELECT DISTINCT want.value, given.owner, given.label, given.reason, given.fence, stint_clock(), stint_clock() + given.lease
FROM given, json_each(given.names) AS want WHERE true ORDER BY want.value
ON CONFLICT (resource) DO UPDATE SET
    owner       = excluded.owner,
    label       = iif(owner = excluded.owner AND expires_at > stint_clock(), label, excluded.label),
    reason      = iif(owner = excluded.owner AND expires_at > stint_clock(), reason, excluded.reason),
    broken_by   = iif(owner = excluded.owner AND expires_at > stint_clock(), broken_by, ''),
    fence       = iif(owner = excluded.owner AND expires_at > stint_clock(), fence, max(excluded.fence, fence + 1)),
    acquired_at = iif(owner = excluded.owner AND expires_at > stint_clock(), acquired_at, excluded.acquired_at),
    expires_at  = iif(owner = excluded.owner AND expires_at > stint_clock(),
                      iif(broken_by <> '', expires_at,
                          min(max(expires_at, excluded.expires_at), stint_clock() + 2678400000000)),
                      excluded.expires_at)
RETURNING resource, fence, expires_at - stint_clock(), acquired_at < stint_clock();
commit;

-- acquire two
begin;

WITH given(names, owner, place) AS (SELECT :1, :2, :3)
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, l.expires_at - stint_clock(), l.broken_by,
       (SELECT count(*) FROM stint_lock_waiters q
        WHERE q.resource = want.value AND q.owner <> given.owner AND q.place < given.place AND q.until > stint_clock() AND
              q.until < stint_clock() + 60000000 AND
              NOT EXISTS (SELECT 1 FROM stint_locks mine
                          WHERE mine.resource = want.value AND mine.owner = given.owner AND mine.expires_at > stint_clock()))
FROM given CROSS JOIN json_each(given.names) AS want
LEFT JOIN stint_locks l
    ON l.resource = (SELECT h.resource FROM stint_locks h
                     WHERE h.resource = want.value AND h.owner <> given.owner AND h.expires_at > stint_clock() AND
                           h.expires_at <= stint_clock() + 2678400000000)
ORDER BY want.value;
UPDATE stint_lock_fence SET last = last + 1 RETURNING last;

WITH given(names, owner, label, reason, fence, lease) AS (SELECT :1, :2, :3, :4, :5, :6)
INSERT INTO stint_locks AS l (resource, owner, label, reason, fence, acquired_at, expires_at)
SELECT DISTINCT want.value, given.owner, given.label, given.reason, given.fence, stint_clock(), stint_clock() + given.lease
FROM given, json_each(given.names) AS want WHERE true ORDER BY want.value
ON CONFLICT (resource) DO UPDATE SET
    owner       = excluded.owner,
    label       = iif(owner = excluded.owner AND expires_at > stint_clock(), label, excluded.label),
    reason      = iif(owner = excluded.owner AND expires_at > stint_clock(), reason, excluded.reason),
    broken_by   = iif(owner = excluded.owner AND expires_at > stint_clock(), broken_by, ''),
    fence       = iif(owner = excluded.owner AND expires_at > stint_clock(), fence, max(excluded.fence, fence + 1)),
    acquired_at = iif(owner = excluded.owner AND expires_at > stint_clock(), acquired_at, excluded.acquired_at),
    expires_at  = iif(owner = excluded.owner AND expires_at > stint_clock(),
                      iif(broken_by <> '', expires_at,
                          min(max(expires_at, excluded.expires_at), stint_clock() + 2678400000000)),
                      excluded.expires_at)
RETURNING resource, fence, expires_at - stint_clock(), acquired_at < stint_clock();
commit;

-- acquire one, in line

WITH given(names, owner, place) AS (SELECT :1, :2, :3)
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, l.expires_at - stint_clock(), l.broken_by,
       (SELECT count(*) FROM stint_lock_waiters q
        WHERE q.resource = want.value AND q.owner <> given.owner AND q.place < given.place AND q.until > stint_clock() AND
              q.until < stint_clock() + 60000000 AND
              NOT EXISTS (SELECT 1 FROM stint_locks mine
                          WHERE mine.resource = want.value AND mine.owner = given.owner AND mine.expires_at > stint_clock()))
FROM given CROSS JOIN json_each(given.names) AS want
LEFT JOIN stint_locks l
    ON l.resource = (SELECT h.resource FROM stint_locks h
                     WHERE h.resource = want.value AND h.owner <> given.owner AND h.expires_at > stint_clock() AND
                           h.expires_at <= stint_clock() + 2678400000000)
ORDER BY want.value;
begin;

WITH given(names, owner, place) AS (SELECT :1, :2, :3)
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, l.expires_at - stint_clock(), l.broken_by,
       (SELECT count(*) FROM stint_lock_waiters q
        WHERE q.resource = want.value AND q.owner <> given.owner AND q.place < given.place AND q.until > stint_clock() AND
              q.until < stint_clock() + 60000000 AND
              NOT EXISTS (SELECT 1 FROM stint_locks mine
                          WHERE mine.resource = want.value AND mine.owner = given.owner AND mine.expires_at > stint_clock()))
FROM given CROSS JOIN json_each(given.names) AS want
LEFT JOIN stint_locks l
    ON l.resource = (SELECT h.resource FROM stint_locks h
                     WHERE h.resource = want.value AND h.owner <> given.owner AND h.expires_at > stint_clock() AND
                           h.expires_at <= stint_clock() + 2678400000000)
ORDER BY want.value;
UPDATE stint_lock_fence SET last = last + 1 RETURNING last;

WITH given(names, owner, label, reason, fence, lease) AS (SELECT :1, :2, :3, :4, :5, :6)
INSERT INTO stint_locks AS l (resource, owner, label, reason, fence, acquired_at, expires_at)
SELECT DISTINCT want.value, given.owner, given.label, given.reason, given.fence, stint_clock(), stint_clock() + given.lease
FROM given, json_each(given.names) AS want WHERE true ORDER BY want.value
ON CONFLICT (resource) DO UPDATE SET
    owner       = excluded.owner,
    label       = iif(owner = excluded.owner AND expires_at > stint_clock(), label, excluded.label),
    reason      = iif(owner = excluded.owner AND expires_at > stint_clock(), reason, excluded.reason),
    broken_by   = iif(owner = excluded.owner AND expires_at > stint_clock(), broken_by, ''),
    fence       = iif(owner = excluded.owner AND expires_at > stint_clock(), fence, max(excluded.fence, fence + 1)),
    acquired_at = iif(owner = excluded.owner AND expires_at > stint_clock(), acquired_at, excluded.acquired_at),
    expires_at  = iif(owner = excluded.owner AND expires_at > stint_clock(),
                      iif(broken_by <> '', expires_at,
                          min(max(expires_at, excluded.expires_at), stint_clock() + 2678400000000)),
                      excluded.expires_at)
RETURNING resource, fence, expires_at - stint_clock(), acquired_at < stint_clock();
DELETE FROM stint_lock_waiters WHERE resource IN (SELECT value FROM json_each(:1)) AND owner = :2;
commit;

-- renew
WITH given(leases, by, tenure) AS (SELECT :1, :2, :3)
UPDATE stint_locks AS l SET expires_at =
    iif(l.broken_by <> '', l.expires_at,
        min(max(l.expires_at, min(stint_clock() + given.by, l.acquired_at + given.tenure)), stint_clock() + 2678400000000))
FROM given WHERE l.expires_at > stint_clock() AND (l.resource, l.owner, l.fence) IN (
    SELECT json_extract(one.value, '$[0]'), json_extract(one.value, '$[1]'), json_extract(one.value, '$[2]')
    FROM json_each((SELECT leases FROM given)) AS one)
RETURNING resource, fence, expires_at - stint_clock(),
          broken_by <> '' OR acquired_at + (SELECT tenure FROM given) < stint_clock() + (SELECT by FROM given);
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, l.expires_at - stint_clock(), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > stint_clock() AND l.resource IN (SELECT value FROM json_each(:1)) ORDER BY l.resource;

-- renew what is free
WITH given(leases, by, tenure) AS (SELECT :1, :2, :3)
UPDATE stint_locks AS l SET expires_at =
    iif(l.broken_by <> '', l.expires_at,
        min(max(l.expires_at, min(stint_clock() + given.by, l.acquired_at + given.tenure)), stint_clock() + 2678400000000))
FROM given WHERE l.expires_at > stint_clock() AND (l.resource, l.owner, l.fence) IN (
    SELECT json_extract(one.value, '$[0]'), json_extract(one.value, '$[1]'), json_extract(one.value, '$[2]')
    FROM json_each((SELECT leases FROM given)) AS one)
RETURNING resource, fence, expires_at - stint_clock(),
          broken_by <> '' OR acquired_at + (SELECT tenure FROM given) < stint_clock() + (SELECT by FROM given);
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, l.expires_at - stint_clock(), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > stint_clock() AND l.resource IN (SELECT value FROM json_each(:1)) ORDER BY l.resource;

-- renew all
WITH given(owner, by, tenure) AS (SELECT :1, :2, 2678400000000)
UPDATE stint_locks AS l SET expires_at =
    iif(l.broken_by <> '', l.expires_at,
        min(max(l.expires_at, min(stint_clock() + given.by, l.acquired_at + given.tenure)), stint_clock() + 2678400000000))
FROM given WHERE l.expires_at > stint_clock() AND l.owner = given.owner AND l.owner <> ''
RETURNING resource, fence, expires_at - stint_clock(),
          broken_by <> '' OR acquired_at + (SELECT tenure FROM given) < stint_clock() + (SELECT by FROM given);

-- release one
UPDATE stint_locks AS l SET owner = '', label = '', reason = '', broken_by = '', acquired_at = stint_clock(), expires_at = 0 WHERE resource = :1 AND owner = :2 AND fence = :3 RETURNING resource, fence;

-- release two
WITH given(leases) AS (SELECT :1) UPDATE stint_locks AS l SET owner = '', label = '', reason = '', broken_by = '', acquired_at = stint_clock(), expires_at = 0 FROM given WHERE (l.resource, l.owner, l.fence) IN (
    SELECT json_extract(one.value, '$[0]'), json_extract(one.value, '$[1]'), json_extract(one.value, '$[2]')
    FROM json_each((SELECT leases FROM given)) AS one) RETURNING resource, fence;

-- release all
UPDATE stint_locks AS l SET owner = '', label = '', reason = '', broken_by = '', acquired_at = stint_clock(), expires_at = 0 WHERE owner = :1 AND owner <> '' RETURNING resource, fence;

-- list
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, l.expires_at - stint_clock(), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > stint_clock() ORDER BY l.resource;

-- list of an owner
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, l.expires_at - stint_clock(), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > stint_clock() AND l.owner = :1 ORDER BY l.resource;

-- list of names
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, l.expires_at - stint_clock(), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > stint_clock() AND l.resource IN (SELECT value FROM json_each(:1)) ORDER BY l.resource;

-- break
begin;

WITH given(resource, fence, broken_by, grace) AS (SELECT :1, :2, :3, :4)
UPDATE stint_locks AS l SET expires_at = min(l.expires_at, stint_clock() + given.grace), broken_by = given.broken_by
FROM given
WHERE l.resource = given.resource AND l.fence = given.fence AND l.owner <> '' AND l.expires_at > stint_clock();
SELECT l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, l.expires_at - stint_clock(), l.broken_by FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > stint_clock() AND l.resource IN (SELECT value FROM json_each(:1)) ORDER BY l.resource;
rollback;

-- purge
DELETE FROM stint_lock_waiters WHERE until < stint_clock() - 60000000 OR until > stint_clock() + 60000000;
DELETE FROM stint_locks WHERE max(acquired_at, expires_at) < stint_clock() - :1;

-- stand in line

WITH given(names, owner, patience) AS (SELECT :1, :2, :3)
INSERT INTO stint_lock_waiters (resource, owner, place, until)
SELECT want.value, given.owner, (SELECT coalesce(max(place), 0) + 1 FROM stint_lock_waiters), stint_clock() + given.patience
FROM given, json_each(given.names) AS want WHERE true
ON CONFLICT (resource, owner) DO UPDATE
SET place = iif(until > stint_clock(), place, excluded.place), until = excluded.until
RETURNING place;

-- leave the line
DELETE FROM stint_lock_waiters WHERE resource IN (SELECT value FROM json_each(:1)) AND owner = :2;

-- waiting for
SELECT owner FROM stint_lock_waiters WHERE resource = :1 AND until > stint_clock() AND until < stint_clock() + 60000000 ORDER BY place;

