#include "sqlite_url.hpp"

#include <stint/error.hpp>

#include "secrets.hpp"

namespace stint {
namespace {

[[noreturn]] void refuse(std::string_view url, std::string const& problem) {
    auto const shown = may_hold_password(url) ? std::string_view("sqlite:...") : url;
    throw usage_error("'" + std::string(shown) + "' is no SQLite URL: " + problem);
}

sqlite_url::mode mode_of(std::string_view parameters, std::string_view url) {
    if (parameters == "mode=rwc") return sqlite_url::mode::create;
    if (parameters == "mode=rw") return sqlite_url::mode::existing;
    if (parameters == "mode=ro") return sqlite_url::mode::read_only;
    refuse(url, "only ?mode=rwc, ?mode=rw and ?mode=ro may follow the path");
}

}  // namespace

sqlite_url parse_sqlite_url(std::string_view url) {
    auto const address = url.substr(0, url.find('?'));
    auto const path = address.substr(std::string_view("sqlite:").size());
    auto const parameters = url.substr(std::min(url.size(), address.size() + 1));

    sqlite_url result{.address = std::string(address)};
    if (address.size() < url.size()) result.open = mode_of(parameters, url);
    if (path.empty()) refuse(url, "a path or :memory: is expected after sqlite:");
    if (path.starts_with("//")) refuse(url, "the path follows sqlite: at once, as in sqlite:/var/books.db");
    bool const is_no_path = path.find('=') != path.npos || path.find("://") != path.npos;
    if (is_no_path && may_hold_password(path))
        refuse(url, "a path is expected after sqlite:, and this holds a password");
    if (path.find('\0') != path.npos) refuse(url, "a path can't contain a zero byte");
    if (path == ":memory:") {
        if (result.open != sqlite_url::mode::create) refuse(url, "a database in memory is always a new one");
        return result;
    }
    // Connections are opened later, too, when the process may have changed its folder.
    result.path = std::filesystem::absolute(path);
    if (result.path.native().find('"') != std::string::npos) refuse(url, "SOCI takes no path with a double quote");
    return result;
}

}  // namespace stint
