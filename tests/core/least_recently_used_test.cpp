#include <doctest/doctest.h>

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "../../core/src/least_recently_used.hpp"

namespace {

/// Of words; tells what it has dropped.
struct word_list {
    stint::least_recently_used<std::string, int, std::hash<std::string_view>> kept{2};
    std::vector<int>                                                          dropped{};

    void keep(std::string_view word, int content) { kept.keep(std::string(word), content); }
    void trim() {
        kept.trim([this](int& content) { dropped.push_back(content); });
    }
    bool has(std::string_view word) { return kept.find(word) != nullptr; }
};

struct same_hash {
    std::size_t operator()(std::string_view) const noexcept { return 7; }
};

}  // namespace

TEST_SUITE_BEGIN("core: least_recently_used");

TEST_CASE_FIXTURE(word_list, "what is found is what was kept") {
    CHECK(kept.empty());
    keep("rye", 1);
    keep("oat", 2);
    REQUIRE(has("rye"));
    CHECK(*kept.find(std::string_view("oat")) == 2);
    CHECK(!has("spelt"));
}

TEST_CASE_FIXTURE(word_list, "the least recently used goes first, and each is told before it goes") {
    keep("rye", 1);
    keep("oat", 2);
    keep("spelt", 3);
    keep("barley", 4);
    trim();
    CHECK(dropped == std::vector{1, 2});
    CHECK(!has("rye"));
    CHECK(has("barley"));
}

TEST_CASE_FIXTURE(word_list, "to be found is a use") {
    keep("rye", 1);
    keep("oat", 2);
    CHECK(has("rye"));
    keep("spelt", 3);
    trim();
    CHECK(dropped == std::vector{2});
    CHECK(has("rye"));
}

TEST_CASE_FIXTURE(word_list, "nothing goes before trim(), and until then all stay where they are") {
    keep("rye", 1);
    auto* const rye = kept.find(std::string_view("rye"));
    for (int i = 0; i < 1000; ++i) keep(std::to_string(i), i);
    CHECK(kept.size() == 1001);
    CHECK(kept.find(std::string_view("rye")) == rye);
    trim();
    CHECK(kept.size() == 2);
    CHECK(kept.find(std::string_view("rye")) == rye);
    CHECK(has("999"));
}

TEST_CASE_FIXTURE(word_list, "what is dropped by its key, or cleared, can be kept anew") {
    keep("rye", 1);
    kept.drop(std::string_view("rye"));
    kept.drop(std::string_view("rye"));
    CHECK(!has("rye"));
    keep("rye", 2);
    CHECK(*kept.find(std::string_view("rye")) == 2);
    kept.clear();
    CHECK(!has("rye"));
    keep("rye", 3);
    CHECK(kept.size() == 1);
    CHECK(dropped.empty());
}

TEST_CASE("keys of one hash are told apart, and the right one goes") {
    stint::least_recently_used<std::string, int, same_hash> kept{2};
    kept.keep("rye", 1);
    kept.keep("oat", 2);
    kept.keep("spelt", 3);
    kept.trim();
    CHECK(kept.find(std::string_view("rye")) == nullptr);
    CHECK(*kept.find(std::string_view("oat")) == 2);
    CHECK(*kept.find(std::string_view("spelt")) == 3);
}

TEST_SUITE_END();
