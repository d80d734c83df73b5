#include "flush_failure.hpp"

#include <algorithm>
#include <array>
#include <cassert>
#include <string_view>
#include <utility>

#include <libpq-fe.h>

#include <stint/log.hpp>

#include "postgresql_errors.hpp"
#include "postgresql_rules.hpp"
#include "sql.hpp"
#include "table_check.hpp"
#include "written_row.hpp"

namespace stint {
namespace {

constexpr std::string_view not_a_number = "22P02";
constexpr std::string_view changed_by_trigger = "27000";  // a row of the set, by a trigger of another row
constexpr std::string_view not_null_violation = "23502";
constexpr std::string_view unique_violation = "23505";

constexpr std::string_view index_of_column =
    "SELECT true FROM pg_index JOIN pg_class ON pg_class.oid = indexrelid JOIN pg_namespace ON pg_namespace.oid = relnamespace "
    "JOIN pg_attribute ON attrelid = indrelid AND attnum = indkey[0] "
    "WHERE nspname = :1 AND relname = :2 AND attname = :3 AND indnkeyatts = 1 AND "
    "(indrelid = to_regclass(:4) OR to_regclass(:5) IN (SELECT pg_partition_ancestors(indrelid)))";

/// Of a statement that was prepared when the tables were others, or by a session that has forgotten it. Values may not
/// fit a type that a column had before.
bool may_be_outdated(std::string_view sqlstate) noexcept {
    return sqlstate.starts_with("22") || sqlstate == "0A000" || sqlstate == lost_statement ||
           sqlstate.starts_with("42");
}

}  // namespace

void flush_failure::note(std::optional<postgresql_pipeline::failed_statement> failed,
                         std::span<sent_statement const>                      sent) {
    failed_ = std::move(failed);
    if (!failed_) return;
    assert(failed_->place < sent.size() && "what failed was sent");
    at_ = sent[failed_->place];
}

std::string flush_failure::code() const {
    return failed_ ? error_field(failed_->result.get(), PG_DIAG_SQLSTATE) : "";
}

flush_ending flush_failure::judge(bool had_kept_statements) const {
    if (is_raised_here())
        return at_.purpose == flush_purpose::stop ? flush_ending::refused : flush_ending::short_of_rows;
    auto const sqlstate = code();
    if (sqlstate == changed_by_trigger) return flush_ending::short_of_rows;
    if (sqlstate == unique_violation && is_new_row_without_key()) return flush_ending::not_unique;
    return had_kept_statements && may_be_outdated(sqlstate) ? flush_ending::outdated : flush_ending::failed;
}

// By its place and by what only this flush can have made the server say.
bool flush_failure::is_raised_here() const {
    if (!failed_ || code() != not_a_number) return false;
    bool const raises = at_.purpose == flush_purpose::stop || at_.purpose == flush_purpose::write;
    return raises && error_field(failed_->result.get(), PG_DIAG_MESSAGE_PRIMARY).find(token_) != std::string::npos;
}

bool flush_failure::is_new_row_without_key() const {
    return at_.purpose == flush_purpose::write && shape().action == row_action::insert && !shape().key_given;
}

// Constraints have names that say nothing, so the server is asked what the index is of.
bool flush_failure::is_of_key(connection& link, deadline until) const {
    auto const*                      violation = failed_->result.get();
    auto const                       table = quoted_table(shape().table);
    std::array<value, 5> const       names{error_field(violation, PG_DIAG_SCHEMA_NAME),
                                     error_field(violation, PG_DIAG_CONSTRAINT_NAME), shape().key.front().name, table,
                                     table};
    std::array<column_type, 1> const answers{column_type{data_type::boolean}};
    bool                             result = false;
    link.query(index_of_column, names, answers, [&](auto) { result = true; }, until);
    return result;
}

bool flush_failure::is_new_row_of_view(postgresql_tables const& tables) const {
    if (!is_new_row_without_key()) return false;
    auto const* const facts = tables.find(shape().table);
    return facts != nullptr && facts->is_view;
}

void flush_failure::raise(postgresql_session const& session, bool connection_lost, deadline until) const {
    bool const lacks_key = code() == not_null_violation && is_new_row_without_key() &&
                           error_field(failed_->result.get(), PG_DIAG_COLUMN_NAME) == shape().key.front().name;
    if (!connection_lost && lacks_key) refuse_without_key(shape(), "postgresql");
    auto described = session.described(failed_, connection_lost, until);
    if (failed_ && described.table.empty() && at_.purpose == flush_purpose::write) described.table = shape().table;
    throw_postgresql_error(described);
}

/// The row that broke a rule, where it is known: it was written alone, or only it has a null there.
std::optional<std::size_t> flush_failure::row_of(constraint_violation const& refused) const {
    assert(at_.step != nullptr && "a write is a step's");
    auto const& rows = at_.step->rows;
    if (rows.size() == 1) return rows.front();
    if (refused.rule() != constraint_violation::rule_type::not_null) return {};
    auto const has_null = [&](std::size_t row) { return as_given(batch_[row]).has_null(refused.report().column); };
    auto const found = std::ranges::find_if(rows, has_null);
    return found != rows.end() ? std::optional(*found) : std::nullopt;
}

// What can't be asked any more isn't known; the violation must be told all the same.
void flush_failure::tell_subject(connection& link, constraint_violation& refused) const {
    if (at_.purpose != flush_purpose::write && at_.purpose != flush_purpose::commit) return;
    error_subject subject;
    if (at_.purpose == flush_purpose::write) {
        subject.table = shape().table;
        if (auto const row = row_of(refused)) subject = as_given(batch_[*row]).subject();
    }
    try {
        refused.tell_subject(broken_postgresql_rule(link, subject, refused));
    } catch (error const& e) {
        logger()->debug("the rule that a flush broke could not be looked up: {}", e.what());
        refused.tell_subject(subject);
    }
}

}  // namespace stint
