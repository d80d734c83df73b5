#include "postgresql_timestamp.hpp"

#include <array>
#include <charconv>
#include <cstdio>

#include "civil_time.hpp"

namespace stint {
namespace {

// PostgreSQL goes on for 29 years after 64 bits of microseconds have ended.
constexpr std::int64_t last_year = 294'246;

// Reads from the front of a text; once something failed, all fails.
class reader {
public:
    explicit reader(std::string_view text) : rest_(text) {}

    unsigned number() {
        unsigned   result = 0;
        auto const parsed = std::from_chars(rest_.data(), rest_.data() + rest_.size(), result);
        ok_ = ok_ && parsed.ec == std::errc{};
        rest_.remove_prefix(static_cast<std::size_t>(parsed.ptr - rest_.data()));
        return result;
    }
    bool accept(std::string_view text) {
        if (!ok_ || !rest_.starts_with(text)) return false;
        rest_.remove_prefix(text.size());
        return true;
    }
    void     expect(std::string_view text) { ok_ = accept(text); }
    unsigned microseconds() {
        if (!accept(".")) return 0;
        auto const digits = rest_.size();
        auto       result = number();
        for (auto read = digits - rest_.size(); read < 6; ++read) result *= 10;
        return result;
    }
    bool succeeded() const { return ok_ && rest_.empty(); }

private:
    std::string_view rest_;
    bool             ok_ = true;
};

// "+02", "-03:30", "+00:53:28"; nothing is UTC.
std::chrono::seconds offset(reader& input) {
    bool const west = input.accept("-");
    if (!west && !input.accept("+")) return {};
    auto seconds = static_cast<int>(input.number()) * 3600;
    if (input.accept(":")) seconds += static_cast<int>(input.number()) * 60;
    if (input.accept(":")) seconds += static_cast<int>(input.number());
    return std::chrono::seconds{west ? -seconds : seconds};
}

}  // namespace

std::string to_postgresql_text(timestamp time) {
    if (time == timestamp::max()) return "infinity";
    if (time == timestamp::min()) return "-infinity";
    auto const           at = to_civil(time);
    bool const           before_christ = at.year <= 0;
    auto const           year = static_cast<long long>(before_christ ? 1 - at.year : at.year);
    std::array<char, 64> buffer;
    std::snprintf(buffer.data(), buffer.size(), "%04lld-%02u-%02u %02u:%02u:%02u.%06u+00%s", year, at.month, at.day,
                  at.hour, at.minute, at.second, at.microsecond, before_christ ? " BC" : "");
    return buffer.data();
}

std::optional<timestamp> from_postgresql_text(std::string_view text) {
    if (text == "infinity") return timestamp::max();
    if (text == "-infinity") return timestamp::min();
    auto       input = reader(text);
    civil_time at;
    at.year = input.number();
    input.expect("-");
    at.month = input.number();
    input.expect("-");
    at.day = input.number();
    input.expect(" ");
    at.hour = input.number();
    input.expect(":");
    at.minute = input.number();
    input.expect(":");
    at.second = input.number();
    at.microsecond = input.microseconds();
    auto const ahead = offset(input);
    if (input.accept(" BC")) at.year = 1 - at.year;
    if (!input.succeeded() || at.year > last_year) return {};
    return from_civil(at) - ahead;
}

}  // namespace stint
