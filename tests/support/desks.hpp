// Classes with every lock policy, and two desks that want the same objects.
#pragma once

#include <string>

#include <stint/stint.hpp>

#include "scratch_database.hpp"

namespace desks {

/// Edited by one desk alone.
struct sheet {
    stint::id<sheet> id;
    std::string      text;
    std::int64_t     number = 0;
};
/// Locked when an edit begins.
struct form {
    stint::id<form> id;
    std::int64_t    number = 0;
};
/// Optimistic, then locked.
struct tally {
    stint::id<tally> id;
    std::int64_t     number = 0;
};
/// Demands nothing, but can be locked.
struct shelf {
    stint::id<shelf> id;
    std::int64_t     number = 0;
};
/// Knows no offline locks.
struct note {
    stint::id<note> id;
    std::int64_t    number = 0;
};

}  // namespace desks

template <>
struct stint::mapping<desks::sheet> {
    static constexpr auto value = stint::table(
        "sheets", stint::lock_policy::exclusive_read, stint::key("id", &desks::sheet::id), stint::version("version"),
        stint::field("text", &desks::sheet::text), stint::field("number", &desks::sheet::number));
};
template <>
struct stint::mapping<desks::form> {
    static constexpr auto value = stint::table("forms", stint::lock_policy::exclusive_write,
                                               stint::key("id", &desks::form::id), stint::version("version"),
                                               stint::field("number", &desks::form::number));
};
template <>
struct stint::mapping<desks::tally> {
    static constexpr auto value = stint::table("tallies", stint::lock_policy::mixed,
                                               stint::key("id", &desks::tally::id), stint::version("version"),
                                               stint::field("number", &desks::tally::number));
};
template <>
struct stint::mapping<desks::shelf> {
    static constexpr auto value = stint::table("shelves", stint::lock_policy::optimistic,
                                               stint::key("id", &desks::shelf::id), stint::version("version"),
                                               stint::field("number", &desks::shelf::number));
};
template <>
struct stint::mapping<desks::note> {
    static constexpr auto value = stint::table("notes", stint::key("id", &desks::note::id), stint::version("version"),
                                               stint::field("number", &desks::note::number));
};

namespace desks {

/// Tables with two rows of each class, 1 and 2, whose numbers are 0 and whose versions are 1.
class office : public scratch_database {
public:
    office() {
        stint::create_lock_tables(db());
        stint::create_tables<sheet, form, tally, shelf, note>(db());
        stint::unit_of_work work{db()};
        for (std::int64_t i = 1; i <= 2; ++i) {
            work.add(sheet{stint::id<sheet>{i}, "empty"});
            work.add(form{stint::id<form>{i}});
            work.add(tally{stint::id<tally>{i}});
            work.add(shelf{stint::id<shelf>{i}});
            work.add(note{stint::id<note>{i}});
        }
        work.commit();
        for (auto const* table : {"sheets", "forms", "tallies", "shelves", "notes"})
            sql(std::string("UPDATE ") + table + " SET version = 1");
    }

    stint::lock_table locks{db()};

    /// "5@2": number and version of row 1 as the database has them.
    std::string row(std::string const& table) {
        return ask("SELECT number FROM " + table + " WHERE id = 1") + "@" +
               ask("SELECT version FROM " + table + " WHERE id = 1");
    }
    /// "ann: sheets/1 sheets/2": who holds what.
    std::string held() {
        std::string text;
        for (auto const& lock : locks.list()) text += (text.empty() ? "" : ", ") + lock.owner + ": " + lock.name;
        return text;
    }
    /// As if the time of its lock had passed.
    void expire(std::string const& name) {
        sql((is_postgresql() ? "UPDATE stint_locks SET expires_at = clock_timestamp() - interval '1 second'"
                             : "UPDATE stint_locks SET expires_at = stint_clock() - 1000000") +
            (" WHERE resource = '" + name + "'"));
    }
};

}  // namespace desks
