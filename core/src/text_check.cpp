#include "text_check.hpp"

#include <algorithm>
#include <cstdint>
#include <cstring>

namespace stint {
namespace {

constexpr std::uint64_t high_bits = 0x8080808080808080U;
constexpr std::uint64_t ones = 0x0101010101010101U;

/// Eight bytes, none of them zero or beyond ASCII: where no byte is beyond ASCII, only a zero borrows from its high
/// bit.
bool is_plain(char const* bytes) noexcept {
    std::uint64_t word = 0;
    std::memcpy(&word, bytes, sizeof word);
    return (word & high_bits) == 0 && ((word - ones) & high_bits) == 0;
}

unsigned byte_at(std::string_view text, std::size_t place) noexcept {
    return static_cast<unsigned char>(text[place]);
}

bool continues(std::string_view text, std::size_t place) noexcept {
    return place < text.size() && (byte_at(text, place) & 0xC0U) == 0x80U;
}

/// How many bytes the character at the front takes; 0: it is none. (RFC 3629: the shortest form, no surrogates, no more
/// than U+10FFFF.)
std::size_t length_of_first(std::string_view text) noexcept {
    auto const first = byte_at(text, 0);
    if (first < 0x80) return 1;
    if (first < 0xC2 || first > 0xF4 || !continues(text, 1)) return 0;
    if (first < 0xE0) return 2;
    auto const second = byte_at(text, 1);
    bool const is_bad = (first == 0xE0 && second < 0xA0) || (first == 0xED && second > 0x9F) ||
                        (first == 0xF0 && second < 0x90) || (first == 0xF4 && second > 0x8F);
    if (is_bad || !continues(text, 2)) return 0;
    if (first < 0xF0) return 3;
    return continues(text, 3) ? 4 : 0;
}

}  // namespace

std::string_view flaw_of(std::string_view text) noexcept {
    while (!text.empty()) {
        if (text.size() >= 8 && is_plain(text.data())) {
            text.remove_prefix(8);
            continue;
        }
        if (text.front() == '\0') return "holds a zero byte";
        auto const length = length_of_first(text);
        if (length == 0) return "is not UTF-8";
        text.remove_prefix(length);
    }
    return {};
}

std::size_t characters(std::string_view text) noexcept {
    return static_cast<std::size_t>(
        std::ranges::count_if(text, [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

}  // namespace stint
