// A version that a member shows is the library's to write: what a program puts there is no change, and goes again.
#include <doctest/doctest.h>

#include "support/scratch_database.hpp"

#include <stint/stint.hpp>

using stint::unit_of_work;
using stint::version_number;

namespace {

/// What a form shows and sends back.
struct entry {
    stint::id<entry>      id;
    std::string           text;
    stint::version_number version;
};

}  // namespace

template <>
struct stint::mapping<entry> {
    static constexpr auto value = stint::table("entries", stint::key("id", &entry::id),
                                               stint::version("version", &entry::version),
                                               stint::field("text", &entry::text));
};

namespace {

class forms : public scratch_database {
public:
    forms() {
        stint::create_tables<entry>(db());
        stint::run(db(), [](unit_of_work& work) { work.add(entry{{}, "as it was", {}}); });
        sql("UPDATE entries SET version = 5");
    }

    std::string version_of_row() { return ask("SELECT version FROM entries"); }

    /// What a browser kept.
    entry const form{stint::id<entry>{1}, "as it was", version_number{99}};
};

}  // namespace

TEST_SUITE_BEGIN("shown version");

TEST_CASE_FIXTURE(forms,
                  "a version that the program wrote, and nothing else, is no change and is gone after the commit") {
    unit_of_work work{db()};
    auto         object = work.get<entry>(1);
    object.edit() = form;
    CHECK_FALSE(work.has_changes());
    CHECK(work.commit().updated == 0);
    CHECK(object->version == version_number{5});
    CHECK(object.version() == version_number{5});
    CHECK(object.state() == stint::object_state::clean);
    CHECK(version_of_row() == "5");
}

TEST_CASE_FIXTURE(forms, "beside a change the new version stands there after the commit") {
    unit_of_work work{db()};
    auto         object = work.get<entry>(1);
    auto&        open = object.edit();
    open = form;
    open.text = "changed";
    work.commit();
    CHECK(object->version == version_number{6});
    CHECK(version_of_row() == "6");

    open.version = version_number{99};  // by a reference that was kept
    work.commit();
    CHECK(object->version == version_number{6});
}

TEST_CASE_FIXTURE(forms, "it is gone where another object was written alone") {
    unit_of_work work{db()};
    auto         object = work.get<entry>(1);
    object.edit() = form;
    auto const added = work.add(entry{{}, "new", version_number{99}});
    CHECK(added->version == version_number{});
    work.commit();
    CHECK(object->version == version_number{5});
    CHECK(added->version == version_number{1});
}

TEST_CASE_FIXTURE(forms, "a refused commit puts the version back that was read, beside the changes that stay") {
    unit_of_work work{db()};
    auto         object = work.get<entry>(1);
    object.edit() = form;
    object.edit().text = "changed";
    sql("UPDATE entries SET version = 7");
    CHECK_THROWS_AS(work.commit(), stint::conflict_error);
    CHECK(object->version == version_number{5});
    CHECK(object->text == "changed");

    object.edit().version = version_number{99};
    work.reload(object);
    CHECK(object->version == version_number{7});
}

TEST_CASE_FIXTURE(forms, "so does a rollback") {
    unit_of_work work{db()};
    auto         object = work.get<entry>(1);
    object.edit() = form;
    work.rollback();
    CHECK(object->version == version_number{5});

    object.edit().text = "changed";
    work.commit();
    object.edit().version = version_number{99};
    work.rollback();
    CHECK(object->version == version_number{6});
}

TEST_SUITE_END();
