#include "secrets.hpp"

#include <algorithm>
#include <cctype>
#include <charconv>

namespace stint {
namespace {

std::string in_small_letters(std::string text) {
    std::ranges::transform(text, text.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
    return text;
}

/// The word, and = or : behind it.
bool names_value(std::string_view text, std::string_view word) {
    for (auto at = text.find(word); at != std::string_view::npos; at = text.find(word, at + 1)) {
        auto const behind = text.find_first_not_of(" \t\r\n", at + word.size());
        if (behind != std::string_view::npos && (text[behind] == '=' || text[behind] == ':')) return true;
    }
    return false;
}

bool has_user_and_password(std::string_view text) {
    auto const at = text.rfind('@');
    if (at == std::string_view::npos) return false;
    auto const scheme = text.find("://");
    auto const start = scheme < at ? scheme + 3 : 0;
    return text.substr(start, at - start).find(':') != std::string_view::npos;
}

}  // namespace

std::string percent_decoded(std::string_view text) {
    std::string result;
    for (std::size_t i = 0; i < text.size(); ++i) {
        unsigned char byte = 0;
        auto const    digits = text.substr(i + 1, 2);
        bool const    is_encoded = text[i] == '%' && digits.size() == 2 &&
                                std::from_chars(digits.data(), digits.data() + 2, byte, 16).ptr == digits.data() + 2;
        result += is_encoded ? static_cast<char>(byte) : text[i];
        if (is_encoded) i += 2;
    }
    return result;
}

bool may_hold_password(std::string_view text) {
    auto const plain = in_small_letters(percent_decoded(text));
    auto const words = {"password", "passwd", "passfile", "pwd", "pass", "passphrase", "secret"};
    return std::ranges::any_of(words, [&](char const* word) { return names_value(plain, word); }) ||
           has_user_and_password(plain);
}

}  // namespace stint
