#include "exit_code.hpp"

#include <ostream>

#include <stint/conflict.hpp>
#include <stint/error.hpp>
#include <stint/lock_table.hpp>

#include "refusal.hpp"

namespace accounting {

namespace {

std::string next_step(stint::connection_error const& why) {
    using failure = stint::connection_error::failure;
    switch (why.how()) {
    case failure::unreachable:
        return why.report().engine == "sqlite"
                   ? "make the books with 'accounting init', or say where they are with --database"
                   : "see that the server runs and that --database names its host and port";
    case failure::refused: return "see that --database names the right user, password and database";
    case failure::lost: return "see that the server runs, and run this again";
    case failure::exhausted: return "wait a little, and run this again";
    }
    return {};
}

std::string next_step(stint::error const& why) {
    if (auto const* one = dynamic_cast<stint::connection_error const*>(&why)) return next_step(*one);
    if (dynamic_cast<stint::lock_refused const*>(&why) != nullptr)
        return "ask who holds it, or wait for it with --wait";
    if (dynamic_cast<stint::schema_error const*>(&why) != nullptr)
        return "these are not the books, or not of this version: 'accounting init' makes new ones";
    if (dynamic_cast<stint::commit_in_doubt const*>(&why) != nullptr)
        return "look with 'accounting documents' whether it is there";
    switch (why.what_next()) {
    case stint::advice::wait_and_retry: return "wait a little, and run this again";
    case stint::advice::reload_and_retry: return "somebody else was faster: run this again";
    case stint::advice::fix_the_code: return "this program and the database's tables don't fit: tell who maintains it";
    case stint::advice::ask_a_person: return "ask who looks after the database";
    }
    return {};
}

int report(std::ostream& to, char const* kind, std::exception const& what, std::string const& next, exit_code code) {
    to << "accounting: " << kind << ": " << what.what() << '\n';
    if (!next.empty()) to << "next: " << next << '\n';
    return code;
}

}  // namespace

int report_failure(std::ostream& to, std::exception_ptr failure) {
    try {
        std::rethrow_exception(std::move(failure));
    } catch (usage_mistake const& e) {
        return report(to, "usage", e, "see 'accounting --help'", exit_usage);
    } catch (refusal const& e) {
        return report(to, "refused", e, {}, exit_refused);
    } catch (stint::conflict_error const& e) {
        return report(to, "refused", e, next_step(e), exit_refused);
    } catch (stint::lock_refused const& e) {
        return report(to, "refused", e, next_step(e), exit_refused);
    } catch (stint::error const& e) {
        return report(to, "database", e, next_step(e), exit_database);
    } catch (std::exception const& e) {
        return report(to, "failed", e, {}, exit_database);
    }
}

}  // namespace accounting
