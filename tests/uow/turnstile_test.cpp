#include <doctest/doctest.h>

#include <chrono>
#include <cstdint>
#include <memory>
#include <thread>
#include <vector>

#include "../../uow/src/turnstile.hpp"
#include "support/books.hpp"

using namespace std::chrono_literals;
using stint::deadline;
using stint::object_key;
using stint::detail::turnstiles;

namespace {

struct line_for_one : scratch_database {
    turnstiles all{db()};
    object_key flour{&stint::mapper_of<books::stock>(), stint::id<books::stock>{1}.key()};
    object_key sugar{&stint::mapper_of<books::stock>(), stint::id<books::stock>{2}.key()};

    auto join(object_key const& object) { return all.join({&object, 1}); }
    auto begin(object_key const& object) { return all.join_or_begin({&object, 1}); }
};

constexpr auto no_time = 0ms;

}  // namespace

TEST_SUITE_BEGIN("turnstile");

TEST_CASE_FIXTURE(line_for_one, "nobody waits for an object that has no line") {
    CHECK(all.are_quiet());
    CHECK(join(flour) == nullptr);
    auto const first = begin(flour);
    CHECK_FALSE(all.are_quiet());
    CHECK(first->wait(deadline::none()));
    CHECK(join(sugar) == nullptr);
}

TEST_CASE_FIXTURE(line_for_one, "turns come in the order of the places, each when the one before ends") {
    auto       first = begin(flour);
    auto       second = join(flour), third = join(flour);
    auto const is_in_turn = [&](auto const& place) { return place->wait(deadline::after(no_time)); };
    CHECK(is_in_turn(first));
    CHECK_FALSE(is_in_turn(second));
    first.reset();
    CHECK(is_in_turn(second));
    CHECK_FALSE(is_in_turn(third));
    second.reset();
    CHECK(is_in_turn(third));
}

TEST_CASE_FIXTURE(line_for_one, "whoever gives up waiting is passed over") {
    auto first = begin(flour);
    auto second = join(flour), third = join(flour);
    second.reset();
    first.reset();
    CHECK(third->wait(deadline::after(no_time)));
}

TEST_CASE_FIXTURE(line_for_one,
                  "a turn that lasts too long keeps nobody: the next one goes as well, and the others after that") {
    auto const slow = begin(flour);
    auto       second = join(flour);
    auto const third = join(flour);
    auto const began = deadline::clock::now();
    CHECK(second->wait(deadline::none()));
    CHECK(deadline::clock::now() - began >= 90ms);
    CHECK_FALSE(third->wait(deadline::after(no_time)));  // the turn of the second
    second.reset();
    CHECK(third->wait(deadline::after(no_time)));  // whatever the slow one does
}

TEST_CASE_FIXTURE(line_for_one, "a thread that waits is called when its turn has come") {
    auto             first = begin(flour);
    std::vector<int> order;
    std::thread      second{[&, place = join(flour)]() mutable {
        place->wait(deadline::none());
        order.push_back(2);
        place.reset();
    }};
    order.push_back(1);
    first.reset();
    second.join();
    CHECK(order == std::vector{1, 2});
    CHECK(all.are_quiet());
}

TEST_CASE_FIXTURE(line_for_one,
                  "while a commit takes long the next turn begins before it is done, as long as turns end well") {
    std::vector<std::unique_ptr<stint::detail::turnstile_place>> places;
    places.push_back(begin(flour));
    for (int i = 0; i < 4; ++i) places.push_back(join(flour));
    auto const next_begins_early = [&](std::size_t turns_before) {
        for (std::size_t i = 0; i < turns_before; ++i) places[i].reset();
        auto const began = deadline::clock::now();
        places[turns_before]->begin_commit();
        places[turns_before + 1]->wait(deadline::none());
        return deadline::clock::now() - began < turnstiles::longest_turn - 10ms;
    };
    SUBCASE("after three turns") {
        all.note_commit(1ms);
        CHECK(next_begins_early(3));
    }
    SUBCASE("not before") {
        all.note_commit(1ms);
        CHECK_FALSE(next_begins_early(2));
    }
    SUBCASE("not after a refusal") {
        all.note_commit(1ms);
        places[0]->note_refusal();
        CHECK_FALSE(next_begins_early(3));
    }
    SUBCASE("not where a commit is done before a thread is awake") {
        all.note_commit(100us);
        CHECK_FALSE(next_begins_early(3));
    }
}

TEST_CASE_FIXTURE(line_for_one, "nothing is remembered of objects at which nobody stands") {
    for (std::int64_t number = 0; number < 100'000; ++number)
        begin({flour.type, stint::id<books::stock>{number}.key()});
    CHECK(all.lines() == 0);
    CHECK(all.are_quiet());
}

TEST_CASE_FIXTURE(line_for_one, "pauses are measured by what commits take when nothing holds them up") {
    all.note_commit(4ms);
    CHECK(all.usual_commit() == 4ms);
    for (int i = 0; i < 20; ++i) all.note_commit(1ms);
    CHECK(all.usual_commit() < 1100us);
    all.note_commit(100ms);  // one that waited for others
    CHECK(all.usual_commit() < 3ms);
}

TEST_SUITE_END();
