#include "sqlite_errors.hpp"

#include <exception>
#include <filesystem>

#include <sqlite3.h>

#include <stint/error.hpp>

namespace stint {
namespace {

using rule = constraint_violation::rule_type;

int primary(int code) noexcept {
    return code & 0xff;
}

engine_report report(sqlite_failure const& failure) {
    return {.engine = "sqlite",
            .code = std::to_string(failure.code),
            .message = failure.message,
            .statement = failure.statement};
}

std::string text(sqlite_failure const& failure, std::string const& what, std::string const& next) {
    return failure.address + ' ' + what + " (" + failure.message + "): " + next;
}

rule rule_of(int code) noexcept {
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return rule::unique;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return rule::foreign_key;
    case SQLITE_CONSTRAINT_NOTNULL: return rule::not_null;
    case SQLITE_CONSTRAINT_CHECK: return rule::check;
    default: return rule::other;
    }
}

// SQLite says where only in its text: "UNIQUE constraint failed: stocks.name, stocks.shelf".
void add_place(engine_report& to, rule what) {
    auto const start = to.message.find("failed: ");
    if (start == std::string::npos) return;
    auto place = to.message.substr(start + 8);
    if (what == rule::check) {
        to.constraint = place;
        return;
    }
    auto const dot = place.find('.');
    if (dot == std::string::npos) return;
    to.table = place.substr(0, dot);
    for (auto at = place.find(to.table + '.'); at != std::string::npos; at = place.find(to.table + '.', at)) {
        place.erase(at, to.table.size() + 1);
    }
    to.column = place;
}

[[noreturn]] void throw_constraint(sqlite_failure const& failure) {
    auto const what = rule_of(failure.code);
    auto       facts = report(failure);
    add_place(facts, what);
    std::throw_with_nested(constraint_violation(
        text(failure, "refused a change that violates a rule of its tables", "nothing was written; correct the data"),
        facts, what));
}

[[noreturn]] void throw_busy(sqlite_failure const& failure) {
    if (failure.until.has_passed())
        std::throw_with_nested(deadline_exceeded(
            text(failure, "stayed busy until the deadline", "nothing was written; try again, or allow more time"),
            report(failure)));
    std::throw_with_nested(transient_error(
        text(failure, "is busy with somebody else's change", "nothing was written; try again"), report(failure)));
}

[[noreturn]] void throw_interrupted(sqlite_failure const& failure) {
    if (!failure.until.has_passed())
        std::throw_with_nested(database_error(text(failure, "was interrupted", "nothing was written; try again"),
                                              report(failure), advice::wait_and_retry));
    std::throw_with_nested(deadline_exceeded(
        text(failure, "had not finished at the deadline", "nothing was written; try again, or allow more time"),
        report(failure)));
}

[[noreturn]] void throw_generic(sqlite_failure const& failure) {
    if (failure.preparing)
        std::throw_with_nested(
            schema_error(text(failure, "does not have its tables and columns as this statement needs them",
                              "compare the mapping with the tables, or create them (stint::create_tables)"),
                         report(failure)));
    std::throw_with_nested(
        database_error(text(failure, "could not carry out a statement", "correct the statement or its values"),
                       report(failure), advice::fix_the_code));
}

[[noreturn]] void throw_out_of_resources(sqlite_failure const& failure, char const* what) {
    std::throw_with_nested(
        out_of_resources(text(failure, what, "nothing was written; make room, then try again"), report(failure)));
}

// A write-ahead log or its index that can't grow answers an I/O error instead of FULL.
bool is_failed_growth(int code) noexcept {
    return code == SQLITE_IOERR_WRITE || code == SQLITE_IOERR_SHMSIZE || code == SQLITE_IOERR_TRUNCATE ||
           code == SQLITE_IOERR_NOMEM;
}

std::string why_not_opened(std::string const& path) {
    namespace fs = std::filesystem;
    std::error_code ignored;
    auto const      folder = fs::path(path).parent_path();
    if (!fs::is_directory(folder, ignored))
        return "the folder " + folder.string() + " does not exist: create it, or check the URL";
    if (fs::is_directory(path, ignored)) return path + " is a folder: name a file in the URL";
    return path + " can't be opened: check the URL and the rights on the file and its folder";
}

}  // namespace

void throw_sqlite_error(sqlite_failure const& failure) {
    switch (primary(failure.code)) {
    case SQLITE_CONSTRAINT: throw_constraint(failure);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: throw_busy(failure);
    case SQLITE_INTERRUPT: throw_interrupted(failure);
    case SQLITE_FULL: throw_out_of_resources(failure, "has no space left");
    case SQLITE_NOMEM: throw_out_of_resources(failure, "has no memory left");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH:
        std::throw_with_nested(access_denied(
            text(failure, "may not be written", "check ?mode= in the URL and the rights on the file and its folder"),
            report(failure)));
    case SQLITE_IOERR:
        if (is_failed_growth(failure.code))
            throw_out_of_resources(failure, "could not be written, its disk may be full");
        break;
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG: throw_generic(failure);
    default: break;
    }
    std::throw_with_nested(database_error(text(failure, "failed", "look at the file and its disk"), report(failure)));
}

void throw_sqlite_open_error(sqlite_failure const& failure, std::string const& path) {
    switch (primary(failure.code)) {
    case SQLITE_CANTOPEN:
        std::throw_with_nested(connection_error(text(failure, "can't be opened", why_not_opened(path)), report(failure),
                                                connection_error::failure::unreachable, advice::ask_a_person));
    case SQLITE_NOTADB:
        std::throw_with_nested(
            connection_error(text(failure, "is not a SQLite database", "check the path in the URL: " + path),
                             report(failure), connection_error::failure::unreachable, advice::ask_a_person));
    default: throw_sqlite_error(failure);
    }
}

}  // namespace stint
