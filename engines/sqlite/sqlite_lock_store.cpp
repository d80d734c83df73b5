#include "sqlite_lock_store.hpp"

#include <stint/transaction.hpp>

#include "lock_values.hpp"

namespace stint {

namespace {

std::vector<std::string> create_statements() {
    return {R"(CREATE TABLE stint_locks (
    resource    TEXT    NOT NULL PRIMARY KEY,
    owner       TEXT    NOT NULL,
    label       TEXT    NOT NULL,
    reason      TEXT    NOT NULL,
    fence       INTEGER NOT NULL,
    acquired_at INTEGER NOT NULL,
    expires_at  INTEGER NOT NULL,
    broken_by   TEXT    NOT NULL DEFAULT ''
) STRICT, WITHOUT ROWID)",
            "CREATE INDEX stint_locks_of_owner ON stint_locks (owner) WHERE owner <> ''",
            R"(CREATE TABLE stint_lock_waiters (
    resource TEXT    NOT NULL,
    owner    TEXT    NOT NULL,
    place    INTEGER NOT NULL,
    until    INTEGER NOT NULL,
    PRIMARY KEY (resource, owner)
) STRICT, WITHOUT ROWID)",
            R"(CREATE TABLE stint_lock_breaks (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    at        INTEGER NOT NULL,
    resource  TEXT    NOT NULL,
    fence     INTEGER NOT NULL,
    owner     TEXT    NOT NULL,
    label     TEXT    NOT NULL,
    broken_by TEXT    NOT NULL,
    reason    TEXT    NOT NULL
) STRICT)",
            // The last number that was given: SQLite has no sequences.
            "CREATE TABLE stint_lock_fence (last INTEGER NOT NULL) STRICT", "INSERT INTO stint_lock_fence VALUES (0)"};
}

std::vector<std::string> drop_statements() {
    return {"DROP TABLE IF EXISTS stint_locks", "DROP TABLE IF EXISTS stint_lock_waiters",
            "DROP TABLE IF EXISTS stint_lock_breaks", "DROP TABLE IF EXISTS stint_lock_fence"};
}

constexpr auto held_columns = "l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, "
                              "l.expires_at - stint_clock(), l.broken_by";

std::string longest() {
    return std::to_string(std::chrono::microseconds{lock_table::longest_lease}.count());
}

/// The locks are looked for one by one through their key: no plan of it reads the table.
std::string const seen_sql = R"(
WITH given(names, owner, place) AS (SELECT :1, :2, :3)
SELECT )" + std::string(held_columns) +
                             R"(,
       (SELECT count(*) FROM stint_lock_waiters q
        WHERE q.resource = want.value AND q.owner <> given.owner AND q.place < given.place AND q.until > stint_clock() AND
              q.until < stint_clock() + 60000000 AND
              NOT EXISTS (SELECT 1 FROM stint_locks mine
                          WHERE mine.resource = want.value AND mine.owner = given.owner AND mine.expires_at > stint_clock()))
FROM given CROSS JOIN json_each(given.names) AS want
LEFT JOIN stint_locks l
    ON l.resource = (SELECT h.resource FROM stint_locks h
                     WHERE h.resource = want.value AND h.owner <> given.owner AND h.expires_at > stint_clock() AND
                           h.expires_at <= stint_clock() + )" +
                             longest() + R"()
ORDER BY want.value)";

constexpr auto next_fence_sql = "UPDATE stint_lock_fence SET last = last + 1 RETURNING last";

/// The one writer holds everything, and stint_clock() stands still in a statement. Rows of a dump may be ahead of the
/// last number, and a place in line for longer than a minute is from a clock that was wrong.
std::string const take_sql = R"(
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
                          min(max(expires_at, excluded.expires_at), stint_clock() + )" +
                             longest() + R"()),
                      excluded.expires_at)
RETURNING resource, fence, expires_at - stint_clock(), acquired_at < stint_clock())";

constexpr auto leave_line_sql = "DELETE FROM stint_lock_waiters WHERE resource IN (SELECT value FROM json_each(:1)) "
                                "AND owner = :2";

std::string lengthen(std::string const& given, std::string const& which) {
    return "WITH given" + given + R"(
UPDATE stint_locks AS l SET expires_at =
    iif(l.broken_by <> '', l.expires_at,
        min(max(l.expires_at, min(stint_clock() + given.by, l.acquired_at + given.tenure)), stint_clock() + )" +
           longest() + R"())
FROM given WHERE l.expires_at > stint_clock() AND )" +
           which + R"(
RETURNING resource, fence, expires_at - stint_clock(),
          broken_by <> '' OR acquired_at + (SELECT tenure FROM given) < stint_clock() + (SELECT by FROM given))";
}

constexpr auto one_of_the_leases = R"((l.resource, l.owner, l.fence) IN (
    SELECT json_extract(one.value, '$[0]'), json_extract(one.value, '$[1]'), json_extract(one.value, '$[2]')
    FROM json_each((SELECT leases FROM given)) AS one))";

/// The row stays: purged rows alone are forgotten.
constexpr auto set_free = "UPDATE stint_locks AS l SET owner = '', label = '', reason = '', broken_by = '', "
                          "acquired_at = stint_clock(), expires_at = 0 ";

std::string const release_sql = "WITH given(leases) AS (SELECT :1) " + std::string(set_free) + "FROM given WHERE " +
                                one_of_the_leases + " RETURNING resource, fence";

std::string const break_sql = R"(
WITH given(resource, fence, broken_by, grace) AS (SELECT :1, :2, :3, :4)
UPDATE stint_locks AS l SET expires_at = min(l.expires_at, stint_clock() + given.grace), broken_by = given.broken_by
FROM given
WHERE l.resource = given.resource AND l.fence = given.fence AND l.owner <> '' AND l.expires_at > stint_clock())";

std::string const broken_sql = "SELECT " + std::string(held_columns) + " FROM stint_locks l WHERE l.resource = :1";

constexpr auto write_down_sql = R"(
INSERT INTO stint_lock_breaks (at, resource, fence, owner, label, broken_by, reason)
VALUES (stint_clock(), :1, :2, :3, :4, :5, :6))";

std::string const list_sql = "SELECT " + std::string(held_columns) +
                             " FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > stint_clock()";

std::string const stand_in_line_sql = R"(
WITH given(names, owner, patience) AS (SELECT :1, :2, :3)
INSERT INTO stint_lock_waiters (resource, owner, place, until)
SELECT want.value, given.owner, (SELECT coalesce(max(place), 0) + 1 FROM stint_lock_waiters), stint_clock() + given.patience
FROM given, json_each(given.names) AS want WHERE true
ON CONFLICT (resource, owner) DO UPDATE
SET place = iif(until > stint_clock(), place, excluded.place), until = excluded.until
RETURNING place)";

constexpr std::array seen_types = [] {
    std::array<column_type, held_lock_types.size() + 1> types{};
    for (std::size_t i = 0; i < held_lock_types.size(); ++i) types[i] = held_lock_types[i];
    types.back() = {data_type::integer};  // ahead
    return types;
}();

lock_attempt look(connection& db, std::string const& names, std::string const& owner, ticket place, deadline until) {
    std::vector<value> const bound{names, owner, static_cast<std::int64_t>(place)};
    lock_attempt             seen;
    db.query(
        seen_sql, bound, seen_types,
        [&](std::span<value> row) {
            if (is_there(row)) seen.holders.push_back(held_lock_from(row));
            seen.ahead += static_cast<std::size_t>(std::get<std::int64_t>(row.back()));
        },
        until);
    return seen;
}

bool is_free(lock_attempt const& seen) noexcept {
    return seen.holders.empty() && seen.ahead == 0;
}

std::int64_t next_fence(connection& db, deadline until) {
    std::int64_t fence = 0;
    db.query(
        next_fence_sql, {}, std::array{column_type{}},
        [&](std::span<value> row) { fence = std::get<std::int64_t>(row.front()); }, until);
    return fence;
}

std::vector<lease> take(connection& db, std::string const& names, lock_request const& request, deadline until) {
    std::vector<value> const bound{names,          request.owner,         request.label,
                                   request.reason, next_fence(db, until), microseconds(request.lease)};
    auto const               began = deadline::clock::now();
    std::vector<lease>       leases;
    db.query(
        take_sql, bound,
        std::array{column_type{data_type::text}, column_type{}, column_type{}, column_type{data_type::boolean}},
        [&](std::span<value> row) {
            leases.push_back({.name = std::get<std::string>(std::move(row[0])),
                              .owner = request.owner,
                              .fence = std::get<std::int64_t>(row[1]),
                              .ends = end_of_lease(began, row[2]),
                              .was_held = std::get<bool>(row[3])});
        },
        until);
    return leases;
}

}  // namespace

sqlite_lock_store::sqlite_lock_store()
    : lock_store({.create = create_statements(),
                  .drop = drop_statements(),
                  .renew = lengthen("(leases, by, tenure) AS (SELECT :1, :2, :3)", one_of_the_leases),
                  .renew_free = lengthen("(leases, by, tenure) AS (SELECT :1, :2, :3)", one_of_the_leases),
                  .renew_all = lengthen("(owner, by, tenure) AS (SELECT :1, :2, " + longest() + ")",
                                        "l.owner = given.owner AND l.owner <> ''"),
                  .release = release_sql,
                  .release_one = std::string(set_free) +
                                 "WHERE resource = :1 AND owner = :2 AND fence = :3 RETURNING resource, fence",
                  .release_all = std::string(set_free) + "WHERE owner = :1 AND owner <> '' RETURNING resource, fence",
                  .list = list_sql,
                  .of_owner = " AND l.owner = :1",
                  .of_names = " AND l.resource IN (SELECT value FROM json_each(:1))",
                  .in_order = " ORDER BY l.resource",
                  .purge = "DELETE FROM stint_locks WHERE max(acquired_at, expires_at) < stint_clock() - :1",
                  .purge_line = "DELETE FROM stint_lock_waiters WHERE until < stint_clock() - 60000000 OR "
                                "until > stint_clock() + 60000000",
                  .stand_in_line = stand_in_line_sql,
                  .leave_line = leave_line_sql,
                  .waiting_for = "SELECT owner FROM stint_lock_waiters WHERE resource = :1 AND "
                                 "until > stint_clock() AND until < stint_clock() + 60000000 ORDER BY place",
                  .wake_channel = {}}) {}

/// Those who wait look first, without asking for the one place of the writer.
lock_attempt sqlite_lock_store::acquire(connection& db, std::span<std::string const> names, lock_request const& request,
                                        ticket place, deadline until) const {
    auto const list = json_of(names);
    if (place != ticket::none)
        if (auto seen = look(db, list, request.owner, place, until); !is_free(seen)) return seen;

    transaction own{db, isolation::read_committed, until};
    auto        attempt = look(db, list, request.owner, place, until);
    if (!is_free(attempt)) return attempt;
    attempt.leases = take(db, list, request, until);
    attempt.granted = true;
    if (place != ticket::none) leave_line(db, names, request.owner, until);
    own.commit();
    return attempt;
}

break_answer sqlite_lock_store::break_lock(connection& db, std::string const& name, std::int64_t fence,
                                           lock_break const& breaking, deadline until) const {
    transaction              own{db, isolation::read_committed, until};
    std::vector<value> const bound{name, fence, breaking.breaker, microseconds(breaking.grace)};
    break_answer             answer{.done = db.execute(break_sql, bound, until) == 1};
    if (!answer.done) {
        auto const holder = list(db, {}, {&name, 1}, until);
        if (!holder.empty()) answer.now = holder.front();
        return answer;
    }
    std::vector<value> const which{name};
    db.query(
        broken_sql, which, held_lock_types, [&](std::span<value> row) { answer.now = held_lock_from(row); }, until);
    std::vector<value> const written{name,           fence, answer.now.owner, answer.now.label, breaking.breaker,
                                     breaking.reason};
    db.execute(write_down_sql, written, until);
    own.commit();
    return answer;
}

}  // namespace stint
