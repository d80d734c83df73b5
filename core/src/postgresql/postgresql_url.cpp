#include "postgresql_url.hpp"

#include <algorithm>
#include <array>
#include <charconv>
#include <chrono>
#include <map>
#include <memory>

#include <libpq-fe.h>

#include <stint/error.hpp>

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

std::string without_secrets(std::string_view url) {
    auto       result = std::string(url.substr(0, url.find_first_of("?#")));
    auto const user = result.find("://") + 3;
    auto const end = std::min(result.find('/', user), result.size());
    auto const at = result.rfind('@', end);
    auto const colon = result.find(':', user);
    if (at != std::string::npos && colon < at) result.erase(colon, at - colon);
    return result;
}

[[noreturn]] void refuse(std::string_view url, std::string const& address, std::string why) {
    if (auto const at = why.find(url); at != std::string::npos)
        why.replace(at, url.size(), address);  // once is all libpq does
    while (!why.empty() && why.back() == '\n') why.pop_back();
    throw usage_error("'" + address + "' is no PostgreSQL URL: " + why);
}

settings parse(std::string_view url, std::string const& address) {
    char*      message = nullptr;
    auto const options = std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)>(
        PQconninfoParse(std::string(url).c_str(), &message), &PQconninfoFree);
    auto const words = std::unique_ptr<char, decltype(&PQfreemem)>(message, &PQfreemem);
    if (!options) refuse(url, address, message ? message : "out of memory");

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
        refuse(url, address, "the port '" + port->second + "' is not a number");
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

int seconds(std::string const& text) noexcept {
    int result = 0;
    std::from_chars(text.data(), text.data() + text.size(), result);
    return std::max(result, 0);
}

}  // namespace

postgresql_url::postgresql_url(std::string_view url) : address_(without_secrets(url)) {
    auto all = parse(url, address_);
    check_port(url, address_, all);
    for (auto const& [name, content] : defaults) all.emplace(name, content);
    connect_timeout_ = seconds(all["connect_timeout"]);
    all.erase("connect_timeout");
    connect_string_ = to_url(all);
}

std::string postgresql_url::connect_string(deadline until) const {
    auto timeout = connect_timeout_;
    if (!until.is_none()) {
        auto const left = std::chrono::ceil<std::chrono::seconds>(until.left()).count();
        auto const allowed = static_cast<int>(std::clamp<std::int64_t>(left, 1, 1'000'000));
        timeout = timeout == 0 ? allowed : std::min(timeout, allowed);
    }
    return connect_string_ + "&connect_timeout=" + std::to_string(timeout);
}

}  // namespace stint
