#include <doctest/doctest.h>

#include <optional>
#include <set>
#include <string>
#include <vector>

#include "uow/written_objects.hpp"

using namespace books;
using stint::commit_graph;

namespace {

struct ordered_objects : written_objects {
    /// "removed documents 1, added stocks 7"
    std::string sequence(commit_graph const& graph, stint::pending_changes const& pending) const {
        std::string result;
        for (auto const index : graph.sequence()) {
            auto const& change = pending.list[index];
            auto const& object = *change.object;
            result += (result.empty() ? "" : ", ") + std::string(to_string(change.access)) + ' ' +
                      object.mapper().table() + ' ' +
                      (object.key().is_pending() ? "new" : object.mapper().key_text(object.key()));
        }
        return result;
    }
    std::string sequence() const {
        auto const pending = changes();
        return sequence(commit_graph{pending.list}, pending);
    }
};

}  // namespace

TEST_SUITE_BEGIN("commit_graph");

TEST_CASE_FIXTURE(ordered_objects, "what is removed comes first, then what is new, then what is changed") {
    auto const flour = read(stock_of(1)), sugar = read(stock_of(2));
    flour.edit().name = "rye";
    add(stock_of(3));
    remove(sugar);
    CHECK(sequence() == "removed stocks 2, added stocks 3, changed stocks 1");
}

TEST_CASE_FIXTURE(ordered_objects, "new parents come before new children, removed children before removed parents") {
    auto const flour = read(stock_of(1));
    auto const slip = read(document_on(1, flour.id()));
    remove(flour);
    remove(slip);
    auto const salt = add(stock{{}, "salt", stint::decimal{"1.00"}});
    add(document{{}, stint::decimal{"1.00"}, false, salt.id()});
    CHECK(sequence() == "removed documents 1, removed stocks 1, added stocks new, added documents new");
}

TEST_CASE_FIXTURE(ordered_objects, "what is alike comes in the order of its keys, however it came") {
    for (auto const key : {5, 11, 2, -1}) read(stock_of(key)).edit().name = "rye";
    auto const slip = read(document_on(3, stint::id<stock>{1}));
    read(stock_of(3)).edit().name = "rye";
    slip.edit().processed = true;
    CHECK(sequence() == "changed documents 3, changed stocks -1, changed stocks 2, changed stocks 3, changed stocks 5, "
                        "changed stocks 11");
}

TEST_CASE_FIXTURE(ordered_objects, "a key that is removed and added again is removed first") {
    add(stock_of(1));
    remove(read(stock_of(1)));
    CHECK(sequence() == "removed stocks 1, added stocks 1");
}

TEST_CASE_FIXTURE(ordered_objects, "a reference that is moved away lets go of what is removed before that goes") {
    auto const old = read(node{stint::id<node>{1}, "old"}), fresh = read(node{stint::id<node>{2}, "fresh"});
    auto const leaf = read(node{stint::id<node>{3}, "leaf", old.id()});
    leaf.edit().parent = fresh.id();
    remove(old);
    CHECK(sequence() == "changed nodes 3, removed nodes 1");
}

TEST_CASE_FIXTURE(ordered_objects,
                  "of new objects in a cycle one reference waits, of removed ones one is let go of before") {
    auto const first_new = add(node{{}, "one"}), second_new = add(node{{}, "other", first_new.id()});
    first_new.edit().parent = second_new.id();
    auto const         added = changes();
    commit_graph const of_new{added.list};
    CHECK(of_new.sequence().size() == 2);
    CHECK(of_new.deferred() == std::set<commit_graph::place>{{0, 1}});  // the parent of the first
    CHECK(of_new.released().empty());

    ordered_objects there;
    auto const      first = there.read(node{stint::id<node>{1}, "first", stint::id<node>{2}});
    auto const      second = there.read(node{stint::id<node>{2}, "second", first.id()});
    there.remove(first);
    there.remove(second);
    auto const         removed = there.changes();
    commit_graph const of_removed{removed.list};
    REQUIRE(of_removed.released().size() == 1);
    CHECK(of_removed.released().begin()->field == 1);
    CHECK(of_removed.deferred().empty());
}

TEST_CASE_FIXTURE(ordered_objects, "a new object that refers to itself by a key of its own needs no second write") {
    add(node{stint::id<node>{7}, "ring", stint::id<node>{7}});
    auto const pending = changes();
    CHECK(commit_graph{pending.list}.deferred().empty());
}

TEST_CASE_FIXTURE(ordered_objects, "a value that is handed over is given up before it is taken") {
    auto const flour = read(stock_of(1)), sugar = read(stock_of(2, "sugar"));
    flour.edit().name = "sugar";
    sugar.edit().name = "oats";
    auto const                                      pending = changes();
    std::vector<stint::unique_plan::handover> const handovers{{.changes = {.giver = 1, .taker = 0}, .parked_field = 0}};
    commit_graph const                              graph{pending.list, handovers};
    CHECK(sequence(graph, pending) == "changed stocks 2, changed stocks 1");
    CHECK(graph.parked().empty());
}

TEST_CASE_FIXTURE(ordered_objects,
                  "of rows that take values of each other one lets go of its own before, where it can") {
    auto const flour = read(stock_of(1)), sugar = read(stock_of(2, "sugar"));
    flour.edit().name = "sugar";
    sugar.edit().name = "flour";
    auto const pending = changes();
    for (auto const field : {std::optional<std::size_t>{0}, std::optional<std::size_t>{}}) {
        std::vector<stint::unique_plan::handover> const handovers{
            {.changes = {.giver = 1, .taker = 0}, .parked_field = field},
            {.changes = {.giver = 0, .taker = 1}, .parked_field = field}};
        commit_graph const graph{pending.list, handovers};
        CHECK(graph.sequence().size() == 2);
        CHECK(graph.parked().size() == (field ? 1 : 0));
        CHECK(graph.blocked().size() == (field ? 0 : 1));
    }
}

TEST_SUITE_END();
