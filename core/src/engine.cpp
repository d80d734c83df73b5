#include <stint/extension/engine.hpp>

#include <algorithm>
#include <cctype>

#include <stint/error.hpp>

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
    counters::for_each([](auto& sum, auto const& live) { sum = live.read(); }, result, *this);
    return result;
}

std::shared_ptr<engine> make_engine(std::string_view url, std::span<engine_kind const> kinds) {
    std::string examples;
    for (auto const& known : kinds) {
        if (url.starts_with(known.scheme)) return known.make(url);
        if (!known.example.empty()) examples += (examples.empty() ? "" : " or ") + std::string(known.example);
    }
    throw usage_error("a database URL is one like " + examples + said_instead(url));
}

}  // namespace stint
