// A whole program that uses Stint from outside: one table, one new row, one commit.
#include <cstdio>
#include <stint/stint.hpp>
#include <string>

struct note {
    stint::id<note> id;
    std::string     text;
};

template <>
struct stint::mapping<note> {
    static constexpr auto value = stint::table("notes", stint::key("id", &note::id), stint::version("version"),
                                               stint::field("text", &note::text));
};

int main() {
    stint::database db{"sqlite::memory:"};
    stint::create_tables<note>(db);

    stint::unit_of_work work{db};
    work.add(note{.id = {}, .text = "buy milk"});
    work.commit();
    std::puts("ok");
}
