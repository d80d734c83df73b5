#include <doctest/doctest.h>

#include <string>

#include "support/books.hpp"
#include "support/everything.hpp"

namespace {

static_assert(stint::detail::member_count<books::stock>() == 3);
static_assert(stint::detail::member_count<everything>() == 19);

class closed {
public:
    closed() = default;
    stint::id<closed> id;
    std::string       name;

    int hidden() const { return hidden_; }

private:
    int hidden_ = 0;
};

}  // namespace

template <>
struct stint::mapping<closed> {
    static constexpr auto value = stint::table("closed", stint::members(2), stint::key("id", &closed::id),
                                               stint::version("version"), stint::field("name", &closed::name));
};

TEST_SUITE_BEGIN("mapping");

TEST_CASE("open attributes are kept for the rooms above") {
    static_assert(stint::mapping<everything>::value.attribute<policy>()->strength == 3);
    static_assert(stint::mapping<books::stock>::value.attribute<policy>() == nullptr);
    CHECK(stint::mapper_of<everything>().attribute<policy>()->strength == 3);
    CHECK(stint::mapper_of<books::stock>().attribute<policy>() == nullptr);
}

TEST_CASE("a class that is no aggregate states how many members it has") {
    CHECK(stint::mapper_of<closed>().fields().size() == 1);
}

TEST_CASE("the mapper knows the table") {
    auto const& mapper = stint::mapper_of<books::document>();
    CHECK(mapper.table() == "documents");
    CHECK(mapper.key().name == "id");
    CHECK(mapper.version().name == "version");
    REQUIRE(mapper.columns().size() == 5);
    CHECK(mapper.columns()[1] == stint::column{"quantity", {stint::data_type::numeric, 2}});
    CHECK(&mapper.fields()[2].references() == &stint::mapper_of<books::stock>());
    CHECK(&mapper == &stint::mapper_of<books::document>());
}

TEST_CASE("nullable members are nullable columns, references are foreign keys") {
    auto const table = stint::mapper_of<everything>().definition();
    for (auto const& column : table.columns)
        CHECK_MESSAGE(column.nullable == (column.column.name.rfind("maybe_", 0) == 0), column.column.name);
    REQUIRE(table.foreign_keys.size() == 2);
    CHECK(table.foreign_keys[0].table == "stocks");
    CHECK(table.foreign_keys[1].column == "maybe_stock");
    CHECK(table.indexes == std::vector<std::string>{"stock", "maybe_stock"});
}

TEST_CASE("a number with more decimals than its column is refused, by name") {
    everything object;
    object.number = stint::decimal{"1.2345"};
    auto const& mapper = stint::mapper_of<everything>();
    CHECK(mapper.fields()[6].column.name == "number");
    CHECK_THROWS_WITH_AS(mapper.get(&object, 6), doctest::Contains("everything.number"), stint::value_error);
    object.number = stint::decimal{"1.23000"};
    CHECK(std::get<stint::decimal>(mapper.get(&object, 6)).to_string() == "1.230");
}

TEST_SUITE_END();
