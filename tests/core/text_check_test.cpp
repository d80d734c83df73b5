#include <doctest/doctest.h>

#include <string>
#include <string_view>

#include "../../core/src/text_check.hpp"

using stint::flaw_of;
using namespace std::string_view_literals;

namespace {

/// Behind any number of plain bytes, so that each way of looking meets it.
std::string_view flaw_anywhere(std::string_view part) {
    std::string_view first = flaw_of(part);
    for (std::size_t before = 1; before < 20; ++before) {
        auto const text = std::string(before, 'x') + std::string(part) + std::string(before % 9, 'y');
        if (flaw_of(text) != first) return "it depends on the place";
    }
    return first;
}

}  // namespace

TEST_SUITE("core: text_check") {
    TEST_CASE("texts of any script pass") {
        for (auto const good :
             {""sv, "plain"sv, "\x7F\x01"sv, "Grüße"sv, "\xC2\x80"sv, "\xE0\xA0\x80"sv, "\xED\x9F\xBF"sv,
              "\xEF\xBF\xBF"sv, "\xF0\x90\x80\x80"sv, "\xF4\x8F\xBF\xBF"sv, "漢字"sv})
            CHECK(flaw_anywhere(good) == "");
    }

    TEST_CASE("a zero byte is found wherever it is") {
        CHECK(flaw_anywhere("\0"sv) == "holds a zero byte");
        CHECK(flaw_of("\1\0ab\1\0\0x"sv) == "holds a zero byte");
    }

    TEST_CASE("what is cut, too long, a surrogate or beyond the last character is not UTF-8") {
        for (auto const bad : {"\x80"sv, "\xBF"sv, "\xC3"sv, "\xC0\x80"sv, "\xC1\xBF"sv, "\xC3("sv, "\xE2\x82"sv,
                               "\xE0\x9F\xBF"sv, "\xED\xA0\x80"sv, "\xF0\x8F\xBF\xBF"sv, "\xF4\x90\x80\x80"sv,
                               "\xF5\x80\x80\x80"sv, "\xF0\x90\x80"sv, "\xFF"sv})
            CHECK(flaw_anywhere(bad) == "is not UTF-8");
    }

    TEST_CASE("characters are counted, not bytes") {
        CHECK(stint::characters("Grüße") == 5);
        CHECK(stint::characters("漢字") == 2);
    }
}
