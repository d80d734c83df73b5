// One mistake at a time, chosen by a macro: see CMakeLists.txt.
#include <chrono>

#include <stint/stint.hpp>

struct shelf {
    stint::id<shelf> id;
    std::string      name;
    stint::decimal   load;
#if defined(FORGOTTEN_MEMBER)
    int forgotten = 0;
#elif defined(TWICE_NAMED)
    std::string label;
#elif defined(UNKNOWN_TYPE)
    void* somewhere = nullptr;
#elif defined(NANOSECONDS)
    std::chrono::sys_time<std::chrono::nanoseconds> since{};
#endif
};

struct other {
    stint::id<other> id;
};

template <>
struct stint::mapping<shelf> {
    static constexpr auto value = stint::table("shelves", stint::key("id", &shelf::id),
#if !defined(NO_VERSION)
                                               stint::version("version"),
#endif
#if defined(UNKNOWN_TYPE)
                                               stint::field("somewhere", &shelf::somewhere),
#elif defined(NANOSECONDS)
                                               stint::field("since", &shelf::since),
#endif
#if defined(TWICE_NAMED)
                                               stint::field("label", &shelf::name),
#endif
#if defined(NO_SCALE)
                                               stint::field("load", &shelf::load),
#elif defined(NOT_INDEXED_NUMBER)
                                               stint::field("load", &shelf::load, stint::scale(1), stint::not_indexed),
#elif defined(UNKNOWN_OPTION)
                                               stint::field("load", &shelf::load, 1),
#else
                                               stint::field("load", &shelf::load, stint::scale(1)),
#endif
                                               stint::field("name", &shelf::name));
};

void use(stint::unit_of_work& work) {
    auto one = work.get(stint::id<shelf>{1});
    one.edit().name = "top";
#if defined(CHANGE_WITHOUT_EDIT)
    one->name = "bottom";
#elif defined(ANSWERED_HANDLE)
    stint::database db{"sqlite::memory:"};
    stint::run(db, [](stint::unit_of_work& own) { return own.find<shelf>(); });
#elif defined(WRONG_ID)
    static_cast<void>(stint::where(&shelf::id) == stint::id<other>{1});
#endif
}
