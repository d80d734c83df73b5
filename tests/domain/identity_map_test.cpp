#include <doctest/doctest.h>

#include <cstdint>
#include <limits>

#include <stint/detail/identity_map.hpp>

#include "support/books.hpp"

using namespace books;
using stint::identity_map;
using stint::mapper_of;
using stint::row_key;
using stint::tracked_object;

namespace {

row_key key(std::int64_t number) {
    return stint::id<stock>{number}.key();
}

class map_of_stocks : public stint::edit_listener {
public:
    tracked_object& put(row_key key) {
        auto& object = map.make(stocks);
        object.set_key(key);
        map.put(object);
        return object;
    }
    tracked_object& put(std::int64_t number) { return put(key(number)); }
    tracked_object* find(row_key key) const { return map.find(stocks, key); }
    tracked_object* find(std::int64_t number) const { return find(key(number)); }

    stint::data_mapper const& stocks = mapper_of<stock>();
    identity_map              map{*this};

private:
    void before_first_edit(tracked_object const&) override {}
};

}  // namespace

TEST_SUITE_BEGIN("identity_map");

TEST_CASE_FIXTURE(map_of_stocks, "an object is found by its class and key") {
    auto& object = put(1);
    CHECK(find(1) == &object);
    CHECK(find(2) == nullptr);
    CHECK(map.find(mapper_of<document>(), key(1)) == nullptr);
}

TEST_CASE_FIXTURE(map_of_stocks, "any keys, and many of them: in a row, multiples, negative ones, the last ones") {
    using keys = std::numeric_limits<std::int64_t>;
    constexpr std::int64_t many = 5'000;
    for (std::int64_t i = 1; i <= many; ++i)
        for (auto const number : {i, i << 20, -i, keys::max() - i}) put(number);
    for (std::int64_t i = 1; i <= many; ++i)
        for (auto const number : {i, i << 20, -i, keys::max() - i}) {
            REQUIRE(find(number) != nullptr);
            REQUIRE(find(number)->key() == key(number));
        }
    CHECK(find(0) == nullptr);
    CHECK(find(many + 1) == nullptr);
}

TEST_CASE_FIXTURE(map_of_stocks, "an object takes the place of another, and only its own place is given up") {
    auto& removed = put(1);
    auto& added = put(1);
    CHECK(find(1) == &added);
    map.take_out(removed, key(1));
    CHECK(find(1) == &added);
    map.put(removed);
    CHECK(find(1) == &removed);
    map.put(removed);
    map.take_out(removed, key(1));
    CHECK(find(1) == nullptr);
}

TEST_CASE_FIXTURE(map_of_stocks, "a new object is found by its pending key, also after it was given one") {
    CHECK_FALSE(map.has_pending());
    auto const pending = row_key::fresh();
    auto&      object = put(pending);
    CHECK(map.has_pending());
    CHECK(find(pending) == &object);
    object.set_key(key(7));
    map.put(object);
    CHECK(find(7) == &object);
    CHECK(find(pending) == &object);
    map.take_out(object, key(7));
    CHECK(find(7) == nullptr);
    CHECK(find(pending) == &object);
}

TEST_CASE_FIXTURE(map_of_stocks, "what was made last and is dropped gives its place to the next") {
    put(1);
    auto* const dropped = &put(2);
    map.drop(*dropped);
    CHECK(find(2) == nullptr);
    CHECK(&put(3) == dropped);
    CHECK(find(1)->key() == key(1));
}

TEST_SUITE_END();
