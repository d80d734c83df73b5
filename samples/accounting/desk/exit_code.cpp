#include "exit_code.hpp"

#include <ostream>

#include <stint/error.hpp>

#include "refusal.hpp"

namespace accounting {

namespace {

/// What a person is told: one word before the library's sentence, and what to do next.
struct verdict {
    exit_code   code;
    char const* headline;
    std::string next;
};

std::string next_step(stint::advice next) {
    switch (next) {
    case stint::advice::wait_and_retry: return "wait a little, and run this again";
    case stint::advice::reload_and_retry: return "somebody else was faster: run this again";
    case stint::advice::fix_the_code:
        return "this program and the database's tables don't fit: tell whoever maintains it";
    case stint::advice::ask_a_person: return "ask whoever looks after the database";
    }
    return {};
}

verdict verdict_on(stint::error const& failure) {
    using kind = stint::error_kind;
    switch (failure.kind()) {
    case kind::locked: return {exit_refused, "refused", "ask who holds it, or wait for it with --wait"};
    case kind::conflict:
    case kind::gone:
    case kind::taken: return {exit_refused, "refused", next_step(failure.what_next())};
    case kind::usage: return {exit_usage, "usage", "see 'accounting --help'"};
    case kind::schema:
        return {exit_database, "database",
                "these are not the books, or not of this version: 'accounting init' makes new ones"};
    case kind::in_doubt: return {exit_database, "database", "see with 'accounting documents' whether it took place"};
    case kind::connection:
        return {exit_database, "database",
                "check that --database names the books, that 'accounting init' made them, and that their server runs"};
    default: return {exit_database, "database", next_step(failure.what_next())};
    }
}

int report(std::ostream& out, std::exception const& failure, verdict const& end) {
    out << "accounting: " << end.headline << ": " << failure.what() << '\n';
    if (!end.next.empty()) out << "next: " << end.next << '\n';
    return end.code;
}

}  // namespace

int report_failure(std::ostream& out, std::exception_ptr failure) {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (stint::error const& e) {
        return report(out, e, verdict_on(e));
    } catch (usage_mistake const& e) {
        return report(out, e, {exit_usage, "usage", "see 'accounting --help'"});
    } catch (refusal const& e) {
        return report(out, e, {exit_refused, "refused", {}});
    } catch (std::exception const& e) {
        return report(out, e, {exit_database, "failed", {}});
    }
}

}  // namespace accounting
