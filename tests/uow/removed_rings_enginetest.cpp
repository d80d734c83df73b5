// Rows that refer to each other are removed together.

#include <doctest/doctest.h>

#include <optional>
#include <string>
#include <vector>

#include "support/books.hpp"

namespace rings {

/// Refers to another, always.
struct link {
    stint::id<link> id;
    stint::id<link> next;
};

}  // namespace rings

template <>
struct stint::mapping<rings::link> {
    static constexpr auto value = stint::table("links", stint::key("id", &rings::link::id), stint::version("version"),
                                               stint::field("next", &rings::link::next));
};

namespace rings {

using books::node;
using stint::id;
using stint::unit_of_work;

struct nodes : books::example {
    /// Nodes 1 .. count, each with the next as its parent, the last with the first.
    void make_ring(std::int64_t count) {
        unit_of_work work{db()};
        for (std::int64_t i = 1; i <= count; ++i) work.add(node{id<node>{i}, "n", id<node>{i % count + 1}});
        work.commit();
        sql("UPDATE nodes SET version = 1");
    }
    std::string count() { return ask("SELECT count(*) FROM nodes"); }

    static void remove_all(unit_of_work& work) {
        for (auto const& object : work.find<node>(stint::order_by(&node::id))) work.remove(object);
    }
};

TEST_SUITE_BEGIN("removed_rings");

TEST_CASE_FIXTURE(nodes, "a ring is removed: one reference becomes null, then all go") {
    make_ring(3);
    unit_of_work work{db()};
    remove_all(work);
    CHECK(to_string(work.dry_run()) == "update nodes [id=3] parent=null\n"
                                       "remove nodes [id=1 if version=1]\n"
                                       "remove nodes [id=2 if version=1]\n"
                                       "remove nodes [id=3 if version=1]");
    CHECK(work.commit().removed == 3);
    CHECK(count() == "0");
}

TEST_CASE_FIXTURE(nodes, "rings of one, two and many are removed, whatever was edited before") {
    void (*edit)(stint::tracked<node> const&) = nullptr;
    SUBCASE("as they were read") {
        edit = [](auto const&) {};
    }
    SUBCASE("with the reference taken off in memory") {
        edit = [](auto const& object) { object.edit().parent.reset(); };
    }
    SUBCASE("with the reference moved in memory") {
        edit = [](auto const& object) { object.edit().parent = object.id(); };
    }
    for (std::int64_t const size : {1, 2, 50}) {
        make_ring(size);
        unit_of_work work{db()};
        for (auto const& object : work.find<node>()) edit(object);
        remove_all(work);
        CHECK(work.commit().removed == static_cast<std::size_t>(size));
        CHECK(count() == "0");
    }
}

TEST_CASE_FIXTURE(nodes, "a chain of twenty thousand rows, each of which refers to the next, is removed at once") {
    std::int64_t const length = 20'000;
    {
        unit_of_work work{db()};
        for (std::int64_t i = 1; i <= length; ++i)
            work.add(node{id<node>{i}, "n", i < length ? std::optional(id<node>{i + 1}) : std::nullopt});
        work.commit();
    }
    unit_of_work work{db()};
    remove_all(work);
    CHECK(work.commit().removed == length);
    CHECK(count() == "0");
}

TEST_CASE_FIXTURE(nodes, "what refers into a ring goes before it, what it refers to after it") {
    make_ring(2);
    sql("INSERT INTO nodes (id, name, version) VALUES (9, 'behind', 1)");
    sql("INSERT INTO nodes (id, name, parent, version) VALUES (3, 'before', 1, 1)");
    sql("UPDATE nodes SET parent = 3 WHERE id = 2");  // 1 -> 2 -> 3 -> 1
    sql("INSERT INTO nodes (id, name, parent, version) VALUES (4, 'tail', 1, 1)");
    unit_of_work work{db()};
    remove_all(work);
    CHECK(work.commit().removed == 5);
    CHECK(count() == "0");
}

TEST_CASE_FIXTURE(nodes, "a ring that somebody else has changed is one conflict, and stays") {
    make_ring(2);
    unit_of_work work{db()};
    remove_all(work);
    SUBCASE("changed") {
        sql("UPDATE nodes SET name = 'new', version = 2 WHERE id = 2");
    }
    SUBCASE("gone") {
        sql("UPDATE nodes SET parent = NULL WHERE id = 1");
        sql("DELETE FROM nodes WHERE id = 2");
    }
    auto const before = count();
    try {
        work.commit();
        FAIL("removed what it had not seen");
    } catch (stint::conflict_error const& refused) {
        REQUIRE(refused.conflicts().size() == 1);
        CHECK(refused.conflicts().front().key == "2");
    }
    CHECK(count() == before);
}

TEST_CASE_FIXTURE(nodes, "a ring of references that can't be null is refused by what is true") {
    stint::create_tables<link>(db());
    sql("INSERT INTO links (id, next, version) VALUES (1, 1, 1)");
    sql("INSERT INTO links (id, next, version) VALUES (2, 1, 1)");
    sql("UPDATE links SET next = 2 WHERE id = 1");
    unit_of_work work{db()};
    for (auto const& object : work.find<link>(stint::order_by(&link::id))) work.remove(object);
    try {
        work.commit();
        FAIL("removed a row that another refers to");
    } catch (stint::usage_error const& refused) {
        std::string const words = refused.what();
        CHECK(words.find("none can be deleted first: links 1, links 2") != std::string::npos);
        CHECK(words.find("can't be null") != std::string::npos);
    }
    CHECK(ask("SELECT count(*) FROM links") == "2");
}

TEST_CASE_FIXTURE(nodes, "a row that refers to itself and can't do otherwise is removed") {
    stint::create_tables<link>(db());
    sql("INSERT INTO links (id, next, version) VALUES (1, 1, 1)");
    unit_of_work work{db()};
    work.remove(work.get<link>(1));
    CHECK(work.commit().removed == 1);
}

TEST_CASE_FIXTURE(nodes, "an object moves to a new one that takes a removed one's key, while that is referred to") {
    sql("INSERT INTO nodes (id, name, version) VALUES (1, 'old', 1)");
    sql("INSERT INTO nodes (id, name, parent, version) VALUES (2, 'refers to it, goes', 1, 1)");
    sql("INSERT INTO nodes (id, name, parent, version) VALUES (3, 'moves', 2, 1)");
    unit_of_work work{db()};
    auto         mover = work.get<node>(3);
    work.remove(work.get<node>(2));
    work.remove(work.get<node>(1));
    auto successor = work.add(node{id<node>{1}, "new"});
    mover.edit().parent = successor.id();
    work.commit();
    CHECK(ask("SELECT name FROM nodes WHERE id = 1") == "new");
    CHECK(ask("SELECT parent FROM nodes WHERE id = 3") == "1");
    CHECK(ask("SELECT version FROM nodes WHERE id = 3") == "2");
}

TEST_SUITE_END();

}  // namespace rings
