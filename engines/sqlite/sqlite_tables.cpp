#include "sqlite_tables.hpp"

#include <array>
#include <functional>
#include <span>
#include <utility>
#include <vector>

#include <stint/column.hpp>
#include <stint/value.hpp>

#include "sql.hpp"
#include "sqlite_session.hpp"
#include "sqlite_types.hpp"
#include "sqlite_values.hpp"

namespace stint {
namespace {

constexpr std::string_view kind_of_table =
    "SELECT schema, type IN ('table', 'shadow'), wr, strict FROM pragma_table_list(:1) "
    "WHERE (:2 IS NULL AND schema <> '') OR lower(schema) = lower(:2) "
    "ORDER BY CASE schema WHEN 'temp' THEN 0 WHEN 'main' THEN 1 ELSE 2 END LIMIT 1";

// hidden: 1 a virtual table's own, 2 and 3 generated columns.
constexpr std::string_view columns_of_table =
    "SELECT name, type, \"notnull\", dflt_value IS NOT NULL, pk, hidden FROM pragma_table_xinfo(:1, :2)";

constexpr std::string_view columns_unique_alone =
    "SELECT min(part.name), list.origin = 'pk' FROM pragma_index_list(:1, :2) AS list, pragma_index_info(list.name, :2) AS part "
    "WHERE list.\"unique\" AND NOT list.partial GROUP BY list.name HAVING count(*) = 1";

using row = std::function<void(sqlite_statement&)>;

void ask(sqlite_session& session, std::string_view sql, std::span<value const> parameters, deadline until,
         row const& take) {
    auto const statement = session.prepared(sql, until);
    auto const reset = reset_at_end(*statement);
    try {
        for (std::size_t i = 0; i < parameters.size(); ++i) statement->bind(i, parameters[i]);
        while (statement->step()) take(*statement);
    } catch (soci::soci_error const& e) {
        session.fail(e, sql, until);
    }
}

std::string text(sqlite_statement const& statement, std::size_t column) {
    auto content = statement.read(column, {data_type::text});
    return is_null(content) ? std::string() : std::get<std::string>(std::move(content));
}

std::int64_t number(sqlite_statement const& statement, std::size_t column) {
    return std::get<std::int64_t>(statement.read(column, {data_type::integer}));
}

bool truth(sqlite_statement const& statement, std::size_t column) {
    return number(statement, column) != 0;
}

class question {
public:
    question(sqlite_session& session, std::string_view table, deadline until)
        : session_(session), until_(until), name_(name_and_schema(table)) {}

    known_table answer();

private:
    void add_column(sqlite_statement const& statement);
    void note_unique();
    void note_rowid(bool has_rowid);

    sqlite_session&          session_;
    deadline                 until_;
    std::array<value, 2>     name_;  ///< the table, its schema or null
    table_facts              facts_{};
    bool                     is_strict_ = false, key_has_index_ = false;
    std::vector<std::string> key_{};
};

known_table question::answer() {
    bool found = false, has_rowid = false;
    ask(session_, kind_of_table, name_, until_, [&](sqlite_statement& statement) {
        found = true;
        name_.back() = text(statement, 0);
        facts_.is_view = !truth(statement, 1);
        has_rowid = !facts_.is_view && !truth(statement, 2);
        is_strict_ = truth(statement, 3);
    });
    if (!found) return nullptr;
    ask(session_, columns_of_table, name_, until_, [this](sqlite_statement& statement) { add_column(statement); });
    note_unique();
    note_rowid(has_rowid);
    return std::make_shared<table_facts const>(std::move(facts_));
}

void question::add_column(sqlite_statement const& statement) {
    column_facts column{.name = text(statement, 0), .type = text(statement, 1)};
    // What a view says of its columns is no more than a guess.
    auto const affinity = facts_.is_view ? sqlite_affinity::none : affinity_of(column.type, is_strict_);
    column.type_code = static_cast<std::uint32_t>(affinity);
    column.is_nullable = !truth(statement, 2);
    column.has_default = truth(statement, 3);
    column.is_computed = number(statement, 5) > 1;
    if (truth(statement, 4)) key_.push_back(column.name);
    if (column.type.empty()) column.type = "without a type";
    facts_.columns.push_back(std::move(column));
}

void question::note_unique() {
    ask(session_, columns_unique_alone, name_, until_, [this](sqlite_statement& statement) {
        key_has_index_ = key_has_index_ || truth(statement, 1);
        auto const name = text(statement, 0);
        for (auto& column : facts_.columns)
            if (column.name == name) column.is_unique = true;
    });
}

// A key that isn't the rowid has an index.
void question::note_rowid(bool has_rowid) {
    if (!has_rowid || key_.size() != 1 || key_has_index_) return;
    facts_.rowid = key_.front();
    for (auto& column : facts_.columns)
        if (column.name == facts_.rowid) column.is_unique = column.has_default = true;
}

}  // namespace

void sqlite_tables::refresh(sqlite_session& session, deadline until) {
    auto now = session.schemas();
    for (auto& schema : now)
        ask(session, "PRAGMA " + stint::quoted(schema.name) + ".schema_version", {}, until,
            [&](sqlite_statement& statement) { schema.number = number(statement, 0); });
    if (now == schemas_) return;
    tables_.clear();
    schemas_ = std::move(now);
}

table_facts const* sqlite_tables::find(sqlite_session& session, std::string_view table, deadline until) {
    if (auto const* const facts = known(table)) return facts;
    auto found = question(session, table, until).answer();
    return found ? tables_.emplace(table, std::move(found)).first->second.get() : nullptr;
}

table_facts const* sqlite_tables::known(std::string_view table) const noexcept {
    auto const found = tables_.find(table);
    return found == tables_.end() ? nullptr : found->second.get();
}

}  // namespace stint
