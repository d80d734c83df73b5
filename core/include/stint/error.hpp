// The errors of Stint: one root, few leaves, facts as members.
//
// Every exception that leaves the library is a stint::error. A caller asks it what happened, to what, and what to do
// next, instead of reading the text or catching one leaf after the other:
//
//     try { work.commit(); }
//     catch (stint::error const& e) {
//         if (e.kind() == stint::error_kind::taken) mark(form, e.subject().columns, "is taken");
//         else if (e.what_next() == stint::advice::wait_and_retry) ...
//     }
//
// An error of the database keeps the engine's code, which alone classifies it, and nests the engine's own exception
// (std::rethrow_if_nested). All are values: a copy loses no fact.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace stint {

/// What the caller of a function that failed can do next.
enum class advice : unsigned char {
    fix_the_code,      ///< The program, its mapping or its tables are wrong; a new try can't help.
    reload_and_retry,  ///< Somebody else was faster; start again from fresh data.
    wait_and_retry,    ///< The same call may succeed later as it stands.
    ask_a_person,      ///< Neither a new try nor new code helps: another value, rights, space, a server, a decision.
};

std::string_view to_string(advice next) noexcept;

/// What happened, in terms that an application decides by. The same on every engine.
enum class error_kind : unsigned char {
    conflict,       ///< What was read has been changed by somebody else, or a lock was lost (conflict_error).
    gone,           ///< What was read has been deleted by somebody else.
    locked,         ///< Somebody else holds a lock on it (lock_refused; a conflict_error whose reason is bound).
    taken,          ///< A unique value, or the key of a new object, exists already.
    not_found,      ///< No row has the key that was asked for.
    invalid_value,  ///< A value doesn't fit its column, breaks a rule of the tables, or refers to nothing.
    transient,      ///< Somebody was in the way for the moment; nothing was written (transient_error).
    deadline,       ///< The deadline passed; nothing was written.
    in_doubt,       ///< A commit may have taken place or not (commit_in_doubt).
    connection,     ///< There is no connection, or it was lost before the commit.
    resources,      ///< Disk, memory or another resource is used up.
    access,         ///< The database does not let this user do it; a trigger or row security suppressed it.
    schema,         ///< The tables are not as the mapping or the statement says.
    usage,          ///< The library was called in a way that it does not allow.
    database,       ///< The database failed in another way: a broken disk, a mistake in raw SQL.
};

/// "conflict", "not found", "invalid value"
std::string_view to_string(error_kind kind) noexcept;

/// What an error is about. Parts that are not known are empty. Of several rows, the first.
struct error_subject {
    std::string              table{};
    std::string              key{};      ///< as text; several parts separated by ", "
    std::vector<std::string> columns{};  ///< whose values are refused
    std::string              rule{};     ///< the name of a constraint or a unique index

    friend bool operator==(error_subject const&, error_subject const&) = default;
};

/// "stocks 7: name (one_name)", as far as it is known.
std::string to_string(error_subject const& subject);

/// The root. Its text is for a log or a person; programs use the members.
class error : public std::runtime_error {
public:
    error(std::string const& text, error_kind kind, advice next, error_subject subject = {})
        : std::runtime_error(text), kind_(kind), next_(next), subject_(std::move(subject)) {}

    error_kind           kind() const noexcept { return kind_; }
    advice               what_next() const noexcept { return next_; }
    error_subject const& subject() const noexcept { return subject_; }
    char const*          what() const noexcept override;

    /// For code that passes an error on and knows more about its subject: `known` replaces the subject and becomes part
    /// of the text.
    void tell_subject(error_subject known);

private:
    error_kind    kind_;
    advice        next_;
    error_subject subject_;
    std::string   text_{};  ///< with the subject that was told; empty: none was
};

/// The library was called in a way that it doesn't allow: a malformed URL, the value of a pending id, an object of
/// another unit. The program must change.
class usage_error : public error {
public:
    explicit usage_error(std::string const& text, error_subject subject = {})
        : error(text, error_kind::usage, advice::fix_the_code, std::move(subject)) {}
};

/// A value can't be stored exactly: too many digits, too many decimals, text with a zero byte.
class value_error : public error {
public:
    explicit value_error(std::string const& text, error_subject subject = {})
        : error(text, error_kind::invalid_value, advice::ask_a_person, std::move(subject)) {}
};

/// No row has the key that was asked for.
class not_found : public error {
public:
    not_found(std::string const& table, std::string const& key);

    std::string const& table() const noexcept { return subject().table; }
    /// The key, or the keys separated by ", ", as text.
    std::string const& key() const noexcept { return subject().key; }
};

/// Nobody can say whether a commit took place: the connection was lost while COMMIT ran, or the disk failed under it.
/// Never run it again blindly: look whether the work is there. The cause is nested.
class commit_in_doubt : public error {
public:
    /// `cause`, in words, becomes part of the text.
    commit_in_doubt(std::string const& address, std::string const& cause);
};

/// What an engine reports about a failure.
struct engine_report {
    std::string engine{};      ///< "sqlite" or "postgresql"
    std::string code{};        ///< SQLSTATE, or SQLite's extended result code as a number; may be empty
    std::string message{};     ///< the engine's own words
    std::string schema{};      ///< of the table
    std::string table{};       ///< where the engine says so, else empty
    std::string column{};      ///< where the engine says so, else empty
    std::string constraint{};  ///< where the engine says so, else empty
    std::string statement{};   ///< the SQL that was being run, without values; may be empty
};

/// The part of a report that says what it is about.
error_subject subject_of(engine_report const& report);

/// The database refused or failed. The leaves are the cases that a program can tell apart.
class database_error : public error {
public:
    /// Its subject is what the report says.
    database_error(std::string const& text, engine_report report, advice next = advice::ask_a_person,
                   error_kind kind = error_kind::database)
        : error(text, kind, next, subject_of(report)), report_(std::move(report)) {}
    database_error(std::string const& text, engine_report report, advice next, error_kind kind, error_subject subject)
        : error(text, kind, next, std::move(subject)), report_(std::move(report)) {}

    /// SQLSTATE on PostgreSQL, the extended result code on SQLite.
    std::string const&   code() const noexcept { return report_.code; }
    engine_report const& report() const noexcept { return report_; }

private:
    engine_report report_;
};

/// No connection could be made, or the one in use was lost.
class connection_error : public database_error {
public:
    enum class failure : unsigned char {
        unreachable,  ///< no such file, host or port, or no answer
        refused,      ///< the server answered and said no: password, rights, no such database, too many
        lost,         ///< an open connection broke
        exhausted,    ///< every connection of the pool stayed lent for as long as the caller would wait
    };
    connection_error(std::string const& text, engine_report report, failure cause, advice next)
        : database_error(text, std::move(report), next, error_kind::connection), cause_(cause) {}

    failure cause() const noexcept { return cause_; }

private:
    failure cause_;
};

/// A table or column of the mapping is missing or has another type, a statement would create what exists already, or
/// SQL isn't understood.
class schema_error : public database_error {
public:
    schema_error(std::string const& text, engine_report report)
        : database_error(text, std::move(report), advice::fix_the_code, error_kind::schema) {}
    schema_error(std::string const& text, engine_report report, error_subject subject)
        : database_error(text, std::move(report), advice::fix_the_code, error_kind::schema, std::move(subject)) {}
};

/// A rule of the tables was violated, and the whole transaction was rolled back. Its kind is taken for a unique rule,
/// invalid_value for every other. Its advice is to ask a person; to reload and retry if a unit of work had looked for
/// the unique value, and not found it, before somebody else took it.
class constraint_violation : public database_error {
public:
    enum class rule_type : unsigned char {
        unique,
        foreign_key,
        not_null,
        check,
        trigger,  ///< raised by a trigger or a function; words() is what its author wrote
        other,
    };

    constraint_violation(std::string const& text, engine_report report, rule_type rule)
        : database_error(text, std::move(report), advice::ask_a_person, kind_of(rule)), rule_(rule) {}
    constraint_violation(std::string const& text, engine_report report, rule_type rule, error_subject subject,
                         advice next = advice::ask_a_person)
        : database_error(text, std::move(report), next, kind_of(rule), std::move(subject)), rule_(rule) {}

    rule_type rule() const noexcept { return rule_; }
    /// What the database says about the rule. If a trigger raised it, the trigger's own text and nothing else.
    std::string const& words() const noexcept { return report().message; }

private:
    static error_kind kind_of(rule_type rule) noexcept {
        return rule == rule_type::unique ? error_kind::taken : error_kind::invalid_value;
    }

    rule_type rule_;
};

/// Somebody was in the way for the moment: a deadlock, a serialization failure, a busy file. Nothing was written, and
/// the same work may be run again.
class transient_error : public database_error {
public:
    transient_error(std::string const& text, engine_report report)
        : database_error(text, std::move(report), advice::wait_and_retry, error_kind::transient) {}
};

/// The caller's deadline passed before the database answered. Nothing was written.
class deadline_exceeded : public database_error {
public:
    deadline_exceeded(std::string const& text, engine_report report)
        : database_error(text, std::move(report), advice::wait_and_retry, error_kind::deadline) {}
};

/// The disk, the memory or another resource of the database is used up. Nothing was written.
class out_of_resources : public database_error {
public:
    out_of_resources(std::string const& text, engine_report report)
        : database_error(text, std::move(report), advice::ask_a_person, error_kind::resources) {}
};

/// The user that the URL names may not do this.
class access_denied : public database_error {
public:
    access_denied(std::string const& text, engine_report report)
        : database_error(text, std::move(report), advice::ask_a_person, error_kind::access) {}
};

}  // namespace stint
