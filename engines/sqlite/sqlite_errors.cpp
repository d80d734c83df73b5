#include "sqlite_errors.hpp"

#include <cerrno>
#include <exception>
#include <filesystem>

#include <sqlite3.h>

#include <stint/error.hpp>

#include "table_check.hpp"

namespace stint {
namespace {

using rule_type = constraint_violation::rule_type;

int primary(int code) noexcept {
    return code & 0xff;
}

engine_report report(sqlite_failure const& failure) {
    return {.engine = "sqlite",
            .code = std::to_string(failure.code),
            .message = failure.message,
            .statement = failure.statement};
}

std::string text(sqlite_failure const& failure, std::string const& event, std::string const& next) {
    return failure.address + ' ' + event + " (" + failure.message + "): " + next;
}

rule_type rule_of(int code) noexcept {
    switch (code) {
    case SQLITE_CONSTRAINT_UNIQUE:
    case SQLITE_CONSTRAINT_PRIMARYKEY:
    case SQLITE_CONSTRAINT_ROWID: return rule_type::unique;
    case SQLITE_CONSTRAINT_FOREIGNKEY: return rule_type::foreign_key;
    case SQLITE_CONSTRAINT_NOTNULL: return rule_type::not_null;
    case SQLITE_CONSTRAINT_CHECK: return rule_type::check;
    case SQLITE_CONSTRAINT_TRIGGER: return rule_type::trigger;  // RAISE
    default: return rule_type::other;
    }
}

[[noreturn]] void throw_constraint(sqlite_failure const& failure) {
    auto const rule = rule_of(failure.code);
    auto const event = rule == rule_type::trigger ? "refused a change by a rule of its own"
                                                  : "refused a change that violates a rule of its tables";
    std::throw_with_nested(
        constraint_violation(text(failure, event, "nothing was written; correct the data"), report(failure), rule));
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

[[noreturn]] void throw_obstacle(sqlite_failure const& failure) {
    auto sentence = text(failure, "does not have its tables and columns as this statement needs them",
                         compare_or_create);
    if (failure.obstacle == sqlite_obstacle::duplicate)
        sentence = text(failure, "has that already", "drop it, or choose another name");
    if (failure.obstacle == sqlite_obstacle::not_understood)
        sentence = text(failure, "does not understand a statement", "correct the SQL");
    std::throw_with_nested(schema_error(sentence, report(failure)));
}

[[noreturn]] void throw_generic(sqlite_failure const& failure) {
    if (failure.obstacle) throw_obstacle(failure);
    std::throw_with_nested(
        database_error(text(failure, "could not carry out a statement", "correct the statement or its values"),
                       report(failure), advice::fix_the_code));
}

[[noreturn]] void throw_out_of_resources(sqlite_failure const& failure, char const* event) {
    auto const* const next = failure.leaves_it_open ? "make room" : "nothing was written; make room, then try again";
    std::throw_with_nested(out_of_resources(text(failure, event, next), report(failure)));
}

[[noreturn]] void throw_denied(sqlite_failure const& failure) {
    std::throw_with_nested(access_denied(
        text(failure, "may not be written", "check ?mode= in the URL and the rights on the file and its folder"),
        report(failure)));
}

// SQLite calls only some full disks FULL: not a quota, nor a log or its index that can't grow.
[[noreturn]] void throw_io_error(sqlite_failure const& failure) {
    if (failure.code == SQLITE_IOERR_NOMEM) throw_out_of_resources(failure, "has no memory left");
    switch (failure.system_error) {
    case ENOSPC:
    case EDQUOT: throw_out_of_resources(failure, "has no space left");
    case ENOMEM: throw_out_of_resources(failure, "has no memory left");
    case EPERM:
    case EACCES:
    case EROFS: throw_denied(failure);
    default: break;
    }
    std::throw_with_nested(
        database_error(text(failure, "can't be read or written", "look at the file and its disk"), report(failure)));
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

[[noreturn]] void throw_what_it_means(sqlite_failure const& failure) {
    switch (primary(failure.code)) {
    case SQLITE_CONSTRAINT: throw_constraint(failure);
    case SQLITE_BUSY:
    case SQLITE_LOCKED: throw_busy(failure);
    case SQLITE_INTERRUPT: throw_interrupted(failure);
    case SQLITE_FULL: throw_out_of_resources(failure, "has no space left");
    case SQLITE_NOMEM: throw_out_of_resources(failure, "has no memory left");
    case SQLITE_READONLY:
    case SQLITE_PERM:
    case SQLITE_AUTH: throw_denied(failure);
    case SQLITE_IOERR: throw_io_error(failure);
    case SQLITE_ERROR:
    case SQLITE_MISMATCH:
    case SQLITE_RANGE:
    case SQLITE_TOOBIG: throw_generic(failure);
    default: break;
    }
    std::throw_with_nested(database_error(text(failure, "failed", "look at the file and its disk"), report(failure)));
}

// What else can be met while a file is opened: it is busy, full, broken, not to be written.
[[noreturn]] void throw_not_opened(sqlite_failure const& failure) {
    bool const is_busy = primary(failure.code) == SQLITE_BUSY || primary(failure.code) == SQLITE_LOCKED;
    std::throw_with_nested(connection_error(
        text(failure, is_busy ? "is busy and can't be opened" : "can't be opened",
             is_busy ? "try again" : "look at the file, its disk and the rights on it"),
        report(failure), is_busy ? connection_error::failure::refused : connection_error::failure::unreachable,
        is_busy ? advice::wait_and_retry : advice::ask_a_person));
}

}  // namespace

void throw_sqlite_error(sqlite_failure const& failure) {
    if (!failure.leaves_it_open) throw_what_it_means(failure);
    try {
        throw_what_it_means(failure);
    } catch (error const&) {
        std::throw_with_nested(commit_in_doubt(failure.address, failure.message));
    }
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
    default: throw_not_opened(failure);
    }
}

}  // namespace stint
