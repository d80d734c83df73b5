// What the portable executor sends for each kind of row, to the letter, on both engines.
#include <doctest/doctest.h>

#include <optional>
#include <string>

#include "../../core/src/row_sql.hpp"
#include "../../engines/postgresql/postgresql_dialect.hpp"
#include "../../engines/sqlite/sqlite_dialect.hpp"
#include "golden_shapes.hpp"

using namespace tables;
using stint::row_lock;

namespace {

template <class Dialect>
struct spelled {
    Dialect const spelling{};

    std::string written(stint::row_shape const& shape) const { return write_sql(shape, spelling).sql; }
    std::string checked(stint::row_shape const& shape, std::optional<row_lock> lock) const {
        return check_sql(shape, lock, spelling).sql;
    }
};
using on_postgresql = spelled<stint::postgresql_dialect>;
using on_sqlite = spelled<stint::sqlite_dialect>;

}  // namespace

TEST_SUITE_BEGIN("core: row_sql");

TEST_CASE_FIXTURE(on_postgresql, "PostgreSQL: rows that are written") {
    CHECK(written(insert_stock()) ==
          R"(INSERT INTO "stocks" ("id", "version", "name", "quantity") VALUES (:1, :2, :3, :4) )"
          R"(ON CONFLICT ("id") DO NOTHING)");
    CHECK(written(insert_new_stock()) == R"(INSERT INTO "stocks" ("version", "name", "quantity") VALUES (:1, :2, :3) )"
                                         R"(ON CONFLICT ("id") DO NOTHING RETURNING "id", "version")");
    CHECK(written(insert_empty_document()) ==
          R"(INSERT INTO "documents" DEFAULT VALUES ON CONFLICT ("id") DO NOTHING RETURNING "id")");
    CHECK(written(update_stock()) ==
          R"(UPDATE "stocks" SET "quantity" = :1, "version" = "version" + 1 WHERE "id" = :2 )"
          R"(AND ("version" IS NOT DISTINCT FROM :3) RETURNING "version")");
    CHECK(written(raise_stock()) == R"(UPDATE "stocks" SET "quantity" = "quantity" + :1, "version" = (extract(epoch )"
                                    R"(FROM clock_timestamp()) * 1000000)::bigint WHERE "id" = :2)");
    CHECK(written(remove_stock()) == R"(DELETE FROM "stocks" WHERE "id" = :1 AND ("version" IS NOT DISTINCT FROM :2))");
}

TEST_CASE_FIXTURE(on_postgresql, "PostgreSQL: rows that are checked") {
    CHECK(checked(update_stock(), row_lock::no_key_update) ==
          R"(SELECT ("version" IS NOT DISTINCT FROM :1), "quantity", "version" )"
          R"(FROM (SELECT "quantity", "version" FROM "stocks" WHERE "id" = :2 FOR NO KEY UPDATE) AS held)");
    CHECK(checked(update_stock(), {}) ==
          R"(SELECT ("version" IS NOT DISTINCT FROM :1), "quantity", "version" FROM "stocks" WHERE "id" = :2)");
    CHECK(checked(forbid_lock(), row_lock::share) ==
          R"(SELECT ("owner" IS DISTINCT FROM :1), ("expires_at" > clock_timestamp()) )"
          R"(FROM (SELECT "expires_at", "owner" FROM "stint_locks" WHERE "resource" = :2 FOR SHARE) AS held)");
    CHECK(checked(hold_stock(), row_lock::key_share) ==
          R"(SELECT 1 FROM (SELECT 1 FROM "stocks" WHERE "id" = :1 FOR KEY SHARE) AS held)");
}

TEST_CASE_FIXTURE(on_sqlite, "SQLite: rows that are written") {
    CHECK(written(insert_stock()) ==
          R"(INSERT INTO "stocks" ("id", "version", "name", "quantity") VALUES (:1, :2, :3, :4) )"
          R"(ON CONFLICT ("id") DO NOTHING)");
    CHECK(written(insert_new_stock()) ==
          R"(INSERT INTO "stocks" ("version", "name", "quantity") VALUES (:1, :2, :3) RETURNING "id", "version")");
    CHECK(written(insert_empty_document()) == R"(INSERT INTO "documents" DEFAULT VALUES RETURNING "id")");
    CHECK(written(update_stock()) ==
          R"(UPDATE "stocks" SET "quantity" = :1, "version" = "version" + 1 WHERE "id" = :2 )"
          R"(AND ("version" IS :3) RETURNING "version")");
    CHECK(written(raise_stock()) ==
          R"(UPDATE "stocks" SET "quantity" = "quantity" + :1, "version" = stint_clock() WHERE "id" = :2)");
    CHECK(written(remove_stock()) == R"(DELETE FROM "stocks" WHERE "id" = :1 AND ("version" IS :2))");
}

TEST_CASE_FIXTURE(on_sqlite, "SQLite: rows that are checked") {
    CHECK(checked(update_stock(), row_lock::no_key_update) ==
          R"(SELECT ("version" IS :1), "quantity", "version" FROM "stocks" WHERE "id" = :2)");
    CHECK(checked(update_stock(), {}) ==
          R"(SELECT ("version" IS :1), "quantity", "version" FROM "stocks" WHERE "id" = :2)");
    CHECK(checked(forbid_lock(), row_lock::share) ==
          R"(SELECT ("owner" IS NOT :1), ("expires_at" > stint_clock()) FROM "stint_locks" WHERE "resource" = :2)");
    CHECK(checked(hold_stock(), row_lock::key_share) == R"(SELECT 1 FROM "stocks" WHERE "id" = :1)");
}

TEST_SUITE_END();
