#include "time_span.hpp"

#include <charconv>
#include <stdexcept>

namespace accounting {

namespace {

std::chrono::milliseconds unit_named(std::string_view name) {
    using namespace std::chrono_literals;
    if (name == "ms") return 1ms;
    if (name == "s") return 1s;
    if (name == "m") return 1min;
    throw std::invalid_argument("a time is a whole number with its unit: 500ms, 2s or 5m");
}

}  // namespace

std::chrono::milliseconds time_span(std::string const& text) {
    constexpr unsigned longest = 1'000'000;
    unsigned           number = 0;
    auto const* const  end = text.data() + text.size();
    auto const         parsed = std::from_chars(text.data(), end, number);
    if (parsed.ec != std::errc{} || number > longest) return unit_named("") * 0;
    return unit_named({parsed.ptr, static_cast<std::size_t>(end - parsed.ptr)}) * number;
}

std::string is_time_span(std::string const& text) {
    try {
        time_span(text);
        return {};
    } catch (std::invalid_argument const& e) {
        return "'" + text + "': " + e.what();
    }
}

}  // namespace accounting
