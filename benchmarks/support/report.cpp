#include "support/report.hpp"

#include <cmath>
#include <ctime>
#include <fstream>
#include <ostream>
#include <thread>

#include <nlohmann/json.hpp>
#include <spdlog/fmt/fmt.h>

namespace bench {

namespace {

using json = nlohmann::ordered_json;

template <class T>
json or_null(std::optional<T> const& value) {
    return value ? json(*value) : json(nullptr);
}

/// Four digits that count.
double rounded(double number) {
    if (number == 0 || !std::isfinite(number)) return number;
    auto const scale = std::pow(10.0, 3 - std::floor(std::log10(std::abs(number))));
    return std::round(number * scale) / scale;
}
std::optional<double> rounded(std::optional<double> number) {
    return number ? std::optional{rounded(*number)} : number;
}

std::string number(std::optional<double> value) {
    if (!value) return "-";
    auto const size = std::abs(*value);
    return fmt::format("{:.{}f}", *value, size >= 1000 ? 0 : size >= 10 ? 1 : 3);
}

json to_json(row const& one) {
    return {{"name", one.name},
            {"stint", rounded(one.stint)},
            {"other", or_null(rounded(one.other))},
            {"other_name", one.other_name},
            {"ratio", or_null(rounded(one.ratio()))},
            {"goal", one.wanted ? json(one.wanted->value) : json(nullptr)},
            {"ok", or_null(one.ok())},
            {"unit", one.unit},
            {"goal_text", one.wanted ? one.wanted->to_string() : ""}};
}

/// The first value of a line "key : value" in a file of the system.
std::string fact(char const* file, std::string_view key) {
    std::ifstream in{file};
    for (std::string line; std::getline(in, line);) {
        if (!line.starts_with(key)) continue;
        auto const value = line.find_first_not_of(" \t:", line.find_first_of(":=") + 1);
        return value == std::string::npos ? "" : line.substr(value);
    }
    return {};
}

std::string today() {
    auto const now = std::time(nullptr);
    std::tm    parts{};
    ::gmtime_r(&now, &parts);
    return fmt::format("{:04}-{:02}-{:02}", parts.tm_year + 1900, parts.tm_mon + 1, parts.tm_mday);
}

}  // namespace

bool goal::is_met_by(double measured) const noexcept {
    switch (is) {
    case bound::at_most: return measured <= value;
    case bound::at_least: return measured >= value;
    case bound::near: return std::abs(measured - value) <= within;
    }
    return false;
}

std::string goal::to_string() const {
    switch (is) {
    case bound::at_most: return fmt::format("<= {}", value);
    case bound::at_least: return fmt::format(">= {}", value);
    case bound::near: return fmt::format("{} +- {}", value, within);
    }
    return {};
}

std::optional<double> row::ratio() const {
    if (!other || *other == 0) return std::nullopt;
    return stint / *other;
}

std::optional<bool> row::ok() const {
    if (!wanted) return std::nullopt;
    return wanted->is_met_by(ratio().value_or(stint));
}

constexpr auto line = "{:<44} {:>10} {:>10} {:<7} {:>8} {:>11} {:<4} {}";

void print_head(std::ostream& out) {
    out << fmt::format(line, "name", "Stint", "other", "unit", "ratio", "goal", "ok", "other") << '\n';
}

void print_line(std::ostream& out, row const& one) {
    auto const ok = one.ok();
    out << fmt::format(line, one.name, number(one.stint), number(one.other), one.unit, number(one.ratio()),
                       one.wanted ? one.wanted->to_string() : "-",
                       !ok   ? "-"
                       : *ok ? "yes"
                             : "NO",
                       one.other_name)
        << std::endl;
}

void print_json(std::ostream& out, std::vector<row> const& rows, std::string const& server) {
    json all;
    all["date"] = today();
    all["machine"] = {{"processor", fact("/proc/cpuinfo", "model name")},
                      {"cores", std::thread::hardware_concurrency()},
                      {"memory", fact("/proc/meminfo", "MemTotal")},
                      {"system", fact("/etc/os-release", "PRETTY_NAME=")},
                      {"compiler", __VERSION__},
                      {"postgresql", server}};
    all["rows"] = json::array();
    for (auto const& one : rows) all["rows"].push_back(to_json(one));
    out << all.dump(1) << '\n';
}

}  // namespace bench
