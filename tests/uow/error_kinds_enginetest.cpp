#include <doctest/doctest.h>

#include <stint/lock_error.hpp>
#include <stint/stint.hpp>

#include "../support/scratch_database.hpp"

using stint::error_kind;
using stint::error_subject;

namespace {

struct form {
    stint::id<form> id;
    std::string     name;
};

struct held_form {
    stint::id<held_form> id;
    std::string          name;
};

}  // namespace

template <>
struct stint::mapping<form> {
    static constexpr auto value = stint::table("forms", stint::key("id", &form::id), stint::version("version"),
                                               stint::field("name", &form::name));
};

template <>
struct stint::mapping<held_form> {
    static constexpr auto value = stint::table("held_forms", stint::key("id", &held_form::id),
                                               stint::version("version"), stint::field("name", &held_form::name),
                                               stint::lock_policy::exclusive_write);
};

namespace {

class forms : public scratch_database {
public:
    forms() {
        stint::create_tables<form, held_form>(db());
        sql("CREATE UNIQUE INDEX one_name ON forms (name)");
        stint::run(db(), [](stint::unit_of_work& work) {
            work.add(form{stint::id<form>{1}, "red"});
            work.add(form{stint::id<form>{2}, "blue"});
        });
    }

    /// "taken: forms 2: name (one_name)"
    template <class Function>
    std::string caught(Function function) {
        try {
            function();
        } catch (stint::error const& e) {
            return std::string(to_string(e.kind())) + ": " + to_string(e.subject());
        }
        return {};
    }

    void behind_ones_back(std::string const& statement) { sql(statement); }
};

}  // namespace

TEST_SUITE("uow: kinds of errors") {
    TEST_CASE_FIXTURE(forms, "what somebody else changed is a conflict, what was deleted is gone") {
        stint::unit_of_work work{db()};
        work.get<form>(1).edit().name = "green";
        behind_ones_back("UPDATE forms SET version = version + 1, name = 'pink' WHERE id = 1");
        CHECK(caught([&] { work.commit(); }) == "conflict: forms 1: name");
        behind_ones_back("DELETE FROM forms WHERE id = 1");
        CHECK(caught([&] { work.commit(); }) == "gone: forms 1: name");
    }

    TEST_CASE_FIXTURE(forms, "a key that is there already is taken, and so is a unique value") {
        stint::unit_of_work work{db()};
        work.add(form{stint::id<form>{2}, "green"});
        CHECK(caught([&] { work.commit(); }).starts_with("taken: forms 2"));
        work.rollback();
        work.get<form>(2).edit().name = "red";
        CHECK(caught([&] { work.commit(); }) == "taken: forms 2: name (one_name)");
    }

    TEST_CASE_FIXTURE(forms, "what isn't there is not found") {
        stint::unit_of_work work{db()};
        CHECK(caught([&] { work.get<form>(7); }) == "not found: forms 7");
    }

    TEST_CASE_FIXTURE(forms, "missing lock tables are told with the function that makes them") {
        stint::lock_table locks{db()};
        auto const        said = [](auto function) -> std::string {
            try {
                function();
            } catch (stint::schema_error const& e) {
                return e.what();
            }
            return {};
        };
        CHECK(said([&] { locks.try_acquire({"forms/1"}, {.owner = "Ann"}); }).find("stint::create_lock_tables") !=
              std::string::npos);
        behind_ones_back("INSERT INTO held_forms (id, version, name) VALUES (1, 1, 'red')");
        CHECK(said([&] {
                  stint::unit_of_work work{db()};
                  work.get<held_form>(1).edit().name = "blue";
                  work.commit();
              }).find("stint::create_lock_tables") != std::string::npos);
    }

    TEST_CASE_FIXTURE(forms, "a lock of somebody else's is locked, whoever meets it and wherever") {
        stint::create_lock_tables(db());
        behind_ones_back("INSERT INTO held_forms (id, version, name) VALUES (1, 1, 'red')");
        stint::lock_table locks{db()};
        CHECK(locks.try_acquire({stint::lock_name("held_forms", 1)}, {.owner = "Ann"}));
        CHECK(caught([&] {
                  stint::unit_of_work work{db()};
                  work.get<held_form>(1).edit().name = "blue";
              }) == "locked: held_forms 1");
        CHECK(stint::lock_refused({"gate"}, {}).subject() == error_subject{.key = "gate"});
    }

    TEST_CASE_FIXTURE(forms, "an unknown table is a schema error, a wrong call a usage error") {
        behind_ones_back("DROP TABLE forms");
        stint::unit_of_work work{db()};
        CHECK(caught([&] { work.get<form>(1); }).starts_with("schema"));
        CHECK(caught([&] { work.get<form>(stint::id<form>{}); }).starts_with("usage"));
    }
}
