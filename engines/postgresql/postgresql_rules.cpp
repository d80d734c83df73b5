#include "postgresql_rules.hpp"

#include <array>
#include <chrono>

#include "sql.hpp"

namespace stint {
namespace {

constexpr std::chrono::seconds time_to_ask{5};

// The columns of a unique index, of a constraint or not; or those of another constraint.
constexpr std::string_view columns_of_rule =
    "WITH rule AS ("
    "SELECT indrelid AS relation, indkey::smallint[] AS columns FROM pg_index JOIN pg_class ON oid = indexrelid "
    "WHERE relname = :1 AND indrelid = to_regclass(:2) "
    "UNION ALL "
    "SELECT conrelid, conkey FROM pg_constraint WHERE conname = :1 AND conrelid = to_regclass(:2) AND conindid = 0 "
    "UNION ALL "
    "SELECT conrelid, conkey FROM pg_constraint WHERE conname = :1 AND conrelid = to_regclass(:2) AND contype = 'f') "
    "SELECT attname::text FROM rule CROSS JOIN unnest(columns) WITH ORDINALITY AS part (number, place) "
    "JOIN pg_attribute ON attrelid = relation AND attnum = number ORDER BY place";

std::string without_schema(std::string const& table) {
    return table.substr(table.rfind('.') + 1);
}

std::string place_of(engine_report const& report) {
    return report.schema.empty() ? quoted(report.table) : quoted(report.schema) + '.' + quoted(report.table);
}

std::vector<std::string> columns_of(connection& db, engine_report const& report) {
    std::array<value, 2> const       rule{report.constraint, place_of(report)};
    std::array<column_type, 1> const answers{column_type{data_type::text}};
    std::vector<std::string>         result;
    db.query(
        columns_of_rule, rule, answers,
        [&](std::span<value> row) { result.push_back(std::get<std::string>(std::move(row[0]))); },
        deadline::after(time_to_ask));
    return result;
}

}  // namespace

error_subject broken_postgresql_rule(connection& db, error_subject subject, constraint_violation const& violation) {
    auto const& report = violation.report();
    subject.rule = report.constraint;
    if (subject.table.empty()) subject.table = report.table;
    // Of another table: by a trigger, or of the rows that refer to this one.
    if (report.table.empty() || without_schema(subject.table) != report.table) return subject;
    if (!report.column.empty()) subject.columns = {report.column};
    if (subject.columns.empty() && !report.constraint.empty()) {
        db.rollback();
        subject.columns = columns_of(db, report);
    }
    return subject;
}

}  // namespace stint
