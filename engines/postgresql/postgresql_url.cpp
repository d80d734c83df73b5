#include "postgresql_url.hpp"

#include <algorithm>
#include <array>
#include <cctype>
#include <charconv>
#include <chrono>
#include <map>
#include <memory>

#include <libpq-fe.h>

#include <stint/error.hpp>

#include "secrets.hpp"

namespace stint {
namespace {

using settings = std::map<std::string, std::string>;

// A server or network that dies without a word must not hold a commit for hours, which is the system's default.
constexpr std::array<std::pair<char const*, char const*>, 7> defaults{{
    {"connect_timeout", "10"},
    {"keepalives_idle", "30"},
    {"keepalives_interval", "10"},
    {"keepalives_count", "3"},
    {"tcp_user_timeout", "60000"},
    {"fallback_application_name", "stint"},
    {"client_encoding", "UTF8"},
}};

// A URL taken apart where libpq does it: an @ before the first slash ends user and password, then a ? the place.
struct url_parts {
    std::string_view scheme, user, password, place, parameters;  // each with the sign that it ends or begins with

    explicit url_parts(std::string_view url) {
        auto const start = std::min(url.find("://"), url.size() - 3) + 3;
        scheme = url.substr(0, start);
        place = url.substr(start);
        if (auto const at = place.find('@'); at < place.find('/')) {
            auto const colon = std::min(place.find(':'), at);
            user = place.substr(0, colon);
            password = place.substr(colon, at + 1 - colon);
            place.remove_prefix(at + 1);
        }
        auto const end = std::min(place.find('?'), place.size());
        parameters = place.substr(end);
        place = place.substr(0, end);
    }

    /// Of a password that isn't percent-encoded more may follow, or all of it be taken for a port.
    bool may_hold_more_of_a_password() const noexcept {
        auto const from = password.size() > 1 ? 0 : std::min(place.find(':'), place.size());
        return place.find('@', from) != place.npos;
    }
    bool may_hold_secrets() const {
        return password.size() > 1 || may_hold_more_of_a_password() || parameters.find('@') != parameters.npos ||
               has_odd_port() || may_hold_password(user) || may_hold_password(place) || may_hold_password(parameters);
    }
    /// Where no port can be there may be a password, of somebody who left out the host.
    bool has_odd_port() const noexcept {
        for (auto hosts = place.substr(0, place.find('/')); !hosts.empty();) {
            auto host = hosts.substr(0, hosts.find(','));
            hosts.remove_prefix(std::min(host.size() + 1, hosts.size()));
            if (auto const bracket = host.find(']'); bracket != host.npos) host.remove_prefix(bracket);
            auto const colon = std::min(host.find(':'), host.size());
            if (host.find_first_not_of(":0123456789", colon) != host.npos) return true;
        }
        return false;
    }
    /// Of a user a colon in disguise would end it.
    bool has_password_in_disguise() const {
        return percent_decoded(user).find(':') != std::string::npos || may_hold_password(user) ||
               may_hold_password(place);
    }
};

// What libpq took for parameters can't be more of a password.
std::string without_secrets(std::string_view url, bool parameters_are_read) {
    auto const parts = url_parts(url);
    bool const unclear = parts.may_hold_more_of_a_password() || parts.has_odd_port() ||
                         parts.has_password_in_disguise() ||
                         (!parameters_are_read && parts.parameters.find('@') != std::string_view::npos);
    auto const result = std::string(parts.scheme);
    auto const rest = url.substr(result.size());
    if (unclear) return result + std::string(rest.substr(0, rest.find_first_of(":/?#@%= "))) + "...";
    return result + std::string(parts.user) + (parts.password.empty() ? "" : "@") + std::string(parts.place);
}

[[noreturn]] void refuse(std::string_view url, std::string const& address, std::string problem) {
    if (auto const at = problem.find(url); at != std::string::npos)
        problem.replace(at, url.size(), address);  // once is all libpq does
    while (!problem.empty() && problem.back() == '\n') problem.pop_back();
    throw usage_error("'" + address + "' is no PostgreSQL URL: " + problem);
}

// libpq quotes what it doesn't understand, which may be of a password.
std::string without_quotations(std::string_view words) {
    auto const quotation = std::ranges::find_if(words,
                                                [](char c) { return c == '"' || static_cast<signed char>(c) < 0; });
    auto const result = std::string(words.begin(), quotation);
    return quotation == words.end() ? result : result + "... (write special characters as %3F and so on)";
}

void check_password(std::string_view url, std::string const& address) {
    if (url_parts(url).may_hold_more_of_a_password())
        refuse(url, address, "it holds an @ too many; write @ / ? # of a user or password as %40 %2F %3F %23");
    if (url_parts(url).has_password_in_disguise())
        refuse(url, address, "a password is written behind the user and a colon: postgresql://USER:PASSWORD@HOST/NAME");
}

// What names a server, a user or a database is shown by libpq and the server when it isn't found.
void check_names(std::string_view url, std::string const& address, settings const& given) {
    for (auto const* const name : {"host", "hostaddr", "user", "dbname", "service"}) {
        auto const found = given.find(name);
        if (found == given.end()) continue;
        bool const is_host_with_user = std::string_view(name).starts_with("host") &&
                                       found->second.find('@') != std::string::npos;
        bool const is_user_with_password = std::string_view(name) == "user" &&
                                           found->second.find(':') != std::string::npos;
        if (is_host_with_user || is_user_with_password || may_hold_password(found->second))
            refuse(url, address,
                   std::string("its ") + name +
                       " seems to hold a password: write postgresql://USER:PASSWORD@HOST/NAME or ?password=");
    }
}

settings parse(std::string_view url, std::string const& address) {
    char*      message = nullptr;
    auto const options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>(
        PQconninfoParse(std::string(url).c_str(), &message), &PQconninfoFree);
    auto const words = std::unique_ptr<char, decltype(&PQfreemem)>(message, &PQfreemem);
    if (!options) {
        std::string const problem = message ? message : "out of memory";
        refuse(url, address, url_parts(url).may_hold_secrets() ? without_quotations(problem) : problem);
    }

    settings result;
    for (auto const* option = options.get(); option->keyword; ++option) {
        if (option->val) result.emplace(option->keyword, option->val);
    }
    return result;
}

// libpq looks at the port only when it connects.
void check_port(std::string_view url, std::string const& address, settings const& given) {
    auto const port = given.find("port");
    if (port == given.end()) return;
    if (port->second.find_first_not_of("0123456789,") != std::string::npos)
        refuse(url, address,
               "the port" + (url_parts(url).may_hold_secrets() ? "" : " '" + port->second + '\'') + " is not a number");
}

// What is sent and read is UTF-8.
void check_encoding(std::string_view url, std::string const& address, settings const& given) {
    auto const encoding = given.find("client_encoding");
    if (encoding == given.end()) return;
    std::string name;
    for (char const c : encoding->second)
        if (c != '-' && c != '_') name += static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
    if (name != "utf8" && name != "unicode") refuse(url, address, "client_encoding is always UTF8 here; leave it out");
}

std::string percent_encoded(std::string_view text) {
    constexpr std::string_view digits = "0123456789ABCDEF";
    std::string                result;
    for (char const c : text) {
        auto const byte = static_cast<unsigned char>(c);
        if (std::isalnum(byte) || c == '-' || c == '_' || c == '.') {
            result += c;
        } else {
            result += {'%', digits[byte >> 4], digits[byte & 15]};
        }
    }
    return result;
}

std::string to_url(settings const& all) {
    std::string result = "postgresql://";
    for (auto const& [name, content] : all) {
        result += (result.back() == '/' ? '?' : '&') + name + '=' + percent_encoded(content);
    }
    return result;
}

// Stint's own parameter, which libpq would not know.
constexpr std::string_view pooler = "pooler=";

/// The URL without it; says what it was.
std::string without_pooler(std::string_view url, std::string const& address, std::string& said) {
    auto const  parts = url_parts(url);
    std::string result(url.substr(0, url.size() - parts.parameters.size()));
    char        separator = '?';
    for (auto rest = parts.parameters; !rest.empty();) {
        rest.remove_prefix(1);
        auto const parameter = rest.substr(0, rest.find('&'));
        rest.remove_prefix(parameter.size());
        if (parameter.starts_with(pooler)) {
            said = parameter.substr(pooler.size());
            if (said != "transaction")
                refuse(url, address,
                       "pooler= takes 'transaction' and nothing else; leave it out where sessions stay whole");
        } else {
            result += separator;
            result += parameter;
            separator = '&';
        }
    }
    return result;
}

int seconds(std::string const& text) noexcept {
    int result = 0;
    std::from_chars(text.data(), text.data() + text.size(), result);
    return std::max(result, 0);
}

}  // namespace

postgresql_url::postgresql_url(std::string_view url) : address_(without_secrets(url, false)) {
    check_password(url, address_);
    std::string pooled;
    auto        all = parse(without_pooler(url, address_, pooled), address_);
    is_pooled_ = !pooled.empty();
    address_ = without_secrets(url, true);
    check_names(url, address_, all);
    check_port(url, address_, all);
    check_encoding(url, address_, all);
    for (auto const& [name, content] : defaults) all.emplace(name, content);
    connect_timeout_ = seconds(all["connect_timeout"]);
    all.erase("connect_timeout");
    sets_connection_check_ = all["options"].find("client_connection_check_interval") != std::string::npos;
    if (all["options"].empty()) all.erase("options");
    connect_string_ = to_url(all);
}

std::chrono::seconds postgresql_url::connect_timeout(deadline until) const noexcept {
    constexpr std::chrono::seconds least{2}, most{1'000'000};
    std::chrono::seconds const     of_url{connect_timeout_};
    if (until.is_none()) return of_url.count() == 0 ? of_url : std::max(of_url, least);
    auto const left = std::clamp(std::chrono::ceil<std::chrono::seconds>(until.left()), least, most);
    return of_url.count() == 0 ? left : std::clamp(of_url, least, left);
}

std::string postgresql_url::connect_string(deadline until) const {
    return connect_string_ + "&connect_timeout=" + std::to_string(connect_timeout(until).count());
}

}  // namespace stint
