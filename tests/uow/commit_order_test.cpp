#include <doctest/doctest.h>

#include <algorithm>
#include <numeric>
#include <random>

#include "../../uow/src/commit_order.hpp"

using order = stint::commit_order;
using nodes = std::vector<std::size_t>;

TEST_SUITE_BEGIN("commit_order");

TEST_CASE("without edges: by rank, group and number, however they were put in") {
    order graph;
    graph.add({1, "b", 1});
    graph.add({0, "z", 9});
    graph.add({1, "a", 2});
    graph.add({1, "a", 1});
    CHECK(graph.solve().sequence == nodes{1, 3, 2, 0});
}

TEST_CASE("a group stays together while any of it is ready: all orders, then all lines") {
    order      graph;
    auto const order1 = graph.add({1, "orders", 1});
    auto const line1 = graph.add({1, "lines", 1});
    auto const order2 = graph.add({1, "orders", 2});
    auto const line2 = graph.add({1, "lines", 2});
    graph.first_then(order1, line1);
    graph.first_then(order2, line2);
    CHECK(graph.solve().sequence == nodes{order1, order2, line1, line2});
}

TEST_CASE("within a group the kinds stay together, however the nodes were put in") {
    order      graph;
    auto const last = graph.add({2, "stocks", 2, 1});
    auto const second = graph.add({2, "stocks", 9, 0});
    auto const third = graph.add({2, "stocks", 1, 1});
    auto const first = graph.add({2, "stocks", 3, 0});
    CHECK(graph.solve().sequence == nodes{first, second, third, last});
}

TEST_CASE("what waits for others of its own group comes after all that need not wait") {
    order      graph;
    auto const child = graph.add({1, "nodes", 1});
    auto const root = graph.add({1, "nodes", 2});
    auto const grandchild = graph.add({1, "nodes", 3});
    auto const other_root = graph.add({1, "nodes", 4});
    graph.first_then(root, child);
    graph.first_then(child, grandchild);
    CHECK(graph.solve().sequence == nodes{root, other_root, child, grandchild});
}

TEST_CASE("edges win over ranks") {
    order      graph;
    auto const remove_parent = graph.add({0, "parents", 1});
    auto const move_child = graph.add({2, "children", 1});
    auto const new_parent = graph.add({1, "parents", 2});
    graph.first_then(move_child, remove_parent);
    graph.first_then(new_parent, move_child);
    CHECK(graph.solve().sequence == nodes{new_parent, move_child, remove_parent});
}

TEST_CASE("a cycle is resolved by an edge that may be broken") {
    order      graph;
    auto const a = graph.add({1, "n", 1});
    auto const b = graph.add({1, "n", 2});
    graph.first_then(a, b);
    auto const optional = graph.first_then(b, a, true);
    auto const solution = graph.solve();
    CHECK(solution.sequence == nodes{a, b});
    CHECK(solution.broken == nodes{optional});
    CHECK(solution.stuck.empty());
}

TEST_CASE("only edges on a cycle are given up") {
    order      graph;
    auto const a = graph.add({1, "n", 1});
    auto const b = graph.add({1, "n", 2});
    auto const behind = graph.add({1, "a", 1});
    graph.first_then(b, behind, true);
    graph.first_then(a, b, true);
    graph.first_then(b, a, true);
    auto const solution = graph.solve();
    CHECK(solution.broken == nodes{2});
    CHECK(solution.sequence == nodes{a, b, behind});
}

TEST_CASE("a node can wait for itself only by an edge that may be broken") {
    order graph;
    graph.add({1, "n", 1});
    auto const loop = graph.first_then(0, 0, true);
    CHECK(graph.solve().broken == nodes{loop});

    order hard;
    hard.add({1, "n", 1});
    hard.first_then(0, 0);
    CHECK(hard.solve().stuck == nodes{0});
}

TEST_CASE("a cycle that can't be broken is named, and nothing behind it") {
    order      graph;
    auto const a = graph.add({1, "n", 1});
    auto const b = graph.add({1, "n", 2});
    auto const behind = graph.add({1, "n", 3});
    graph.first_then(a, b);
    graph.first_then(b, a);
    graph.first_then(b, behind);
    CHECK(graph.solve().stuck == nodes{a, b});
}

TEST_CASE("of a ring of many one edge is given up") {
    order             graph;
    std::size_t const size = 20'000;
    for (std::size_t i = 0; i < size; ++i) graph.add({1, "n", static_cast<std::int64_t>(i)});
    for (std::size_t i = 0; i < size; ++i) graph.first_then(i, (i + 1) % size, true);
    auto const solution = graph.solve();
    CHECK(solution.broken == nodes{size - 1});
    CHECK(solution.sequence.size() == size);
}

TEST_CASE("a long tail behind a cycle costs no more than its length") {
    // It takes hours to follow each edge of the tail to its end, so as to see whether it lies on a cycle.
    order             graph;
    std::size_t const length = 500'000;
    for (std::size_t i = 0; i < length; ++i) graph.add({1, "n", static_cast<std::int64_t>(i)});
    for (std::size_t i = 1; i < length; ++i) graph.first_then(i - 1, i, true);
    auto const loop = graph.add({2, "n", 0});
    auto const into_itself = graph.first_then(loop, loop, true);
    graph.first_then(loop, 0, true);
    auto const solution = graph.solve();
    CHECK(solution.broken == nodes{into_itself});
    CHECK(solution.sequence.front() == loop);
}

TEST_CASE("random graphs with cycles lose only edges that may be broken, and the rest holds") {
    std::mt19937 random{11};
    for (int round = 0; round < 500; ++round) {
        std::size_t const size = 1 + random() % 12;
        order             graph;
        for (std::size_t i = 0; i < size; ++i)
            graph.add({static_cast<int>(random() % 2), "t", static_cast<std::int64_t>(i)});
        struct edge {
            std::size_t first, second;
            bool        may_be_broken;
        };
        std::vector<edge> edges;
        for (std::size_t i = 0; i < 2 * size; ++i) {
            edge made{random() % size, random() % size, true};
            made.may_be_broken = made.first >= made.second || random() % 2 == 0;  // the others form no cycle
            edges.push_back(made);
            graph.first_then(made.first, made.second, made.may_be_broken);
        }
        auto const solution = graph.solve();
        REQUIRE(solution.sequence.size() == size);
        nodes place(size);
        for (std::size_t i = 0; i < size; ++i) place[solution.sequence[i]] = i;
        for (std::size_t i = 0; i < edges.size(); ++i) {
            bool const broken = std::ranges::binary_search(solution.broken, i);
            CHECK((broken ? edges[i].may_be_broken : place[edges[i].first] < place[edges[i].second]));
        }
    }
}

TEST_CASE("random graphs without cycles come out in an order that respects every edge") {
    std::mt19937 random{7};
    for (int round = 0; round < 200; ++round) {
        std::size_t const size = 2 + random() % 30;
        order             graph;
        nodes             hidden(size);
        std::iota(hidden.begin(), hidden.end(), std::size_t{0});
        std::shuffle(hidden.begin(), hidden.end(), random);
        for (std::size_t i = 0; i < size; ++i)
            graph.add({static_cast<int>(random() % 3), random() % 2 == 0 ? "t" : "s", static_cast<std::int64_t>(i),
                       static_cast<std::uint32_t>(random() % 2)});
        std::vector<std::pair<std::size_t, std::size_t>> edges;
        for (std::size_t i = 0; i < size; ++i) {
            auto first = random() % size, second = random() % size;
            if (first == second) continue;
            if (first > second) std::swap(first, second);
            edges.emplace_back(hidden[first], hidden[second]);
            graph.first_then(hidden[first], hidden[second]);
        }
        auto const sequence = graph.solve().sequence;
        REQUIRE(sequence.size() == size);
        nodes place(size);
        for (std::size_t i = 0; i < size; ++i) place[sequence[i]] = i;
        for (auto const& [first, second] : edges) CHECK(place[first] < place[second]);
    }
}

TEST_SUITE_END();
