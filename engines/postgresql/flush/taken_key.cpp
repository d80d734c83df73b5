#include "taken_key.hpp"

#include <array>
#include <string>

#include "postgresql_errors.hpp"
#include "sql.hpp"

namespace stint {
namespace {

constexpr std::string_view index_of_column =
    "SELECT true FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace "
    "JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0] "
    "WHERE nspname = :1 AND relname = :2 AND attname = :3 AND indnkeyatts = 1 AND "
    "(indrelid = to_regclass(:4) OR to_regclass(:5) IN (SELECT pg_partition_ancestors(indrelid)))";

}  // namespace

bool is_of_key(PGresult const& violation, row_shape const& inserted, connection& from, deadline until) {
    auto const                       table = quoted_table(inserted.table);
    std::array<value, 5> const       names{error_field(&violation, PG_DIAG_SCHEMA_NAME),
                                     error_field(&violation, PG_DIAG_CONSTRAINT_NAME), inserted.key.front().name, table,
                                     table};
    std::array<column_type, 1> const answers{column_type{data_type::boolean}};
    bool                             result = false;
    from.query(index_of_column, names, answers, [&](auto) { result = true; }, until);
    return result;
}

}  // namespace stint
