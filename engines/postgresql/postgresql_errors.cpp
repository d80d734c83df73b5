#include "postgresql_errors.hpp"

#include <algorithm>
#include <exception>
#include <string_view>

#include <soci/soci.h>

#include <soci/postgresql/soci-postgresql.h>

#include <stint/error.hpp>

#include "table_check.hpp"

namespace stint {
namespace {

using rule_type = constraint_violation::rule_type;

engine_report report(postgresql_failure const& f) {
    return {.engine = "postgresql",
            .code = f.sqlstate,
            .message = f.message,
            .schema = f.schema,
            .table = f.table,
            .column = f.column,
            .constraint = f.constraint,
            .statement = f.statement};
}

std::string text(postgresql_failure const& f, std::string const& event, std::string const& next) {
    return f.address + ' ' + event + " (" + f.message + (f.detail.empty() ? "" : " " + f.detail) + "): " + next;
}

// RAISE without a code, and codes of one's own: the standard leaves these classes to whoever needs one, PostgreSQL uses
// few.
bool is_raised(std::string_view state) noexcept {
    if (state == "P0001") return true;
    bool const is_free = state.size() == 5 &&
                         ((state[0] >= '5' && state[0] <= '9') || (state[0] >= 'I' && state[0] <= 'Z'));
    auto const of_postgresql = {"53", "54", "55", "57", "58", "72", "P0", "XX"};
    return is_free && std::ranges::find(of_postgresql, state.substr(0, 2)) == of_postgresql.end();
}

rule_type rule_of(std::string_view state) noexcept {
    if (state == "23505" || state == "23P01") return rule_type::unique;
    if (state == "23503") return rule_type::foreign_key;
    if (state == "23502") return rule_type::not_null;
    if (state == "23514" || state == "44000") return rule_type::check;
    return is_raised(state) ? rule_type::trigger : rule_type::other;
}

bool is_constraint(std::string_view state) noexcept {
    return state.starts_with("23") || state == "44000" || is_raised(state);
}

[[noreturn]] void throw_constraint(postgresql_failure const& f) {
    auto const rule = rule_of(f.sqlstate);
    auto const event = rule == rule_type::trigger ? std::string("refused a change by a rule of its own")
                                                  : "refused a change that violates a rule of " +
                                                        (f.table.empty() ? "its tables" : "table " + f.table);
    std::throw_with_nested(
        constraint_violation(text(f, event, "nothing was written; correct the data"), report(f), rule));
}

[[noreturn]] void throw_canceled(postgresql_failure const& f) {
    if (f.until.has_passed())
        std::throw_with_nested(deadline_exceeded(
            text(f, "had not finished at the deadline", "nothing was written; try again, or allow more time"),
            report(f)));
    std::throw_with_nested(
        database_error(text(f, "stopped a statement before the deadline",
                            "nothing was written; ask who told it to, or raise its statement_timeout"),
                       report(f)));
}

[[noreturn]] void throw_lost(postgresql_failure const& f) {
    std::throw_with_nested(connection_error(text(f, "is gone: the connection was lost", "try again when it is back"),
                                            report(f), connection_error::failure::lost, advice::wait_and_retry));
}

bool is_duplicate(std::string_view state) noexcept {
    return state == "42P07" || state == "42710" || state == "42701" || state == "42P06";
}

[[noreturn]] void throw_schema_error(postgresql_failure const& f) {
    auto sentence = text(f, "does not have its tables and columns as this statement needs them", compare_or_create);
    if (is_duplicate(f.sqlstate)) sentence = text(f, "has that already", "drop it, or choose another name");
    if (f.sqlstate == "42601") sentence = text(f, "does not understand a statement", "correct the SQL");
    std::throw_with_nested(schema_error(sentence, report(f)));
}

[[noreturn]] void throw_plain(postgresql_failure const& f, advice next) {
    std::throw_with_nested(database_error(
        text(f, "could not carry out a statement",
             next == advice::fix_the_code ? "correct the statement or its values" : "look at the server"),
        report(f), next));
}

bool is_privilege(std::string_view state) noexcept {
    return state == "42501" || state == "25006" || state.starts_with("28");
}

bool is_shutdown(std::string_view state) noexcept {
    return state == "57P01" || state == "57P02" || state == "57P03" || state == "57P05";
}

bool is_transient(std::string_view state) noexcept {
    return state.starts_with("40") || state == "55P03";
}

// Values that don't fit, features that aren't there, a transaction that had failed before.
bool is_mistake(std::string_view state) noexcept {
    return state.starts_with("22") || state.starts_with("0A") || state.starts_with("25") || state.starts_with("26") ||
           state.starts_with("P0") || state.starts_with("21");
}

[[noreturn]] void throw_what_it_means(postgresql_failure const& f) {
    auto const state = std::string_view(f.sqlstate);
    if (f.connection_lost || is_shutdown(state)) throw_lost(f);
    if (is_constraint(state)) throw_constraint(f);
    if (state == "57014") throw_canceled(f);
    if (f.outdated)
        std::throw_with_nested(transient_error(
            text(f, "changed under a prepared statement, in a transaction", "nothing was written; try again"),
            report(f)));
    if (is_transient(state))
        std::throw_with_nested(transient_error(
            text(f, "gave way to somebody else's change", "nothing was written; try again"), report(f)));
    if (is_privilege(state))
        std::throw_with_nested(access_denied(
            text(f, "does not allow this to the user in the URL", "grant it, or use another user"), report(f)));
    if (state.starts_with("42") || state == "3F000") throw_schema_error(f);
    if (state.starts_with("53"))
        std::throw_with_nested(out_of_resources(
            text(f, "has used up a resource", "nothing was written; make room, then try again"), report(f)));
    throw_plain(f, is_mistake(state) ? advice::fix_the_code : advice::ask_a_person);
}

}  // namespace

void postgresql_failure::read(PGresult const* result) {
    if (!PQresultErrorField(result, PG_DIAG_SQLSTATE)) return;
    sqlstate = error_field(result, PG_DIAG_SQLSTATE);
    message = error_field(result, PG_DIAG_MESSAGE_PRIMARY);
    detail = error_field(result, PG_DIAG_MESSAGE_DETAIL);
    schema = error_field(result, PG_DIAG_SCHEMA_NAME);
    table = error_field(result, PG_DIAG_TABLE_NAME);
    column = error_field(result, PG_DIAG_COLUMN_NAME);
    constraint = error_field(result, PG_DIAG_CONSTRAINT_NAME);
}

std::string error_field(PGresult const* result, int code) {
    auto const* const found = PQresultErrorField(result, code);
    return found ? found : "";
}

std::string first_line(std::string_view message) {
    message = message.substr(0, message.find('\n'));
    auto const severity = message.find(":  ");
    return std::string(severity == std::string_view::npos ? message : message.substr(severity + 3));
}

void throw_postgresql_error(postgresql_failure const& failure) {
    try {
        // It takes five characters.
        throw soci::postgresql_soci_error(failure.message,
                                          failure.sqlstate.size() == 5 ? failure.sqlstate.c_str() : "     ");
    } catch (soci::soci_error const&) {
        throw_what_it_means(failure);
    }
}

void throw_postgresql_connect_error(postgresql_failure const& f) {
    using failure = connection_error::failure;
    if (f.sqlstate.empty())
        std::throw_with_nested(
            connection_error(text(f, "can't be reached", "check the host and the port in the URL, and the server"),
                             report(f), failure::unreachable, advice::wait_and_retry));
    if (f.sqlstate == "53300" || f.sqlstate == "57P03")
        std::throw_with_nested(connection_error(text(f, "takes no connection now", "try again"), report(f),
                                                failure::refused, advice::wait_and_retry));
    std::throw_with_nested(
        connection_error(text(f, "refused the connection", "check the user, the password and the database in the URL"),
                         report(f), failure::refused, advice::ask_a_person));
}

}  // namespace stint
