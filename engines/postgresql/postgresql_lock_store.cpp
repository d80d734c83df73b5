#include "postgresql_lock_store.hpp"

#include <algorithm>

#include <stint/error.hpp>

#include "lock_values.hpp"
#include "postgresql_lock_tables.hpp"

namespace stint {

namespace {

// Raised by the statement itself, see below.
constexpr std::string_view division_by_zero = "22012";

constexpr auto held_columns =
    "l.resource, l.owner, l.label, l.reason, l.fence, l.acquired_at, l.expires_at, "
    "CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint), l.broken_by";

std::string longest() {
    return "interval '" + std::to_string(lock_table::longest_lease.count()) + " hours'";
}

/// The row is locked now and is its newest version; nothing but this row is read. Every time comes from
/// clock_timestamp(), after the wait for the row: now() stands still in a transaction, and what was computed before a
/// wait would shorten the lease. xmax tells a row that was there; acquired_at a grant that was held before the
/// statement.
std::string const take_or_lengthen = R"(
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
                                       clock_timestamp() + )" +
                                     longest() +
                                     R"()
                       ELSE clock_timestamp() + (excluded.expires_at - excluded.acquired_at) END
WHERE l.owner = excluded.owner OR l.expires_at <= clock_timestamp() OR l.expires_at > clock_timestamp() + )" +
                                     longest() + R"(
RETURNING l.resource, l.fence, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint) AS rest,
          l.xmax = 0 AS is_first, l.acquired_at < statement_timestamp() AS was_held)";

/// `seen` is a look without a lock, so that a refusal writes nothing. The rows are then locked in their order, and each
/// grant is decided on its row alone. When some were granted but not all, because others were faster by a moment, the
/// statement divides by zero, and so takes itself back. Looks are lateral, one by one through the key: no plan of them
/// reads the table, whatever the server thinks of its size.
std::string const acquire_sql = R"(
WITH given AS MATERIALIZED (
    SELECT CAST(:1 AS jsonb) AS names, CAST(:2 AS text) AS owner, CAST(:3 AS text) AS label, CAST(:4 AS text) AS reason,
           CAST(:5 AS bigint) * interval '1 microsecond' AS lease, CAST(:6 AS bigint) AS place),
want AS MATERIALIZED (SELECT DISTINCT name COLLATE "C" AS name FROM given, jsonb_array_elements_text(given.names) AS name),
seen AS MATERIALIZED (
    SELECT want.name, l.*, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint) AS rest,
           coalesce(l.owner <> given.owner AND l.expires_at > clock_timestamp() AND
                    l.expires_at <= clock_timestamp() + )" +
                                longest() +
                                R"(, false) AS is_held,
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
    ORDER BY want.name)" + take_or_lengthen +
                                R"(),
left_line AS (
    DELETE FROM stint_lock_waiters q USING given, got
    WHERE given.place <> 0 AND q.resource = got.resource AND q.owner = given.owner)
SELECT CASE WHEN seen.is_held THEN seen.name END, seen.owner, seen.label, seen.reason, seen.fence, seen.acquired_at,
       seen.expires_at, seen.rest, seen.broken_by,
       seen.name, got.fence, got.rest, got.is_first, got.was_held, seen.ahead,
       1 / CASE WHEN counted.got = 0 OR counted.got = counted.want THEN 1 ELSE 0 END
FROM (SELECT (SELECT count(*) FROM got) AS got, (SELECT count(*) FROM want) AS want) AS counted,
     seen LEFT JOIN got ON got.resource = seen.name
ORDER BY seen.name)";

/// One lock, for somebody who doesn't wait: the same without its lists. Answers no row where it is held.
std::string const acquire_one_sql = R"(
INSERT INTO stint_locks AS l (resource, owner, label, reason, fence, acquired_at, expires_at)
SELECT given.name, given.owner, given.label, given.reason, nextval('stint_lock_fence'), given.at, given.at + given.lease
FROM (SELECT CAST(:1 AS text) AS name, CAST(:2 AS text) AS owner, CAST(:3 AS text) AS label, CAST(:4 AS text) AS reason,
             CAST(:5 AS bigint) * interval '1 microsecond' AS lease, clock_timestamp() AS at) AS given
WHERE NOT EXISTS (SELECT 1 FROM stint_locks h
                  WHERE h.resource = given.name AND h.owner <> given.owner AND h.expires_at > clock_timestamp() AND
                        h.expires_at <= clock_timestamp() + )" +
                                    longest() + ")" + take_or_lengthen;

/// The rows of leases, locked in the order of their names.
std::string rows_of_leases(std::string const& leases, std::string const& further, std::string const& lock) {
    return R"(
held AS MATERIALIZED (
    SELECT l.resource
    FROM (SELECT one->>0 AS resource, one->>1 AS owner, CAST(one->>2 AS bigint) AS fence
          FROM jsonb_array_elements()" +
           leases + R"() AS one ORDER BY (one->>0) COLLATE "C") AS want,
         LATERAL (SELECT resource FROM stint_locks
                  WHERE resource = want.resource AND owner = want.owner AND fence = want.fence)" +
           further + " FOR NO KEY UPDATE" + lock + ") AS l)";
}

std::string renew_sql(std::string const& lock) {
    return R"(
WITH given AS MATERIALIZED (
    SELECT CAST(:1 AS jsonb) AS leases, CAST(:2 AS bigint) * interval '1 microsecond' AS by,
           CAST(:3 AS bigint) * interval '1 microsecond' AS tenure),)" +
           rows_of_leases("(SELECT leases FROM given)", " AND expires_at > clock_timestamp()", lock);
}

std::string const renew_all_sql = R"(
WITH given AS MATERIALIZED (
    SELECT CAST(:1 AS text) AS owner, CAST(:2 AS bigint) * interval '1 microsecond' AS by, )" +
                                  longest() + R"( AS tenure),
held AS MATERIALIZED (
    SELECT resource FROM stint_locks
    WHERE owner = (SELECT owner FROM given) AND owner <> '' AND expires_at > clock_timestamp()
    ORDER BY resource FOR NO KEY UPDATE))";

std::string const lengthen = R"(
UPDATE stint_locks l SET expires_at =
    CASE WHEN l.broken_by <> '' THEN l.expires_at
         ELSE least(greatest(l.expires_at, least(clock_timestamp() + given.by, l.acquired_at + given.tenure)),
                    clock_timestamp() + )" +
                             longest() + R"() END
FROM given WHERE l.resource = ANY (ARRAY(SELECT held.resource FROM held))
RETURNING l.resource, l.fence, CAST(extract(epoch FROM l.expires_at - clock_timestamp()) * 1000000 AS bigint),
          l.broken_by <> '' OR l.acquired_at + given.tenure < clock_timestamp() + given.by)";

std::string const release_sql = "WITH" + rows_of_leases("CAST(:1 AS jsonb)", "", "");

std::string const release_all_sql = R"(
WITH held AS MATERIALIZED (
    SELECT resource FROM stint_locks WHERE owner = CAST(:1 AS text) AND owner <> '' ORDER BY resource FOR NO KEY UPDATE))";

// The row stays: a number that was counted in it would begin again.
std::string const set_free = R"(
UPDATE stint_locks
SET owner = '', label = '', reason = '', broken_by = '', acquired_at = clock_timestamp(), expires_at = 'epoch')";
std::string const all_of_held = R"(
WHERE resource = ANY (ARRAY(SELECT held.resource FROM held))
RETURNING resource, fence)";
std::string const one_of_all = R"(
WHERE resource = CAST(:1 AS text) AND owner = CAST(:2 AS text) AND fence = CAST(:3 AS bigint)
RETURNING resource, fence)";

std::string const break_sql = R"(
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
SELECT )" + std::string(held_columns) +
                              " FROM hit AS l";

std::string const list_sql = "SELECT " + std::string(held_columns) +
                             " FROM stint_locks l WHERE l.owner <> '' AND l.expires_at > clock_timestamp()";

std::string const purge_sql = R"(
DELETE FROM stint_locks WHERE resource IN (
    SELECT l.resource FROM stint_locks l
    WHERE greatest(l.acquired_at, l.expires_at) < clock_timestamp() - CAST(:1 AS bigint) * interval '1 microsecond'
    ORDER BY l.resource LIMIT 500 FOR UPDATE SKIP LOCKED))";

std::string const stand_in_line_sql = R"(
INSERT INTO stint_lock_waiters AS q (resource, owner, place, until)
SELECT name, given.owner, given.place, clock_timestamp() + given.patience
FROM (SELECT CAST(:1 AS jsonb) AS names, CAST(:2 AS text) AS owner,
             CAST(:3 AS bigint) * interval '1 microsecond' AS patience, nextval('stint_lock_line') AS place) AS given,
     jsonb_array_elements_text(given.names) AS name
ORDER BY name COLLATE "C"
ON CONFLICT (resource, owner) DO UPDATE
SET until = excluded.until, place = CASE WHEN q.until > clock_timestamp() THEN q.place ELSE excluded.place END
RETURNING q.place)";

/// What is told of a grant: name, fence (null unless granted), rest, is first, was held.
constexpr std::array grant_types{column_type{data_type::text}, column_type{}, column_type{},
                                 column_type{data_type::boolean}, column_type{data_type::boolean}};

/// Who holds it, the grant, how many are ahead, and a number without a meaning.
constexpr std::array attempt_types = [] {
    std::array<column_type, held_lock_types.size() + grant_types.size() + 2> types{};
    auto* const of_grant = std::copy(held_lock_types.begin(), held_lock_types.end(), types.begin());
    std::copy(grant_types.begin(), grant_types.end(), of_grant);
    return types;
}();

lease lease_from(std::span<value> grant, std::string const& owner, deadline::clock::time_point began) {
    return {.name = std::get<std::string>(std::move(grant[0])),
            .owner = owner,
            .fence = std::get<std::int64_t>(grant[1]),
            .ends = end_of_lease(began, grant[2]),
            .is_first = std::get<bool>(grant[3]),
            .was_held = std::get<bool>(grant[4])};
}

}  // namespace

postgresql_lock_store::postgresql_lock_store()
    : lock_store(
          {.create = postgresql_lock_tables(),
           .drop = postgresql_lock_tables_dropped(),
           .renew = renew_sql({}) + lengthen,
           .renew_free = renew_sql(" SKIP LOCKED") + lengthen,
           .renew_all = renew_all_sql + lengthen,
           .release = release_sql + set_free + all_of_held,
           .release_one = set_free + one_of_all,
           .release_all = release_all_sql + set_free + all_of_held,
           .list = list_sql,
           .of_owner = " AND l.owner = CAST(:1 AS text)",
           .of_names = " AND l.resource = ANY (ARRAY(SELECT jsonb_array_elements_text(CAST(:1 AS jsonb))))",
           .in_order = " ORDER BY l.resource",
           .purge = purge_sql,
           .purge_line = "DELETE FROM stint_lock_waiters WHERE until < clock_timestamp() - interval '1 minute' OR "
                         "until > clock_timestamp() + interval '1 minute'",
           .stand_in_line = stand_in_line_sql,
           .leave_line = "DELETE FROM stint_lock_waiters WHERE resource = ANY (ARRAY("
                         "SELECT jsonb_array_elements_text(CAST(:1 AS jsonb)))) AND owner = CAST(:2 AS text)",
           .waiting_for = "SELECT owner FROM stint_lock_waiters WHERE resource = CAST(:1 AS text) AND "
                          "until > clock_timestamp() AND until < clock_timestamp() + interval '1 minute' "
                          "ORDER BY place",
           .wake_channel = "stint_locks"}) {}

lock_attempt postgresql_lock_store::acquire(connection& db, std::span<std::string const> names,
                                            lock_request const& request, ticket place, deadline until) const {
    if (names.size() == 1 && place == ticket::none) return acquire_one(db, names.front(), request, until);
    std::vector<value> const bound{json_of(names),
                                   request.owner,
                                   request.label,
                                   request.reason,
                                   microseconds(request.lease),
                                   static_cast<std::int64_t>(place)};
    auto const               began = deadline::clock::now();
    lock_attempt             result;
    auto const               read = [&](std::span<value> row) {
        auto const grant = row.subspan(held_lock_types.size());
        result.ahead += static_cast<std::size_t>(std::get<std::int64_t>(grant[grant_types.size()]));
        if (!is_null(grant[1])) result.leases.push_back(lease_from(grant, request.owner, began));
        if (is_there(row)) result.holders.push_back(held_lock_from(row));
    };
    try {
        db.query(acquire_sql, bound, attempt_types, read, until);
    } catch (database_error const& e) {
        if (e.code() != division_by_zero) throw;
        std::throw_with_nested(transient_error("others took some of these locks at the same moment", e.report()));
    }
    result.granted = !result.leases.empty();
    return result;
}

lock_attempt postgresql_lock_store::acquire_one(connection& db, std::string const& name, lock_request const& request,
                                                deadline until) const {
    std::vector<value> const bound{name, request.owner, request.label, request.reason, microseconds(request.lease)};
    auto const               began = deadline::clock::now();
    lock_attempt             result;
    db.query(
        acquire_one_sql, bound, grant_types,
        [&](std::span<value> row) { result.leases.push_back(lease_from(row, request.owner, began)); }, until);
    result.granted = !result.leases.empty();
    if (!result.granted) result.holders = list(db, {}, {&name, 1}, until);
    return result;
}

break_answer postgresql_lock_store::break_lock(connection& db, std::string const& name, std::int64_t fence,
                                               lock_break const& breaking, deadline until) const {
    std::vector<value> const bound{name, fence, breaking.breaker, breaking.reason, microseconds(breaking.grace)};
    break_answer             answer;
    db.query(
        break_sql, bound, held_lock_types, [&](std::span<value> row) { answer = {true, held_lock_from(row)}; }, until);
    if (answer.done) return answer;
    auto const holder = list(db, {}, {&name, 1}, until);
    if (!holder.empty()) answer.now = holder.front();
    return answer;
}

}  // namespace stint
