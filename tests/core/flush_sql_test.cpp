// What each form of a PostgreSQL flush sends, to the letter.
#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "../../engines/postgresql/flush/flush_sql.hpp"
#include "../../engines/postgresql/postgresql_dialect.hpp"
#include "golden_shapes.hpp"

using namespace tables;
using stint::flush_form;
using stint::row_lock;
using task = stint::flush_task;

namespace {

struct rendered_flush : scratch_database {
    std::shared_ptr<stint::known_tables> known = std::make_shared<stint::known_tables>();
    stint::postgresql_tables             here{known};
    stint::postgresql_dialect const      spelling{};

    rendered_flush() {
        keep("stocks", {integer("id", "nextval('stocks_id_seq'::regclass)"), integer("version"), fact("name", "text"),
                        fact("quantity", "numeric")});
        keep("documents", {integer("id", "nextval('documents_id_seq'::regclass)"), integer("version"),
                           fact("quantity", "numeric"), fact("processed", "boolean"), integer("stock")});
        std::string_view const names[]{"stocks", "documents"};
        here.learn(*db().lend(), names, no_deadline);  // asks nobody: all are known
    }

    std::string text(stint::row_shape const& shape, flush_form const& form) const {
        return render_flush(shape, form, here, spelling).text;
    }

private:
    static stint::column_facts fact(char const* name, char const* type) {
        return {.name = name, .type = type, .plain_type = type};
    }
    static stint::column_facts integer(char const* name, char const* new_key = "") {
        return {.name = name, .type = "bigint", .plain_type = "bigint", .new_key = new_key};
    }
    void keep(char const* table, std::vector<stint::column_facts> columns) {
        stint::table_facts facts;
        facts.columns = std::move(columns);
        known->keep(table, std::make_shared<stint::table_facts const>(std::move(facts)), known->age());
    }
};

}  // namespace

TEST_SUITE_BEGIN("core: flush_sql");

// Checks.

TEST_CASE_FIXTURE(rendered_flush, "rows of a table are held, each in its own strength") {
    CHECK(text(update_stock(), {.task = task::lock, .as_set = true}) ==
          R"(SELECT count(h0.there) + count(h1.there) + count(h2.there) + count(h3.there) FROM (SELECT * )"
          R"(FROM unnest($1::bigint[], $2::int[]) WITH ORDINALITY LIMIT (SELECT $3::bigint)) )"
          R"(AS v(p1, p2, o) LEFT JOIN LATERAL (SELECT true AS there FROM "stocks" AS t WHERE t."id" = v.p1 )"
          R"(AND v.p2 = 0 FOR KEY SHARE OF t OFFSET 0) AS h0 ON true LEFT JOIN LATERAL (SELECT true AS there )"
          R"(FROM "stocks" AS t WHERE t."id" = v.p1 AND v.p2 = 1 FOR SHARE OF t OFFSET 0) AS h1 ON true )"
          R"(LEFT JOIN LATERAL (SELECT true AS there FROM "stocks" AS t WHERE t."id" = v.p1 )"
          R"(AND v.p2 = 2 FOR NO KEY UPDATE OF t OFFSET 0) AS h2 ON true )"
          R"(LEFT JOIN LATERAL (SELECT true AS there FROM "stocks" AS t WHERE t."id" = v.p1 )"
          R"(AND v.p2 = 3 FOR UPDATE OF t OFFSET 0) AS h3 ON true)");
}

TEST_CASE_FIXTURE(rendered_flush, "one row is held") {
    CHECK(text(hold_stock(), {.task = task::check, .lock = row_lock::key_share}) ==
          R"(SELECT count(h.there) FROM (SELECT 1) AS v LEFT JOIN LATERAL (SELECT true AS there )"
          R"(FROM "stocks" AS t WHERE t."id" = $1 FOR KEY SHARE OF t OFFSET 0) AS h ON true)");
}

TEST_CASE_FIXTURE(rendered_flush, "one row is held and judged") {
    CHECK(text(update_stock(), {.task = task::check, .lock = row_lock::no_key_update}) ==
          R"(SELECT 1, h.there, h."quantity", h."version", set_config('stint.refused', $3, true) )"
          R"(FROM (SELECT 1) AS v LEFT JOIN LATERAL (SELECT true AS there, t."quantity", t."version" )"
          R"(FROM "stocks" AS t WHERE t."id" = $1 FOR NO KEY UPDATE OF t OFFSET 0) AS h ON true )"
          R"(WHERE NOT coalesce(h.there AND (h."version" IS NOT DISTINCT FROM $2), false))");
}

TEST_CASE_FIXTURE(rendered_flush, "one row that is held already is judged") {
    CHECK(text(update_stock(), {.task = task::check}) ==
          R"(SELECT 1, h.there, h."quantity", h."version", set_config('stint.refused', $3, true) )"
          R"(FROM (SELECT 1) AS v LEFT JOIN LATERAL (SELECT true AS there, t."quantity", t."version" )"
          R"(FROM "stocks" AS t WHERE t."id" = $1 OFFSET 0) AS h ON true WHERE NOT coalesce(h.there )"
          R"(AND (h."version" IS NOT DISTINCT FROM $2), false))");
}

TEST_CASE_FIXTURE(rendered_flush, "a set is held and judged") {
    CHECK(text(update_stock(), {.task = task::check, .as_set = true, .lock = row_lock::no_key_update}) ==
          R"(SELECT v.o, h.there, h."quantity", h."version", set_config('stint.refused', $3, true) )"
          R"(FROM (SELECT * FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY )"
          R"(LIMIT (SELECT $4::bigint)) AS v(p1, p2, o) )"
          R"(LEFT JOIN LATERAL (SELECT true AS there, t."quantity", t."version" FROM "stocks" AS t )"
          R"(WHERE t."id" = v.p1 FOR NO KEY UPDATE OF t OFFSET 0) AS h ON true WHERE NOT coalesce(h.there )"
          R"(AND (h."version" IS NOT DISTINCT FROM v.p2), false))");
}

TEST_CASE_FIXTURE(rendered_flush, "a set with nulls goes as texts") {
    CHECK(text(update_stock(), {.task = task::check, .as_set = true, .has_nulls = true}) ==
          R"(SELECT v.o, h.there, h."quantity", h."version", set_config('stint.refused', $3, true) )"
          R"(FROM (SELECT * FROM unnest($1::text[]::bigint[], $2::text[]::bigint[]) WITH ORDINALITY )"
          R"(LIMIT (SELECT $4::bigint)) AS v(p1, p2, o) )"
          R"(LEFT JOIN LATERAL (SELECT true AS there, t."quantity", t."version" FROM "stocks" AS t )"
          R"(WHERE t."id" = v.p1 OFFSET 0) AS h ON true WHERE NOT coalesce(h.there )"
          R"(AND (h."version" IS NOT DISTINCT FROM v.p2), false))");
}

TEST_CASE_FIXTURE(rendered_flush, "what must not be is judged by its conditions") {
    CHECK(text(forbid_lock(), {.task = task::check, .lock = row_lock::share}) ==
          R"(SELECT 1, h.there, set_config('stint.refused', $3, true) FROM (SELECT 1) AS v )"
          R"(LEFT JOIN LATERAL (SELECT true AS there, t."expires_at", t."owner" FROM "stint_locks" AS t )"
          R"(WHERE t."resource" = $1 FOR SHARE OF t OFFSET 0) AS h ON true WHERE coalesce(h.there )"
          R"(AND (h."owner" IS DISTINCT FROM $2) AND (h."expires_at" > clock_timestamp()), false))");
}

TEST_CASE_FIXTURE(rendered_flush, "a row is looked at") {
    CHECK(text(update_stock(), {.task = task::look}) ==
          R"(SELECT 1, h.there, h."quantity", h."version" FROM (SELECT 1) AS v )"
          R"(LEFT JOIN LATERAL (SELECT true AS there, t."quantity", t."version" FROM "stocks" AS t )"
          R"(WHERE t."id" = $1 OFFSET 0) AS h ON true WHERE NOT coalesce(h.there )"
          R"(AND (h."version" IS NOT DISTINCT FROM $2), false))");
}

TEST_CASE_FIXTURE(rendered_flush, "what stands in a new row's place is looked at") {
    CHECK(text(insert_stock(), {.task = task::look}) ==
          R"(SELECT 1, h.there, h."name", h."version" FROM (SELECT 1) AS v )"
          R"(LEFT JOIN LATERAL (SELECT true AS there, t."name", t."version" FROM "stocks" AS t )"
          R"(WHERE t."id" = $1 OFFSET 0) AS h ON true WHERE coalesce(h.there, false))");
}

// Updates and deletes.

TEST_CASE_FIXTURE(rendered_flush, "one row is updated") {
    CHECK(text(update_stock(), {}) ==
          R"(WITH w AS (UPDATE "stocks" AS t SET "quantity" = $1, "version" = t."version" + 1 )"
          R"(WHERE t."id" = $2 AND (t."version" IS NOT DISTINCT FROM $3) )"
          R"(RETURNING t."version"::bigint AS r1), c AS (SELECT CASE WHEN count(*) <> 1 )"
          R"(OR count(r1) <> count(*) THEN ($4::text || count(*)::text)::int END AS few FROM w) SELECT 1, r1 )"
          R"(FROM c LEFT JOIN w ON c.few IS NULL)");
}

TEST_CASE_FIXTURE(rendered_flush, "a set is updated") {
    CHECK(text(update_stock(), {.as_set = true}) ==
          R"(WITH w AS (UPDATE "stocks" AS t SET "quantity" = v.p1, "version" = t."version" + 1 )"
          R"(FROM (SELECT * FROM unnest($1::numeric[], $2::bigint[], $3::bigint[]) WITH ORDINALITY )"
          R"(LIMIT (SELECT $4::bigint)) AS v(p1, p2, p3, o) WHERE t."id" = v.p2 )"
          R"(AND (t."version" IS NOT DISTINCT FROM v.p3) RETURNING v.o, t."version"::bigint AS r1),)"
          R"( c AS (SELECT CASE WHEN count(*) <> $5::bigint OR sum(o) <> count(*) * (count(*) + 1) / 2 )"
          R"(OR count(r1) <> count(*) THEN ($6::text || count(*)::text)::int END AS few FROM w) SELECT o, r1 )"
          R"(FROM c LEFT JOIN w ON c.few IS NULL)");
}

TEST_CASE_FIXTURE(rendered_flush, "a set that nobody has locked before is updated") {
    CHECK(text(update_stock(), {.as_set = true, .lock = row_lock::no_key_update}) ==
          R"(WITH l AS MATERIALIZED (SELECT v.* FROM (SELECT * )"
          R"(FROM unnest($1::numeric[], $2::bigint[], $3::bigint[]) WITH ORDINALITY )"
          R"(LIMIT (SELECT $4::bigint)) AS v(p1, p2, p3, o), LATERAL (SELECT 1 FROM "stocks" AS t )"
          R"(WHERE t."id" = v.p2 FOR NO KEY UPDATE OF t OFFSET 0) AS h), w AS (UPDATE "stocks" AS t )"
          R"(SET "quantity" = v.p1, "version" = t."version" + 1 FROM l AS v WHERE t."id" = v.p2 )"
          R"(AND (t."version" IS NOT DISTINCT FROM v.p3) RETURNING v.o, t."version"::bigint AS r1),)"
          R"( c AS (SELECT CASE WHEN count(*) <> $5::bigint OR sum(o) <> count(*) * (count(*) + 1) / 2 )"
          R"(OR count(r1) <> count(*) THEN ($6::text || count(*)::text)::int END AS few FROM w) SELECT o, r1 )"
          R"(FROM c LEFT JOIN w ON c.few IS NULL)");
}

TEST_CASE_FIXTURE(rendered_flush, "a column is raised, another takes the clock") {
    CHECK(text(raise_stock(), {}) ==
          R"(WITH w AS (UPDATE "stocks" AS t SET "quantity" = t."quantity" + $1, "version" = (extract(epoch )"
          R"(FROM clock_timestamp()) * 1000000)::bigint WHERE t."id" = $2 RETURNING 1) )"
          R"(SELECT CASE WHEN count(*) <> 1 THEN ($3::text || count(*)::text)::int END FROM w)");
}

TEST_CASE_FIXTURE(rendered_flush, "one row is made to refer to a new one") {
    CHECK(text(set_stock(), {.references = {false, true}}) ==
          R"(WITH w AS (UPDATE "documents" AS t SET "stock" = ((SELECT ('{' || )"
          R"(rtrim(current_setting('stint.keys'), ',') || '}')::bigint[]))[$1::int] WHERE t."id" = $2 )"
          R"(RETURNING 1) SELECT CASE WHEN count(*) <> 1 THEN ($3::text || count(*)::text)::int END FROM w)");
}

TEST_CASE_FIXTURE(rendered_flush, "a set of new rows is made to refer to new ones") {
    CHECK(text(set_stock(), {.as_set = true, .references = {true, true}}) ==
          R"(WITH w AS (UPDATE "documents" AS t SET "stock" = CASE WHEN v.p1 > 0 )"
          R"(THEN ((SELECT ('{' || rtrim(current_setting('stint.keys'), ',') || '}')::bigint[]))[v.p1] )"
          R"(ELSE v.p2 END FROM (SELECT * FROM unnest($1::int[], $2::bigint[], $3::int[], $4::bigint[]) WITH )"
          R"(ORDINALITY LIMIT (SELECT $5::bigint)) AS v(p1, p2, p3, p4, o) WHERE t."id" = CASE WHEN v.p3 > 0 )"
          R"(THEN ((SELECT ('{' || rtrim(current_setting('stint.keys'), ',') || '}')::bigint[]))[v.p3] )"
          R"(ELSE v.p4 END RETURNING v.o) SELECT CASE WHEN count(*) <> $6::bigint )"
          R"(OR sum(o) <> count(*) * (count(*) + 1) / 2 THEN ($7::text || count(*)::text)::int END FROM w)");
}

TEST_CASE_FIXTURE(rendered_flush, "one row is deleted") {
    CHECK(text(remove_stock(), {}) ==
          R"(WITH w AS (DELETE FROM "stocks" AS t WHERE t."id" = $1 AND (t."version" IS NOT DISTINCT )"
          R"(FROM $2) RETURNING 1) SELECT CASE WHEN count(*) <> 1 THEN ($3::text || count(*)::text)::int END FROM w)");
}

TEST_CASE_FIXTURE(rendered_flush, "a set is deleted") {
    CHECK(text(remove_stock(), {.as_set = true}) ==
          R"(WITH w AS (DELETE FROM "stocks" AS t USING (SELECT * )"
          R"(FROM unnest($1::bigint[], $2::bigint[]) WITH ORDINALITY LIMIT (SELECT $3::bigint)) )"
          R"(AS v(p1, p2, o) WHERE t."id" = v.p1 AND (t."version" IS NOT DISTINCT FROM v.p2) RETURNING v.o) )"
          R"(SELECT CASE WHEN count(*) <> $4::bigint OR sum(o) <> count(*) * (count(*) + 1) / 2 )"
          R"(THEN ($5::text || count(*)::text)::int END FROM w)");
}

// Inserts.

TEST_CASE_FIXTURE(rendered_flush, "one row with a key is inserted") {
    CHECK(text(insert_stock(), {}) ==
          R"(WITH w AS (INSERT INTO "stocks" AS t ("id", "version", "name", "quantity") )"
          R"(VALUES ($1, $2, $3, $4) ON CONFLICT ("id") DO NOTHING RETURNING 1, t."id" AS k1) )"
          R"(SELECT CASE WHEN count(*) <> 1 THEN ($5::text || count(*)::text)::int END FROM w)");
}

TEST_CASE_FIXTURE(rendered_flush, "a set with keys is inserted") {
    CHECK(text(insert_stock(), {.as_set = true}) ==
          R"(WITH w AS (INSERT INTO "stocks" AS t ("id", "version", "name", "quantity") )"
          R"(SELECT v.p1, v.p2, v.p3, v.p4 FROM unnest($1::bigint[], $2::bigint[], $3::text[], $4::numeric[]) WITH )"
          R"(ORDINALITY AS v(p1, p2, p3, p4, o) ON CONFLICT ("id") DO NOTHING RETURNING 1, t."id" AS k1) )"
          R"(SELECT CASE WHEN count(*) <> $5::bigint THEN ($6::text || count(*)::text)::int END FROM w)");
}

TEST_CASE_FIXTURE(rendered_flush, "one row is given a key") {
    CHECK(text(insert_new_stock(), {}) ==
          R"(WITH w AS (INSERT INTO "stocks" AS t ("version", "name", "quantity") VALUES ($1, $2, $3) )"
          R"(RETURNING t."id"::bigint AS r1, t."version"::bigint AS r2, t."id" AS k1),)"
          R"( c AS (SELECT CASE WHEN count(k1) <> 1 OR min(k1::bigint) < -4611686018427387904 )"
          R"(THEN ($4::text || count(*)::text)::int END AS few )"
          R"(FROM w) SELECT 1, r1, r2 FROM c LEFT JOIN w ON c.few IS NULL)");
}

TEST_CASE_FIXTURE(rendered_flush, "one row is given a key, which later ones need") {
    CHECK(text(insert_new_stock(), {.referred = true}) ==
          R"(WITH w AS (INSERT INTO "stocks" AS t ("version", "name", "quantity") VALUES ($1, $2, $3) )"
          R"(RETURNING t."id"::bigint AS r1, t."version"::bigint AS r2, t."id" AS k1),)"
          R"( s AS MATERIALIZED (SELECT set_config('stint.keys', coalesce(current_setting('stint.keys', true), '') )"
          R"(|| k1 || ',', true) AS kept FROM w), c AS (SELECT CASE WHEN count(k1) <> 1 )"
          R"(OR min(k1::bigint) < -4611686018427387904 OR (SELECT kept )"
          R"(FROM s) IS NULL THEN ($4::text || count(*)::text)::int END AS few FROM w) SELECT 1, r1, r2 )"
          R"(FROM c LEFT JOIN w ON c.few IS NULL)");
}

TEST_CASE_FIXTURE(rendered_flush, "a set draws its keys, and answers more than keys") {
    CHECK(text(insert_new_stock(), {.as_set = true}) ==
          R"(WITH d AS MATERIALIZED (SELECT array_agg((nextval('stocks_id_seq'::regclass))::bigint) AS keys )"
          R"(FROM generate_series(1, $4::bigint)), v AS (SELECT * )"
          R"(FROM unnest($1::bigint[], $2::text[], $3::numeric[]) WITH ORDINALITY AS v(p1, p2, p3, o)),)"
          R"( w AS (INSERT INTO "stocks" AS t ("id", "version", "name", "quantity") OVERRIDING SYSTEM VALUE )"
          R"(SELECT ((SELECT keys FROM d))[v.o], v.p1, v.p2, v.p3 FROM v )"
          R"(RETURNING t."id"::bigint AS r1, t."version"::bigint AS r2, t."id" AS k1), f AS (SELECT o, r1, r2 )"
          R"(FROM (SELECT is_new, lag(o) OVER (PARTITION BY k1 ORDER BY is_new) AS o, r1, r2 )"
          R"(FROM (SELECT ((SELECT keys FROM d))[v.o] AS k1, o, false AS is_new, NULL AS r1, NULL AS r2 )"
          R"(FROM v UNION ALL SELECT k1, NULL, true, r1, r2 FROM w) AS u) AS n WHERE is_new),)"
          R"( c AS (SELECT CASE WHEN count(o) <> $5::bigint OR (SELECT array_agg(k1::bigint) )"
          R"(FROM w) IS DISTINCT FROM (SELECT keys FROM d) OR (SELECT min(k1::bigint) FROM w) < -4611686018427387904 )"
          R"(THEN ($6::text || count(*)::text)::int END AS few )"
          R"(FROM f) SELECT o, r1, r2 FROM c LEFT JOIN f ON c.few IS NULL)");
}

TEST_CASE_FIXTURE(rendered_flush, "a set draws its keys, and answers them alone") {
    CHECK(text(insert_document(), {.as_set = true}) ==
          R"(WITH d AS MATERIALIZED (SELECT array_agg((nextval('documents_id_seq'::regclass))::bigint) AS keys )"
          R"(FROM generate_series(1, $5::bigint)), w AS (INSERT INTO "documents" AS t ("id", "version", )"
          R"("quantity", "processed", "stock") OVERRIDING SYSTEM VALUE SELECT ((SELECT keys )"
          R"(FROM d))[v.o], v.p1, v.p2, v.p3, v.p4 )"
          R"(FROM unnest($1::bigint[], $2::numeric[], $3::boolean[], $4::bigint[]) WITH ORDINALITY )"
          R"(AS v(p1, p2, p3, p4, o) RETURNING t."id"::bigint AS r1, t."id" AS k1) SELECT (SELECT keys )"
          R"(FROM d), CASE WHEN count(k1) <> $6::bigint OR array_agg(k1::bigint) IS DISTINCT )"
          R"(FROM (SELECT keys FROM d) OR min(k1::bigint) < -4611686018427387904 )"
          R"(THEN ($7::text || count(*)::text)::int END FROM w)");
}

TEST_CASE_FIXTURE(rendered_flush, "a set draws its keys, which its own rows need") {
    CHECK(
        text(insert_document(), {.as_set = true, .referred = true, .references = {false, false, false, false, true}}) ==
        R"(WITH d AS MATERIALIZED (SELECT array_agg((nextval('documents_id_seq'::regclass))::bigint) AS keys )"
        R"(FROM generate_series(1, $6::bigint)), s AS MATERIALIZED (SELECT set_config('stint.keys', )"
        R"(coalesce(current_setting('stint.keys', true), '') || array_to_string(keys, ',') || ',', true) AS kept )"
        R"(FROM d), w AS (INSERT INTO "documents" AS t ("id", "version", "quantity", "processed", "stock") )"
        R"(OVERRIDING SYSTEM VALUE SELECT ((SELECT keys FROM d))[v.o], v.p1, v.p2, v.p3, CASE WHEN v.p4 > 0 )"
        R"(THEN ((SELECT ('{' || rtrim((SELECT kept FROM s), ',') || '}')::bigint[]))[v.p4] ELSE v.p5 END )"
        R"(FROM unnest($1::bigint[], $2::numeric[], $3::boolean[], $4::int[], $5::bigint[]) WITH ORDINALITY )"
        R"(AS v(p1, p2, p3, p4, p5, o) RETURNING t."id"::bigint AS r1, t."id" AS k1) SELECT (SELECT keys )"
        R"(FROM d), CASE WHEN count(k1) <> $7::bigint OR array_agg(k1::bigint) IS DISTINCT )"
        R"(FROM (SELECT keys FROM d) OR min(k1::bigint) < -4611686018427387904 OR (SELECT kept FROM s) IS NULL )"
        R"(THEN ($8::text || count(*)::text)::int END FROM w)");
}

TEST_CASE_FIXTURE(rendered_flush, "a row of defaults is inserted") {
    CHECK(text(insert_empty_document(), {}) ==
          R"(WITH w AS (INSERT INTO "documents" AS t DEFAULT VALUES )"
          R"(RETURNING t."id"::bigint AS r1, t."id" AS k1), c AS (SELECT CASE WHEN count(k1) <> 1 )"
          R"(OR min(k1::bigint) < -4611686018427387904 )"
          R"(THEN ($1::text || count(*)::text)::int END AS few FROM w) SELECT 1, r1 FROM c )"
          R"(LEFT JOIN w ON c.few IS NULL)");
}

// Parameters.

TEST_CASE_FIXTURE(rendered_flush, "each parameter says what goes there") {
    using source = stint::flush_parameter::source;
    auto const          sql = render_flush(update_stock(), {.as_set = true}, here, spelling);
    std::vector<source> sources;
    for (auto const& each : sql.parameters) sources.push_back(each.origin);
    CHECK(sources ==
          std::vector{source::assignment, source::key, source::condition, source::rows, source::rows, source::token});
    CHECK(sql.answers == std::vector{version});
    CHECK(render_flush(insert_document(), {.as_set = true}, here, spelling).lists_keys);
    CHECK_FALSE(render_flush(insert_new_stock(), {.as_set = true}, here, spelling).lists_keys);
}

TEST_SUITE_END();
