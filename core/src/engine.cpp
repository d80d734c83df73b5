#include <stint/engine.hpp>

#include <algorithm>
#include <cctype>

#include <stint/error.hpp>

#include "postgresql/postgresql_engine.hpp"
#include "sqlite/sqlite_engine.hpp"

namespace stint {
namespace {

/// "; not mysql://". What is no scheme may be anything, a password too.
std::string said_instead(std::string_view url) {
    auto const scheme = url.substr(0, url.find("://"));
    bool const is_scheme = scheme.size() < url.size() &&
                           std::ranges::all_of(
                               scheme, [](char c) { return std::islower(static_cast<unsigned char>(c)) != 0; });
    return is_scheme ? "; not " + std::string(scheme) + "://" : "";
}

}  // namespace

counters live_counters::read() const noexcept {
    counters result;
    counters::for_each([](auto& into, auto const& from) { into = from.read(); }, result, *this);
    return result;
}

std::unique_ptr<engine> make_engine(std::string_view url) {
    if (url.starts_with("sqlite:")) return make_sqlite_engine(url);
    if (url.starts_with("postgresql://") || url.starts_with("postgres://")) return make_postgresql_engine(url);
    throw usage_error("a database URL starts with sqlite: or postgresql://, as in sqlite:accounting.db" +
                      said_instead(url));
}

}  // namespace stint
