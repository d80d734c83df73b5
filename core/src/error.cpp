#include <stint/error.hpp>

namespace stint {

std::string_view to_string(advice advised) noexcept {
    switch (advised) {
    case advice::fix_the_code: return "fix the code";
    case advice::reload_and_retry: return "reload and retry";
    case advice::wait_and_retry: return "wait and retry";
    case advice::ask_a_person: return "ask a person";
    }
    return "";
}

std::string_view to_string(error_kind kind) noexcept {
    switch (kind) {
    case error_kind::conflict: return "conflict";
    case error_kind::gone: return "gone";
    case error_kind::locked: return "locked";
    case error_kind::taken: return "taken";
    case error_kind::not_found: return "not found";
    case error_kind::invalid_value: return "invalid value";
    case error_kind::transient: return "transient";
    case error_kind::deadline: return "deadline";
    case error_kind::in_doubt: return "in doubt";
    case error_kind::connection: return "connection";
    case error_kind::resources: return "resources";
    case error_kind::access: return "access";
    case error_kind::schema: return "schema";
    case error_kind::usage: return "usage";
    case error_kind::database: return "database";
    }
    return "";
}

std::string to_string(error_subject const& subject) {
    std::string text = subject.table;
    if (!subject.key.empty()) text += (text.empty() ? "" : " ") + subject.key;
    char const* before_each = ": ";
    for (auto const& column : subject.columns) text += std::exchange(before_each, ", ") + column;
    if (!subject.rule.empty()) text += " (" + subject.rule + ')';
    return text;
}

char const* error::what() const noexcept {
    return text_.empty() ? std::runtime_error::what() : text_.c_str();
}

void error::tell_subject(error_subject known) {
    text_ = std::string(std::runtime_error::what()) + " [" + to_string(known) + ']';
    subject_ = std::move(known);
}

not_found::not_found(std::string const& table, std::string const& key)
    : error("no row of " + table + " has the key " + key, error_kind::not_found, advice::ask_a_person,
            {.table = table, .key = key}) {}

commit_in_doubt::commit_in_doubt(std::string const& address, std::string const& cause)
    : error(address + ": it is not known whether COMMIT took place (" + cause +
                "): look at the data before doing the work again",
            error_kind::in_doubt, advice::ask_a_person) {}

error_subject subject_of(engine_report const& report) {
    error_subject result{.table = report.table, .rule = report.constraint};
    if (!report.column.empty()) result.columns.push_back(report.column);
    return result;
}

}  // namespace stint
