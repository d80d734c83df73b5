// The errors of Stint: one root, few leaves, facts as members.
//
// Every exception that leaves the library is a stint::error. A caller asks what it may do next
// instead of reading the text:
//
//     try { work.commit(); }
//     catch (stint::error const& e) {
//         if (e.what_next() == stint::advice::wait_and_retry) ...
//     }
//
// An error of the database keeps the engine's own code (SQLSTATE, or SQLite's extended result code)
// and the engine's own exception nested (std::rethrow_if_nested). Errors are classified by these
// codes, never by message text. All of them are values: copying one never throws away a fact.
#pragma once

#include <cstdint>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>

namespace stint {

/// What the caller of a failed function can do next.
enum class advice : unsigned char {
    fix_the_code,      ///< The program, its mapping or its tables are wrong; repeating cannot help.
    reload_and_retry,  ///< Somebody else was faster; start again from fresh data.
    wait_and_retry,    ///< The same call may succeed later as it stands.
    ask_a_person,      ///< Neither a new try nor new code helps: rights, space, a server, a decision.
};

std::string_view to_string(advice what) noexcept;

/// The root. Its text is made for a log or a person; programs use the members of the leaves.
class error : public std::runtime_error {
public:
    error(std::string const& what, advice next) : std::runtime_error(what), next_(next) {}

    advice what_next() const noexcept { return next_; }

private:
    advice next_;
};

/// The library was called in a way it does not allow: a malformed URL, a value of a pending id, an
/// object of another unit. The program must change.
class usage_error : public error {
public:
    explicit usage_error(std::string const& what) : error(what, advice::fix_the_code) {}
};

/// A value can't be stored exactly: too many digits, too many decimals, text with a zero byte.
class value_error : public error {
public:
    explicit value_error(std::string const& what) : error(what, advice::ask_a_person) {}
};

/// A row that was asked for by its key isn't there.
class not_found : public error {
public:
    not_found(std::string table, std::string key);

    std::string const& table() const noexcept { return table_; }
    /// The key, or the keys separated by ", ", as text.
    std::string const& key() const noexcept { return key_; }

private:
    std::string table_;
    std::string key_;
};

/// What an engine told about a failure.
struct engine_report {
    std::string engine{};      ///< "sqlite" or "postgresql"
    std::string code{};        ///< SQLSTATE, or SQLite's extended result code as a number; may be empty
    std::string message{};     ///< the engine's own words
    std::string table{};       ///< where the engine says so, else empty
    std::string column{};      ///< where the engine says so, else empty
    std::string constraint{};  ///< where the engine says so, else empty
    std::string statement{};   ///< the SQL that was being run, without values; may be empty
};

/// The database refused or failed. Leaves say in which of the ways a program can tell apart.
class database_error : public error {
public:
    database_error(std::string const& what, engine_report report, advice next = advice::ask_a_person)
        : error(what, next), report_(std::move(report)) {}

    /// SQLSTATE on PostgreSQL, the extended result code on SQLite.
    std::string const&   code() const noexcept { return report_.code; }
    engine_report const& report() const noexcept { return report_; }

private:
    engine_report report_;
};

/// No connection could be made, or the one in use was lost.
class connection_error : public database_error {
public:
    enum class kind : unsigned char {
        unreachable,  ///< no such file, host or port, or no answer
        refused,      ///< the server answered and said no: password, rights, no such database, too many
        lost,         ///< an open connection broke
        exhausted,    ///< every connection of the pool was lent for as long as the caller would wait
    };
    connection_error(std::string const& what, engine_report report, kind how, advice next)
        : database_error(what, std::move(report), next), how_(how) {}

    kind how() const noexcept { return how_; }

private:
    kind how_;
};

/// A table or column named by the mapping isn't there, or isn't of the type that the mapping says.
class schema_error : public database_error {
public:
    schema_error(std::string const& what, engine_report report)
        : database_error(what, std::move(report), advice::fix_the_code) {}
};

/// A rule of the tables was violated; the whole transaction was rolled back.
class constraint_violation : public database_error {
public:
    enum class kind : unsigned char { unique, foreign_key, not_null, check, other };

    constraint_violation(std::string const& what, engine_report report, kind rule)
        : database_error(what, std::move(report), advice::fix_the_code), rule_(rule) {}

    kind rule() const noexcept { return rule_; }

private:
    kind rule_;
};

/// Somebody was in the way for the moment: a deadlock, a serialization failure, a busy file. Nothing
/// was written and the same work may be run again.
class transient_error : public database_error {
public:
    transient_error(std::string const& what, engine_report report)
        : database_error(what, std::move(report), advice::wait_and_retry) {}
};

/// The caller's deadline passed before the database had answered. Nothing was written.
class deadline_exceeded : public database_error {
public:
    deadline_exceeded(std::string const& what, engine_report report)
        : database_error(what, std::move(report), advice::wait_and_retry) {}
};

/// The disk, the memory or another resource of the database is used up. Nothing was written.
class out_of_resources : public database_error {
public:
    out_of_resources(std::string const& what, engine_report report)
        : database_error(what, std::move(report), advice::ask_a_person) {}
};

/// The user that the URL names may not do this.
class access_denied : public database_error {
public:
    access_denied(std::string const& what, engine_report report)
        : database_error(what, std::move(report), advice::ask_a_person) {}
};

}  // namespace stint
