#include "time_span.hpp"

#include <charconv>
#include <stdexcept>
#include <utility>

namespace accounting {

namespace {

std::chrono::milliseconds unit_named(std::string_view name) {
    using namespace std::chrono_literals;
    if (name == "ms") return 1ms;
    if (name == "s") return 1s;
    if (name == "m") return 1min;
    if (name == "h") return 1h;
    throw std::invalid_argument("a time is a whole number with its unit: 500ms, 2s, 5m or 1h");
}

std::string two_units(std::int64_t large, char const* large_unit, std::int64_t small, char const* small_unit) {
    auto const text = std::to_string(large) + large_unit;
    return small == 0 ? text : text + " " + std::to_string(small) + small_unit;
}

}  // namespace

std::chrono::milliseconds time_span(std::string const& text) {
    constexpr std::chrono::milliseconds longest = std::chrono::hours{24} * 1000;
    std::int64_t                        number = -1;
    auto const* const                   end = text.data() + text.size();
    auto const                          parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc{} || number < 0) return unit_named("");
    auto const unit = unit_named({parsed.ptr, static_cast<std::size_t>(end - parsed.ptr)});
    if (number > longest / unit) throw std::invalid_argument("a time is 1000 days at most");
    return unit * number;
}

std::string is_time_span(std::string const& text) {
    try {
        time_span(text);
        return {};
    } catch (std::invalid_argument const& e) {
        return "'" + text + "': " + e.what();
    }
}

std::string to_text(std::chrono::milliseconds time) {
    auto const in = [&](std::int64_t unit, char const* name) { return std::to_string(time.count() / unit) + name; };
    for (auto const& [unit, name] : {std::pair{3'600'000, "h"}, {60'000, "m"}, {1'000, "s"}})
        if (time.count() % unit == 0 && time.count() >= unit) return in(unit, name);
    return in(1, "ms");
}

std::string in_words(std::chrono::microseconds time) {
    auto const ms = std::chrono::floor<std::chrono::milliseconds>(time).count();
    auto const seconds = ms / 1000;
    if (seconds == 0) return std::to_string(ms) + " ms";
    if (seconds < 60) return std::to_string(seconds) + " s";
    if (seconds < 3600) return two_units(seconds / 60, " min", seconds % 60, " s");
    return two_units(seconds / 3600, " h", seconds / 60 % 60, " min");
}

}  // namespace accounting
