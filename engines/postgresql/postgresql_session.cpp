#include "postgresql_session.hpp"

#include <algorithm>
#include <utility>

#include <stint/error.hpp>
#include <stint/log.hpp>

#include "parameters.hpp"
#include "postgresql_diagnosis.hpp"

namespace stint {
namespace {

constexpr auto by_session = statement_names::user::single_statement;

std::string on_one_line(std::string text) {
    std::ranges::replace_if(text, [](char c) { return c == '\n' || c == '\t'; }, ' ');
    text.erase(text.find_last_not_of(' ') + 1);
    return text;
}

std::string without_first_line(std::string const& text) {
    auto const end = text.find('\n');
    return end == std::string::npos ? text : text.substr(end + 1);
}

// Both attempts together take no longer than the URL allows for one. libpq counts whole seconds by the clock on the
// wall, and may end a second early: after a host that never answered nothing is left for the second one.
deadline of_second_attempt(deadline::clock::time_point first, std::chrono::seconds timeout, deadline until) {
    if (timeout.count() == 0) return until;
    return earlier(deadline::at(first + timeout - std::chrono::seconds{1}), until);
}

std::unique_ptr<soci::session> open(postgresql_url const& url, deadline until) {
    auto const began = deadline::clock::now();
    auto const timeout = url.connect_timeout(until);
    auto const options = url.connect_string(until);
    try {
        return std::make_unique<soci::session>(soci::postgresql, options);
    } catch (soci::soci_error const& e) {
        auto const second = of_second_attempt(began, timeout, until);
        throw_postgresql_connect_error({.sqlstate = sqlstate_of_connecting(options, second),
                                        .message = on_one_line(without_first_line(e.get_error_message())),
                                        .address = url.address(),
                                        .until = until});
    }
}

// Others have no plan and no parameters.
bool is_planned(PGresult* result) {
    auto const tag = std::string_view(PQcmdStatus(result));
    return std::ranges::any_of(std::initializer_list<std::string_view>{"SELECT", "INSERT", "UPDATE", "DELETE", "MERGE"},
                               [&](auto command) { return tag.starts_with(command); });
}

extern "C" void log_notice(void*, PGresult const* notice) {
    auto const* const severity = PQresultErrorField(notice, PG_DIAG_SEVERITY_NONLOCALIZED);
    auto const level = severity && std::string_view(severity) == "WARNING" ? spdlog::level::warn : spdlog::level::debug;
    logger()->log(level, "postgresql: {}", on_one_line(PQresultErrorMessage(notice)));
}

}  // namespace

postgresql_session::postgresql_session(postgresql_url const& url, live_counters& tally, std::function<void()> outdated,
                                       deadline until)
    : address_(url.address()), is_ours_(!url.is_pooled()), names_(is_ours_), tally_(tally),
      outdated_(std::move(outdated)), session_(open(url, until)) {
    ++tally_.connections;
    PQsetNoticeReceiver(handle(), log_notice, nullptr);
    // As much time as an attempt has: an idle connection that turned out to be lost may have taken the caller's.
    auto const        time = url.connect_timeout(until);
    auto const        end = time.count() == 0 ? until : deadline::after(time);
    auto const* const style = PQparameterStatus(handle(), "DateStyle");
    try {
        if (!style || !std::string_view(style).starts_with("ISO")) command("SET DateStyle = ISO", end);
        if (is_ours_ && !url.sets_connection_check()) have_client_watched(end);
    } catch (connection_error const&) {
        throw;
    } catch (database_error const& e) {  // a part of connecting: what fails here is no connection
        std::throw_with_nested(
            connection_error(e.what(), e.report(), connection_error::failure::refused, e.what_next()));
    }
}

// So a statement whose client was killed ends, too. Not among the startup options: older servers, and poolers of
// sessions, refuse a connection for one that they don't know.
void postgresql_session::have_client_watched(deadline until) {
    constexpr int         first_version = 14'00'00;
    constexpr auto const* watch =  // returns no row
        "SELECT WHERE CASE WHEN current_setting('client_connection_check_interval') = '0' "
        "THEN set_config('client_connection_check_interval', '2s', false) IS NULL END";
    constexpr std::string_view not_on_this_system = "22023";
    if (PQserverVersion(handle()) < first_version) return;
    try {
        command(watch, until);
    } catch (database_error const& e) {
        if (e.code() != not_on_this_system) throw;
        logger()->debug("postgresql: {}", e.what());
    }
}

PGconn* postgresql_session::handle() const noexcept {
    return static_cast<soci::postgresql_session_backend*>(session_->get_backend())->conn_;
}

bool postgresql_session::in_transaction() const noexcept {
    auto const status = PQtransactionStatus(handle());
    return status != PQTRANS_IDLE && status != PQTRANS_UNKNOWN;
}

void postgresql_session::check_not_passed(deadline until) const {
    if (until.has_passed())
        throw deadline_exceeded(address_ + " was not asked: the deadline had passed before; allow more time",
                                {.engine = "postgresql"});
}

// Statements.

std::shared_ptr<postgresql_session::single_statement> postgresql_session::kept(std::string_view sql) {
    if (auto* const known = statements_.find(sql)) return *known;
    auto result = statements_.keep(std::string(sql), std::make_shared<single_statement>(parsed(sql)));
    statements_.trim([this](auto& dropped) { names_.let_go(by_session, dropped->sent); });
    return result;
}

postgresql_session::single_statement postgresql_session::parsed(std::string_view sql) {
    auto numbered = with_dollars(sql);
    return {{.sql = std::move(numbered.sql), .name = names_.next(by_session)}, numbered.parameters};
}

void postgresql_session::rename(single_statement& statement) {
    names_.renew(by_session, statement.sent);
    statement.has_worked = false;
}

void postgresql_session::renew_statements() {
    statements_.for_each([this](auto& statement) { rename(*statement); });
}

// On a round trip of its own: what fails here, a name that the server has forgotten, must not fail a statement.
void postgresql_session::tell_of_unused(deadline until) {
    if (!names_.has_unused(by_session) || in_transaction()) return;
    for (auto const& name : names_.take_unused(by_session)) {
        pipeline_statement forget{.sql = "DEALLOCATE " + name};
        attempt(forget, {}, until);
    }
}

// Asking.

postgresql_session::result_ptr postgresql_session::ask(single_statement& statement, parameters values, deadline until) {
    check_not_passed(until);
    tell_of_unused(until);
    auto got = attempt(statement.sent, values, until);
    if (got.result) {
        statement.has_worked = statement.sent.prepared && is_planned(got.result.get());
        return std::move(got.result);
    }
    bool const outdated = renew_if_outdated(statement, got);
    if (outdated && !in_transaction()) return ask(statement, values, until);
    auto failure = described(got.failed, got.connection_lost, until);
    failure.outdated = outdated && !got.code().starts_with("22");
    throw_postgresql_error(failure);
}

std::string postgresql_session::command(std::string sql, deadline until) {
    single_statement statement{{.sql = std::move(sql)}};
    return PQcmdStatus(ask(statement, {}, until).get());
}

postgresql_session::answer postgresql_session::attempt(pipeline_statement& statement, parameters values,
                                                       deadline until) {
    answer result;
    {
        auto line = postgresql_pipeline(handle(), until, tally_);
        line.send(statement, values, [&](result_ptr came) { result.result = std::move(came); });
        line.finish();
        result.failed = line.take_failure();
        result.connection_lost = line.connection_lost();
    }
    // What is checked at the end, a deferred constraint, fails behind the result.
    if (result.failed || result.connection_lost) result.result.reset();
    return result;
}

std::string postgresql_session::answer::code() const {
    return failed ? error_field(failed->result.get(), PG_DIAG_SQLSTATE) : "";
}

// "cached plan must not change result type", or there is no such statement any more (DISCARD ALL).
bool postgresql_session::answer::is_outdated() const {
    return code() == "0A000" || code() == "26000";
}

// Its parameters keep the types that columns had when it was prepared: a value that fits now may be out of their range
// (22), and a text is no enumeration (42). Privileges aren't tables.
bool postgresql_session::answer::may_be_outdated() const {
    return is_outdated() || code().starts_with("22") || (code().starts_with("42") && code() != "42501");
}

bool postgresql_session::renew_if_outdated(single_statement& statement, answer const& got) {
    bool const outdated = statement.has_worked ? got.may_be_outdated() : statement.sent.prepared && got.is_outdated();
    if (!outdated) return false;
    rename(statement);
    outdated_();
    return true;
}

postgresql_failure postgresql_session::described(std::optional<postgresql_pipeline::failed_statement> const& failed,
                                                 bool connection_lost, deadline until) const {
    postgresql_failure result{.message = first_line(PQerrorMessage(handle())),
                              .address = address_,
                              .connection_lost = connection_lost,
                              .until = until};
    if (connection_lost && until.has_passed()) result.message = "no answer by the deadline, nor some seconds later";
    if (failed) {
        result.read(failed->result.get());
        result.statement = failed->sql;
    }
    return result;
}

}  // namespace stint
