// Commits whose rows take unique values of each other: what is legal at the end of a commit commits.

#include <doctest/doctest.h>

#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <stint/events.hpp>
#include <stint/stint.hpp>

#include "support/scratch_database.hpp"

namespace hall {

struct seat {
    stint::id<seat>             id;
    std::string                 name;      // unique
    std::optional<std::int64_t> number{};  // unique, may be null
    std::int64_t                bank = 0;  // unique with place
    std::int64_t                place = 0;
    std::string                 colour = "red";  // not unique
};

struct ticket {
    stint::id<ticket>     id;
    stint::id<hall::seat> seat;
};

/// One for each seat.
struct cushion {
    stint::id<cushion>                   id;
    stint::id<hall::seat>                seat;             // unique
    std::optional<stint::id<hall::seat>> next_to{};        // unique
    bool                                 is_best = false;  // unique
};

/// Shows on which bench a seat stands; the name is unique on a bench.
struct plate {
    stint::id<plate>      id;
    stint::id<hall::seat> seat;
    std::string           name;
};

}  // namespace hall

template <>
struct stint::mapping<hall::seat> {
    static constexpr auto value = stint::table(
        "seats", stint::key("id", &hall::seat::id), stint::version("version"), stint::field("name", &hall::seat::name),
        stint::field("number", &hall::seat::number), stint::field("bank", &hall::seat::bank),
        stint::field("place", &hall::seat::place), stint::field("colour", &hall::seat::colour));
};
template <>
struct stint::mapping<hall::ticket> {
    static constexpr auto value = stint::table("tickets", stint::key("id", &hall::ticket::id),
                                               stint::version("version"), stint::field("seat", &hall::ticket::seat));
};
template <>
struct stint::mapping<hall::cushion> {
    static constexpr auto value = stint::table("cushions", stint::key("id", &hall::cushion::id),
                                               stint::version("version"), stint::field("seat", &hall::cushion::seat),
                                               stint::field("next_to", &hall::cushion::next_to),
                                               stint::field("is_best", &hall::cushion::is_best));
};
template <>
struct stint::mapping<hall::plate> {
    static constexpr auto value = stint::table("plates", stint::key("id", &hall::plate::id), stint::version("version"),
                                               stint::field("seat", &hall::plate::seat),
                                               stint::field("name", &hall::plate::name));
};

namespace hall {

using stint::constraint_violation;
using stint::id;
using stint::unit_of_work;

/// Seats 1 to 25 on bank 1, called s1, s2, ..., with numbers and places like their keys.
struct seats : scratch_database {
    static constexpr std::int64_t count = 25;

    seats() {
        stint::create_tables<seat, ticket, cushion, plate>(db());
        unit_of_work work{db()};
        for (std::int64_t i = 1; i <= count; ++i) work.add(seat{id<seat>{i}, named(i), i, 1, i});
        work.commit();
        sql("UPDATE seats SET version = 1");
        sql("CREATE UNIQUE INDEX seats_name ON seats (name)");
        sql("CREATE UNIQUE INDEX seats_number ON seats (number)");
        sql("CREATE UNIQUE INDEX seats_place ON seats (bank, place)");
    }

    static std::string named(std::int64_t i) { return "s" + std::to_string(i); }

    std::string names(std::int64_t first, std::int64_t last) {
        std::string result;
        for (auto i = first; i <= last; ++i)
            result += (i == first ? "" : " ") + ask("SELECT name FROM seats WHERE id = " + std::to_string(i));
        return result;
    }
    /// How many versions there are, and the least and the greatest.
    bool versions_are(int expected, std::string const& condition = "1 = 1") {
        return ask("SELECT count(*) FROM seats WHERE version <> " + std::to_string(expected) + " AND " + condition) ==
               "0";
    }
    std::vector<stint::tracked<seat>> seats_of(unit_of_work& work) {
        return work.find<seat>(stint::order_by(&seat::id));
    }
    /// What a check of the table has it look at; a SQLite table can't get one later.
    void demand(std::string const& condition) {
        if (is_postgresql()) return sql("ALTER TABLE seats ADD CHECK (" + condition + ")");
        for (auto const* event : {"INSERT", "UPDATE"})
            sql("CREATE TRIGGER checked_" + std::string(event) + " BEFORE " + event + " ON seats WHEN NOT (NEW." +
                condition + ") BEGIN SELECT RAISE(ABORT, 'check'); END");
    }
};

template <class Work>
constraint_violation violation_of(Work&& commit) {
    try {
        commit();
    } catch (constraint_violation const& refused) {
        return refused;
    }
    FAIL("was not refused");
    throw;
}

using names_of_columns = std::vector<std::string>;

TEST_SUITE_BEGIN("unique_values");

TEST_CASE_FIXTURE(seats, "two rows swap a unique value, and their versions rise once") {
    unit_of_work work{db()};
    auto         left = work.get<seat>(1), right = work.get<seat>(2);
    std::swap(left.edit().name, right.edit().name);
    CHECK(work.commit().updated == 2);
    CHECK(names(1, 3) == "s2 s1 s3");
    CHECK(versions_are(2, "id <= 2"));
    CHECK(left.version().value() == 2);
    left.edit().colour = "blue";
    work.commit();
    CHECK(names(1, 2) == "s2 s1");
}

TEST_CASE_FIXTURE(seats, "two rows swap a value that may be null, and one of a rule over two columns") {
    unit_of_work work{db()};
    auto         left = work.get<seat>(1), right = work.get<seat>(2);
    std::swap(left.edit().number, right.edit().number);
    std::swap(left.edit().place, right.edit().place);
    work.commit();
    CHECK(ask("SELECT count(*) FROM seats WHERE id <= 2 AND number = 3 - id AND place = 3 - id AND version = 2") ==
          "2");
}

TEST_CASE_FIXTURE(seats, "positions move by one, few of them and many, up and down") {
    for (std::int64_t const last : {5, 25})
        for (std::int64_t const by : {1, -1}) {
            sql("DELETE FROM seats");
            for (std::int64_t i = 1; i <= last; ++i) {
                auto const n = std::to_string(i);
                sql("INSERT INTO seats (id, name, number, bank, place, colour, version) VALUES (" + n + ", 's" + n +
                    "', " + n + ", 1, " + n + ", 'red', 1)");
            }
            unit_of_work work{db()};
            for (auto& chair : seats_of(work)) {
                chair.edit().place += by;
                chair.edit().number = *chair->number + by;
            }
            CHECK(work.commit().updated == static_cast<std::size_t>(last));
            CHECK(ask("SELECT count(*) FROM seats WHERE place = id + " + std::to_string(by) + " AND number = place") ==
                  std::to_string(last));
            CHECK(versions_are(2));
        }
}

TEST_CASE_FIXTURE(seats, "a circle of many takes no more trips than a circle of two") {
    auto const rotate = [&](std::int64_t first, std::int64_t last) {
        unit_of_work work{db()};
        auto         rows = seats_of(work);
        auto const   before = rows[static_cast<std::size_t>(first - 1)]->name;
        for (auto i = first; i < last; ++i)
            rows[static_cast<std::size_t>(i - 1)].edit().name = rows[static_cast<std::size_t>(i)]->name;
        rows[static_cast<std::size_t>(last - 1)].edit().name = before;
        auto const asked = work.counters();
        work.commit();
        return work.counters() - asked;
    };
    rotate(1, 2), rotate(3, count);  // statements are prepared
    auto const of_two = rotate(1, 2), of_many = rotate(3, count);
    CHECK(names(1, 6) == "s1 s2 s5 s6 s7 s8");
    CHECK(versions_are(3));
    CHECK(of_many.round_trips <= of_two.round_trips);
    if (is_postgresql()) CHECK(of_two.round_trips <= 5);  // refused, rolled back, which rule, the rules, written
}

TEST_CASE_FIXTURE(seats, "a few that take values of each other are found among many that don't") {
    unit_of_work work{db()};
    auto         rows = seats_of(work);
    for (auto& chair : rows) chair.edit().name += " new";
    rows[19].edit().name = "s5";
    rows[4].edit().name = "s20";
    work.commit();
    CHECK(names(4, 5) == "s4 new s20");
    CHECK(names(20, 20) == "s5");
    CHECK(versions_are(2));
}

TEST_CASE_FIXTURE(seats, "a row is renamed and a new one takes the old name") {
    unit_of_work work{db()};
    work.get<seat>(1).edit().name = "first";
    work.add(seat{{}, "s1", 100, 1, 100});
    auto const report = work.commit();
    CHECK(report.inserted == 1);
    CHECK(report.updated == 1);
    CHECK(names(1, 1) == "first");
    CHECK(ask("SELECT count(*) FROM seats WHERE name = 's1'") == "1");
}

TEST_CASE_FIXTURE(seats, "a removed row's name is taken although references force its deletion late") {
    {
        unit_of_work work{db()};
        work.add(ticket{id<ticket>{1}, id<seat>{1}});
        work.commit();
    }
    unit_of_work work{db()};
    auto         successor = work.add(seat{{}, "s1", 1, 1, 1});
    work.get<ticket>(1).edit().seat = successor.id();  // so: the new seat, the ticket, the old seat
    work.remove(work.get<seat>(1));
    auto const report = work.commit();
    CHECK(report.inserted == 1);
    CHECK(report.removed == 1);
    CHECK(ask("SELECT count(*) FROM seats WHERE name = 's1' AND number = 1 AND id <> 1") == "1");
}

TEST_CASE_FIXTURE(seats, "a name moves through a chain that begins with a removed row and ends with a new one") {
    unit_of_work work{db()};
    work.remove(work.get<seat>(1));
    work.get<seat>(2).edit().name = "s1";
    work.get<seat>(3).edit().name = "s2";
    work.add(seat{{}, "s3", 100, 1, 100});
    work.commit();
    CHECK(names(1, 3) == " s1 s2");
    CHECK(ask("SELECT count(*) FROM seats WHERE name = 's3'") == "1");
}

TEST_CASE_FIXTURE(seats, "a reference that may be null is swapped though it is unique") {
    sql("CREATE UNIQUE INDEX cushions_next ON cushions (next_to)");
    unit_of_work work{db()};
    auto         left = work.add(cushion{id<cushion>{1}, id<seat>{1}, id<seat>{1}});
    auto         right = work.add(cushion{id<cushion>{2}, id<seat>{2}, id<seat>{2}});
    work.commit();
    std::swap(left.edit().next_to, right.edit().next_to);
    work.commit();
    CHECK(ask("SELECT next_to FROM cushions WHERE id = 1") == "2");
    CHECK(ask("SELECT next_to FROM cushions WHERE id = 2") == "1");
}

TEST_CASE_FIXTURE(seats, "where only references of a rule change, another of its columns is parked") {
    sql("CREATE UNIQUE INDEX plates_name ON plates (seat, name)");
    unit_of_work work{db()};
    auto         left = work.add(plate{id<plate>{1}, id<seat>{1}, "left"});
    auto         right = work.add(plate{id<plate>{2}, id<seat>{2}, "left"});
    work.commit();
    auto const version = left.version();
    std::swap(left.edit().seat, right.edit().seat);
    CHECK(work.commit().updated == 2);
    CHECK(ask("SELECT count(*) FROM plates WHERE seat = 3 - id AND name = 'left'") == "2");
    CHECK(left.version() == version.next());
}

TEST_CASE_FIXTURE(seats, "values that a check leaves are found") {
    SUBCASE("none below one") {
        demand("place > 0");
    }
    SUBCASE("none that is much larger") {
        demand("place BETWEEN 1 AND 100");
    }
    SUBCASE("text of a kind") {
        demand("name LIKE 's%'");
    }
    SUBCASE("text of a length") {
        demand("name NOT LIKE '____%'");
    }
    unit_of_work work{db()};
    auto         left = work.get<seat>(11), right = work.get<seat>(12);
    std::swap(left.edit().place, right.edit().place);
    std::swap(left.edit().name, right.edit().name);
    work.commit();
    CHECK(names(11, 12) == "s12 s11");
    CHECK(ask("SELECT place FROM seats WHERE id = 11") == "12");
    CHECK(versions_are(2, "id IN (11, 12)"));
}

TEST_CASE_FIXTURE(seats, "a text that a row has meanwhile may be another row's: then another one is taken") {
    std::string const every_second = "02468acegikmoqsuwy", others = "ABCDEFG";
    std::int64_t      id_of_seat = 0;
    for (char const name : every_second + others)
        sql("UPDATE seats SET name = '" + std::string(1, name) + "' WHERE id = " + std::to_string(++id_of_seat));
    REQUIRE(id_of_seat == count);
    demand("name NOT LIKE '__%'");
    unit_of_work work{db()};
    auto         one = work.get<seat>(24), two = work.get<seat>(25);
    for (int swaps = 1; swaps <= 20; ++swaps) {  // each begins with a text by chance
        std::swap(one.edit().name, two.edit().name);
        CHECK_NOTHROW(work.commit());
        CHECK(names(24, 25) == (swaps % 2 == 1 ? "G F" : "F G"));
    }
}

TEST_CASE_FIXTURE(seats, "where no other value passes, the refusal names rows and columns") {
    SUBCASE("by a check") {
        demand("place BETWEEN 1 AND 25");
        unit_of_work work{db()};
        auto         left = work.get<seat>(1), right = work.get<seat>(2);
        std::swap(left.edit().place, right.edit().place);
        auto const refused = violation_of([&] { work.commit(); });
        CHECK(refused.rule() == constraint_violation::rule_type::unique);
        CHECK(refused.kind() == stint::error_kind::taken);
        CHECK(refused.subject() == stint::error_subject{"seats", "1", {"bank", "place"}, "seats_place"});
        CHECK(std::string(refused.what()).find("seats 1") != std::string::npos);
        right.edit().place = 30;  // and the unit can go on
        left.edit().place = 25;
        CHECK_THROWS_AS(work.commit(), constraint_violation);
        left.edit().place = 1;
        right.edit().place = 2;
        left.edit().colour = "green";
        CHECK(work.commit().updated == 1);
    }
    SUBCASE("by a reference that must refer to something") {
        sql("CREATE UNIQUE INDEX cushions_seat ON cushions (seat)");
        unit_of_work work{db()};
        auto         left = work.add(cushion{id<cushion>{1}, id<seat>{1}});
        auto         right = work.add(cushion{id<cushion>{2}, id<seat>{2}});
        work.commit();
        std::swap(left.edit().seat, right.edit().seat);
        auto const refused = violation_of([&] { work.commit(); });
        CHECK(refused.subject() == stint::error_subject{"cushions", "1", {"seat"}, "cushions_seat"});
        CHECK(std::string(refused.what()).find("they take values of each other") != std::string::npos);
    }
    SUBCASE("of a truth value there is no third") {
        sql("CREATE UNIQUE INDEX cushions_best ON cushions (is_best)");
        unit_of_work work{db()};
        auto         left = work.add(cushion{id<cushion>{1}, id<seat>{1}, {}, true});
        auto         right = work.add(cushion{id<cushion>{2}, id<seat>{2}, {}, false});
        work.commit();
        std::swap(left.edit().is_best, right.edit().is_best);
        CHECK(violation_of([&] { work.commit(); }).subject().columns == names_of_columns{"is_best"});
    }
}

TEST_CASE_FIXTURE(seats, "rows that somebody else has changed meanwhile are a conflict as ever") {
    unit_of_work work{db()};
    auto         left = work.get<seat>(1), right = work.get<seat>(2);
    SUBCASE("with a swap") {
        std::swap(left.edit().name, right.edit().name);
    }
    SUBCASE("with a value that the other has given away") {
        left.edit().name = "away";
        right.edit().name = "s30";
    }
    sql("UPDATE seats SET name = 'away', version = 2 WHERE id = 2");
    try {
        work.commit();
        FAIL("overwrote what it had not seen");
    } catch (stint::conflict_error const& refused) {
        REQUIRE(refused.conflicts().size() == 1);
        CHECK(refused.conflicts().front().table == "seats");
        CHECK(refused.conflicts().front().key == "2");
        CHECK(refused.conflicts().front().reason == stint::reason::changed());
    }
    CHECK(names(1, 2) == "s1 away");
}

TEST_CASE_FIXTURE(seats, "a swap of a row that is gone is one conflict, not two") {
    unit_of_work work{db()};
    for (auto& chair : seats_of(work)) chair.edit().name = named(*chair->number % count + 1);
    sql("DELETE FROM seats WHERE id = 7");
    try {
        work.commit();
        FAIL("wrote what is gone");
    } catch (stint::conflict_error const& refused) {
        CHECK(refused.conflicts().size() == 1);
    }
}

TEST_CASE_FIXTURE(seats, "without versions a swap goes by what was read, and is refused where that is no longer so") {
    stint::unit_options options;
    options.lock = std::make_shared<stint::last_write_wins>();
    unit_of_work work{db(), options};
    auto         left = work.get<seat>(1), right = work.get<seat>(2);
    std::swap(left.edit().name, right.edit().name);
    SUBCASE("as it was read") {
        work.commit();
        CHECK(names(1, 2) == "s2 s1");
    }
    SUBCASE("another row has the name by now") {
        sql("UPDATE seats SET name = 'away' WHERE id = 2");
        sql("UPDATE seats SET name = 's2' WHERE id = 3");
        auto const refused = violation_of([&] { work.commit(); });
        CHECK(refused.subject() == stint::error_subject{"seats", "1", {"name"}, "seats_name"});
        CHECK(std::string(refused.what()).find("seats 3 has its name") != std::string::npos);
    }
}

/// Counts what a strategy is told.
class counting_strategy final : public stint::lock_strategy {
public:
    void before_flush(stint::unit_context&, stint::flush_plan&) override { told += "before "; }
    void after_flush(stint::unit_context&, stint::flush_plan const&, stint::flush_end end,
                     std::span<stint::refusal const>) override {
        told += end == stint::flush_end::committed ? "committed "
                : end == stint::flush_end::failed  ? "failed "
                                                   : "other ";
    }

    std::string told;
};

TEST_CASE_FIXTURE(seats, "a flush that is planned anew is one attempt to the strategy and to slots") {
    auto const          strategy = std::make_shared<counting_strategy>();
    stint::unit_options options;
    options.lock = strategy;
    int          flushes = 0;
    unit_of_work work{db(), options};
    work.events().before_flush.connect([&](unit_of_work&) { ++flushes; });
    auto left = work.get<seat>(1), right = work.get<seat>(2);
    std::swap(left.edit().name, right.edit().name);
    work.commit();
    CHECK(strategy->told == "before committed ");
    left.edit().name = "s3";
    CHECK_THROWS_AS(work.commit(), constraint_violation);
    CHECK(strategy->told == "before committed before failed ");
    CHECK(flushes == 2);
}

TEST_CASE_FIXTURE(seats, "a rule over an expression has the database's word") {
    sql("UPDATE seats SET colour = name");
    sql("CREATE UNIQUE INDEX seats_colour ON seats (lower(colour)) WHERE id > 20");
    unit_of_work work{db()};
    auto         left = work.get<seat>(21), right = work.get<seat>(22);
    std::swap(left.edit().colour, right.edit().colour);
    auto const refused = violation_of([&] { work.commit(); });
    CHECK(refused.rule() == constraint_violation::rule_type::unique);
}

// Whose value it is.

TEST_CASE_FIXTURE(seats, "a duplicate is told as the object's that has it, and with whose value it is") {
    unit_of_work work{db()};
    SUBCASE("of a new object among others") {
        work.add(seat{id<seat>{40}, "fine", 40, 1, 40});
        work.add(seat{id<seat>{41}, "s7", 41, 1, 41});
        work.get<seat>(3).edit().name = "fine, too";
        auto const refused = violation_of([&] { work.commit(); });
        CHECK(refused.subject() == stint::error_subject{"seats", "41", {"name"}, "seats_name"});
        CHECK(std::string(refused.what()).find("seats 7 has its name") != std::string::npos);
    }
    SUBCASE("of a new object whose key the database gives") {
        auto       fresh = work.add(seat{{}, "s7", 41, 1, 41});
        auto const refused = violation_of([&] { work.commit(); });
        CHECK(refused.subject().key == fresh.id().to_string());
        CHECK(refused.subject().columns == names_of_columns{"name"});
    }
    SUBCASE("of a changed object, under a rule over two columns") {
        work.get<seat>(3).edit().colour = "blue";
        work.get<seat>(4).edit().place = 9;
        auto const refused = violation_of([&] { work.commit(); });
        CHECK(refused.subject() == stint::error_subject{"seats", "4", {"bank", "place"}, "seats_place"});
    }
    SUBCASE("of two objects of the unit with the same value") {
        work.get<seat>(3).edit().name = "same";
        work.get<seat>(5).edit().name = "same";
        auto const refused = violation_of([&] { work.commit(); });
        CHECK(refused.subject() == stint::error_subject{"seats", "5", {"name"}, "seats_name"});
        CHECK(std::string(refused.what()).find("seats 3 has its name") != std::string::npos);
    }
    SUBCASE("among as many as one statement writes") {
        for (auto& chair : seats_of(work)) chair.edit().name += " new";
        sql("INSERT INTO seats (id, name, bank, place, colour, version) VALUES (90, 's17 new', 2, 1, 'red', 1)");
        auto const refused = violation_of([&] { work.commit(); });
        CHECK(refused.subject() == stint::error_subject{"seats", "17", {"name"}, "seats_name"});
        CHECK(std::string(refused.what()).find("seats 90 has its name") != std::string::npos);
    }
    SUBCASE("of a row whose key no object can have") {
        sql("INSERT INTO seats (id, name, bank, place, colour, version) "
            "VALUES (-9000000000000000000, 'far', 2, 1, 'red', 1)");
        work.get<seat>(4).edit().name = "far";
        auto const refused = violation_of([&] { work.commit(); });
        CHECK(refused.subject() == stint::error_subject{"seats", "4", {"name"}, "seats_name"});
        CHECK(std::string(refused.what()).find("seats -9000000000000000000 has its name") != std::string::npos);
    }
    CHECK(names(3, 5) == "s3 s4 s5");
}

TEST_CASE_FIXTURE(seats, "a reference to nothing is told as the object's that has it") {
    unit_of_work work{db()};
    work.add(ticket{id<ticket>{1}, id<seat>{1}});
    work.add(ticket{id<ticket>{2}, id<seat>{77}});
    auto const refused = violation_of([&] { work.commit(); });
    CHECK(refused.rule() == constraint_violation::rule_type::foreign_key);
    CHECK(refused.subject().table == "tickets");
    CHECK(refused.subject().key == "2");
    CHECK(refused.subject().columns == names_of_columns{"seat"});
}

TEST_CASE_FIXTURE(seats, "a row that is removed while others refer to it is told") {
    unit_of_work work{db()};
    work.add(ticket{id<ticket>{1}, id<seat>{1}});
    work.commit();
    work.get<seat>(3).edit().colour = "blue";
    work.remove(work.get<seat>(1));
    auto const refused = violation_of([&] { work.commit(); });
    CHECK(refused.rule() == constraint_violation::rule_type::foreign_key);
    CHECK(refused.subject().table == "seats");
    CHECK(refused.subject().key == "1");
}

TEST_SUITE_END();

}  // namespace hall
