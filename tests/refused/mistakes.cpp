// What must not compile, and what compilers say of it: see refuse.sh. To a compiler this file is one mistake at a time.
#include <array>
#include <chrono>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <variant>
#include <vector>

#include <stint/stint.hpp>

namespace store {

struct shelf {
    stint::id<shelf> id;
    std::string      name;
    stint::decimal   load;
    int              boards = 0;
};

struct box {
    stint::id<box>                         id;
    stint::id<store::shelf>                shelf;
    std::optional<stint::id<store::shelf>> next_shelf{};
};

struct unmapped {
    stint::id<unmapped> id;
    int                 number = 0;
};

}  // namespace store

template <>
struct stint::mapping<store::shelf> {
    static constexpr auto value = stint::table("shelves", stint::key("id", &store::shelf::id),
                                               stint::version("version"), stint::field("name", &store::shelf::name),
                                               stint::field("load", &store::shelf::load, stint::scale(1)),
                                               stint::field("boards", &store::shelf::boards));
};

template <>
struct stint::mapping<store::box> {
    static constexpr auto value = stint::table("boxes", stint::key("id", &store::box::id), stint::version("version"),
                                               stint::field("shelf", &store::box::shelf),
                                               stint::field("next_shelf", &store::box::next_shelf));
};

using store::box;
using store::shelf;
using store::unmapped;

// mistake: none
// says nothing
void use(stint::unit_of_work& work) {
    auto handle = work.get<shelf>(1);
    handle.edit().name = "top";
    handle.edit().load -= 2;
    handle.edit().load = stint::decimal{"1.5"};
    work.find<shelf>(stint::where(&shelf::boards) > 5'000'000'000 && stint::where(&shelf::name) == "top",
                     stint::order_by(&shelf::name), stint::limit(3));
    work.find<box>(stint::where(&box::next_shelf) == std::nullopt, stint::where(&box::shelf) == handle.id());
    auto const next = work.get<box>(1)->next_shelf;
    if (next == handle.id() && handle.id() == next) work.remove(handle);
    static_assert(!std::is_copy_constructible_v<stint::unit_of_work>);
    static_assert(std::is_trivially_copyable_v<stint::decimal> && std::is_trivially_copyable_v<stint::id<shelf>>);
}

// mistake: none, in functions of run
// says nothing
struct tree {
    int               count;
    std::vector<tree> branches;
    std::string       names[2];
};
struct greedy {
    template <class Anything>
    greedy(Anything&&) {}
};
struct with_greedy {
    greedy anything;
};
struct context {
    context(stint::unit_of_work&) {}
};
int  count(stint::unit_of_work& work) noexcept;
void use(stint::database& db) {
    stint::run(db, count);
    stint::run(db, [](auto& work) { work.commit(); }, {.attempts = 3});
    stint::run(db, [](auto&& work) { return work.template get<shelf>(1)->name; });
    stint::run(db, [](context) { return tree{}; });
    stint::run(db, [](stint::unit_of_work&) mutable { return with_greedy{1}; });
}

// mistake: none, in mappings of classes that can't be taken apart, or have no linkage
// says nothing
struct either {
    stint::id<either> id;
    union {
        int  number;
        bool flag;
    };
};
template <>
struct stint::mapping<either> {
    static constexpr auto value = stint::table("eithers", stint::key("id", &either::id), stint::version("version"),
                                               stint::field("number", &either::number));
};
namespace {
struct local {
    stint::id<local>                id;
    std::optional<stint::id<local>> next;
};
}  // namespace
template <>
struct stint::mapping<local> {
    static constexpr auto value = stint::table("locals", stint::key("id", &local::id), stint::version("version"),
                                               stint::field("next", &local::next));
};
void use(stint::unit_of_work& work) {
    work.get<either>(1).edit().number = 2;
    work.get<local>(1).edit().next = stint::id<local>{2};
}

// mistake: a decimal is assigned without edit()
// says: what is read is const: change the object that edit() gives, stock.edit().quantity -= sold
void use(stint::unit_of_work& work) {
    work.get<shelf>(1)->load = stint::decimal{"1.5"};
}

// mistake: a decimal is changed without edit()
// says: what is read is const: change the object that edit() gives, stock.edit().quantity -= sold
void use(stint::unit_of_work& work) {
    work.get<shelf>(1)->load -= 1;
}

// mistake: an id is assigned without edit()
// says: what is read is const: change the object that edit() gives, document.edit().stock = stock
void use(stint::unit_of_work& work) {
    work.get<box>(1)->shelf = stint::id<shelf>{1};
}

// mistake: a number is assigned without edit()
// clang++ says by line 5: const: edit() gives the object to change
// g++ says: assignment of member 'store::shelf::boards' in read-only object
void use(stint::unit_of_work& work) {
    work.get<shelf>(1)->boards = 4;
}

// mistake: text is assigned without edit()
// clang++ says: no viable overloaded '='
// g++ says: (operand types are 'const std::string'
void use(stint::unit_of_work& work) {
    work.get<shelf>(1)->name = "bottom";
}

// mistake: text is compared with a number
// says: a member is compared with a value of its own type: text with text, an id with an id of the same class, a decimal with a decimal and never with a double
void use(stint::unit_of_work& work) {
    work.find<shelf>(stint::where(&shelf::name) == 5);
}

// mistake: a number is compared with text
// says: a member is compared with a value of its own type: text with text, an id with an id of the same class, a decimal with a decimal and never with a double
void use(stint::unit_of_work& work) {
    work.find<shelf>(stint::where(&shelf::boards) < "5");
}

// mistake: an id is compared with a number in a query
// says: a member is compared with a value of its own type: text with text, an id with an id of the same class, a decimal with a decimal and never with a double
void use(stint::unit_of_work& work) {
    work.find<box>(stint::where(&box::shelf) == 5);
}

// mistake: an id is compared with one of another class in a query
// says: a member is compared with a value of its own type: text with text, an id with an id of the same class, a decimal with a decimal and never with a double
void use(stint::unit_of_work& work) {
    work.find<box>(stint::where(&box::shelf) == stint::id<box>{5});
}

// mistake: a decimal is compared with a double in a query
// says: a member is compared with a value of its own type: text with text, an id with an id of the same class, a decimal with a decimal and never with a double
void use(stint::unit_of_work& work) {
    work.find<shelf>(stint::where(&shelf::load) >= 1.5);
}

// mistake: an integer is compared with a double in a query
// says: a member is compared with a value of its own type: text with text, an id with an id of the same class, a decimal with a decimal and never with a double
void use(stint::unit_of_work& work) {
    work.find<shelf>(stint::where(&shelf::boards) > 1.5);
}

// mistake: a member is compared with a member
// says: a member is compared with a value, not with another member
void use(stint::unit_of_work& work) {
    work.find<shelf>(stint::where(&shelf::boards) == stint::where(&shelf::boards));
}

// mistake: a member that is never null is compared with null
// says: this member is never null: only one that is std::optional is compared with std::nullopt
void use(stint::unit_of_work& work) {
    work.find<box>(stint::where(&box::shelf) == std::nullopt);
}

// mistake: a member is compared by =
// says: a member is compared by ==, not by =
void use(stint::unit_of_work& work) {
    work.find<shelf>(stint::where(&shelf::name) = "top");
}

// mistake: filters are joined by ||
// says: filters are joined by && alone: for || ask twice
void use(stint::unit_of_work& work) {
    work.find<shelf>(stint::where(&shelf::name) == "top" || stint::where(&shelf::boards) == 3);
}

// mistake: a filter is negated
// says: a filter can't be negated: compare with the opposite, != for ==
void use(stint::unit_of_work& work) {
    work.find<shelf>(!(stint::where(&shelf::name) == "top"));
}

// mistake: a column is named in a query
// says: where() takes a member: where(&stock::name)
void use(stint::unit_of_work& work) {
    work.find<shelf>(stint::where("name") == "top");
}

// mistake: an order names a column
// says: order_by() takes a member: order_by(&stock::name)
void use(stint::unit_of_work& work) {
    work.find<shelf>(stint::order_by("name"));
}

// mistake: an order is of another class
// says: find() takes filters, orders and limits of its class: where(&stock::name) == "rye", order_by(&stock::name), limit(10)
void use(stint::unit_of_work& work) {
    work.find<shelf>(stint::order_by(&box::id));
}

// mistake: a filter is a lambda
// says: find() takes filters, orders and limits of its class: where(&stock::name) == "rye", order_by(&stock::name), limit(10)
void use(stint::unit_of_work& work) {
    work.find<shelf>([](shelf const& each) { return each.boards > 1; });
}

// mistake: a filter compares with nothing
// says: find() takes filters, orders and limits of its class: where(&stock::name) == "rye", order_by(&stock::name), limit(10)
void use(stint::unit_of_work& work) {
    work.find<shelf>(stint::where(&shelf::boards));
}

// mistake: a limit is text
// says: a limit is an integer: limit(10)
void use(stint::unit_of_work& work) {
    work.find<shelf>(stint::limit("10"));
}

// mistake: a class without a mapping is read
// says: this class, or one that it refers to, has no stint::mapping with a value
void use(stint::unit_of_work& work) {
    auto handle = work.get<unmapped>(1);
    handle.edit().number = 2;
}

// mistake: a class without a mapping is read by its id
// says: this class, or one that it refers to, has no stint::mapping with a value
void use(stint::unit_of_work& work) {
    work.get(stint::id<unmapped>{1});
}

// mistake: a class without a mapping is tried
// says: this class, or one that it refers to, has no stint::mapping with a value
void use(stint::unit_of_work& work) {
    if (work.try_get<unmapped>(1)) work.commit();
}

// mistake: a class without a mapping is found
// says: this class, or one that it refers to, has no stint::mapping with a value
void use(stint::unit_of_work& work) {
    for (auto& each : work.find<unmapped>()) each.edit().number = 2;
}

// mistake: a class without a mapping is looked for
// says: this class, or one that it refers to, has no stint::mapping with a value
void use(stint::unit_of_work& work) {
    work.find<unmapped>(stint::where(&unmapped::number) == 2);
}

// mistake: a class without a mapping is sorted
// says: this class, or one that it refers to, has no stint::mapping with a value
void use(stint::unit_of_work& work) {
    work.find<unmapped>(stint::order_by(&unmapped::number));
}

// mistake: a class without a mapping is added
// says: this class, or one that it refers to, has no stint::mapping with a value
void use(stint::unit_of_work& work) {
    work.add(unmapped{});
}

// mistake: a class without a mapping has no tables
// says: this class, or one that it refers to, has no stint::mapping with a value
void use(stint::database& db) {
    stint::create_tables<shelf, unmapped>(db);
}

// mistake: a class without a mapping has no tables to drop
// says: this class, or one that it refers to, has no stint::mapping with a value
void use(stint::database& db) {
    stint::drop_tables<unmapped>(db);
}

// mistake: a class without a mapping has no tables to print
// says: this class, or one that it refers to, has no stint::mapping with a value
void use(stint::database& db) {
    stint::create_tables_sql<unmapped>(db);
}

// mistake: a class without a mapping has no tables to check
// says: this class, or one that it refers to, has no stint::mapping with a value
void use(stint::database& db) {
    stint::check_tables<unmapped>(db);
}

// mistake: a class without a mapping has no tables to compare
// says: this class, or one that it refers to, has no stint::mapping with a value
void use(stint::database& db) {
    stint::table_differences<unmapped>(db);
}

// mistake: a reference is to a class without a mapping
// says: this class, or one that it refers to, has no stint::mapping with a value
struct item {
    stint::id<item>     id;
    stint::id<unmapped> other;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("other", &item::other));
};
void use(stint::database& db) {
    stint::create_tables<item>(db);
}

// mistake: a mapping is without a value
// says: this class, or one that it refers to, has no stint::mapping with a value
struct item {
    stint::id<item> id;
};
template <>
struct stint::mapping<item> {
    static constexpr auto table = stint::table("items", stint::key("id", &item::id), stint::version("version"));
};
void use(stint::unit_of_work& work) {
    work.get<item>(1);
}

// mistake: tables are made of no class
// says: say of which classes: create_tables<stock, document>(db)
void use(stint::database& db) {
    stint::create_tables(db);
}

// mistake: tables are checked of no class
// says: say of which classes: check_tables<stock, document>(db)
void use(stint::database& db) {
    stint::check_tables(db);
}

// mistake: a key is text
// says: an object is found by a key of its own class: work.get<stock>(1), or a stint::id<stock>
void use(stint::unit_of_work& work) {
    work.get<shelf>("abc");
}

// mistake: a key is a string
// says: an object is found by a key of its own class: work.get<stock>(1), or a stint::id<stock>
void use(stint::unit_of_work& work) {
    work.get<shelf>(std::string("abc"));
}

// mistake: a key is of another class
// says: an object is found by a key of its own class: work.get<stock>(1), or a stint::id<stock>
void use(stint::unit_of_work& work) {
    auto handle = work.get<shelf>(stint::id<box>{1});
    handle.edit().boards = 3;
}

// mistake: a key is a double
// says: an object is found by a key of its own class: work.get<stock>(1), or a stint::id<stock>
void use(stint::unit_of_work& work) {
    work.get<shelf>(1.5);
}

// mistake: a key that is tried is text
// says: an object is found by a key of its own class: work.try_get<stock>(1), or a stint::id<stock>
void use(stint::unit_of_work& work) {
    if (work.try_get<shelf>(std::string("abc"))) work.commit();
}

// mistake: a key may be none
// says: an id that may be none is looked at first: if (node->parent) work.get(*node->parent)
void use(stint::unit_of_work& work) {
    work.get(work.get<box>(1)->next_shelf);
}

// mistake: an object is read without its class
// says: say of which class: work.get<stock>(1)
void use(stint::unit_of_work& work) {
    auto handle = work.get(1);
}

// mistake: an object is read without a key
// says: get() takes a key; all objects of a class are found by work.find<stock>()
void use(stint::unit_of_work& work) {
    for (auto& each : work.get<shelf>()) each.edit().boards = 3;
}

// mistake: objects are found without their class
// says: say of which class: work.find<stock>()
void use(stint::unit_of_work& work) {
    work.find(stint::where(&shelf::boards) == 2);
}

// mistake: an id is assigned a number
// says: an id is assigned from an id of the same class: stint::id<stock>{1}
void use(stint::unit_of_work& work) {
    work.get<box>(1).edit().shelf = 2;
}

// mistake: an id is assigned one of another class
// says: an id is assigned from an id of the same class: stint::id<stock>{1}
void use(stint::unit_of_work& work) {
    auto handle = work.get<box>(1);
    handle.edit().shelf = handle->id;
}

// mistake: an id is compared with a number
// says: an id is compared with an id of the same class: stint::id<stock>{1}
void use(stint::unit_of_work& work) {
    if (work.get<box>(1)->shelf == 2) work.commit();
}

// mistake: an id is compared with one of another class
// says: an id is compared with an id of the same class: stint::id<stock>{1}
void use(stint::unit_of_work& work) {
    auto handle = work.get<box>(1);
    if (handle->shelf == handle->id) work.commit();
}

// mistake: a key is in a base class
// says: the key of a class T is a member of type stint::id<T>, in T itself and not in a base class
struct item;
struct thing {
    stint::id<item> id;
};
struct item : thing {
    std::string name;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("name", &item::name));
};

// mistake: a key is a number
// says: the key of a class T is a member of type stint::id<T>, in T itself and not in a base class
struct item {
    int id = 0;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"));
};

// mistake: a key is optional
// says: the key of a class T is a member of type stint::id<T>, in T itself and not in a base class
struct item {
    std::optional<stint::id<item>> id;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"));
};

// mistake: a member is in a base class
// says: every part of a table names members of the same class, none of a base class
struct thing {
    std::string name;
};
struct item : thing {
    stint::id<item> id;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("name", &item::name));
};

// mistake: a member is of another class
// says: every part of a table names members of the same class, none of a base class
struct item {
    stint::id<item> id;
    int             boards = 0;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("boards", &shelf::boards));
};

// mistake: a class has a base class
// says: not a plain aggregate without base classes: state how many members are mapped, stint::members(n)
struct thing {
    std::string name;
};
struct item : thing {
    stint::id<item> id;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"));
};

// mistake: a class has a constructor
// says: not a plain aggregate without base classes: state how many members are mapped, stint::members(n)
struct item {
    item() {}
    stint::id<item> id;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"));
};

// mistake: a class can't be made without arguments
// says: a mapped class can be default-constructed and copied
struct item {
    item(int) {}
    stint::id<item> id;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"));
};

// mistake: a unit is taken by value
// says: a unit of work is not copied or moved: take it by reference, stint::unit_of_work& work
void take(stint::unit_of_work work);
void use(stint::unit_of_work& work) {
    take(work);
}

// mistake: a unit is captured by value
// says: a unit of work is not copied or moved: take it by reference, stint::unit_of_work& work
void use(stint::unit_of_work& work) {
    [work]() mutable { work.commit(); }();
}

// mistake: a unit is returned
// says: a unit of work is not copied or moved: take it by reference, stint::unit_of_work& work
stint::unit_of_work begin(stint::database& db) {
    stint::unit_of_work work{db};
    return work;
}

// mistake: run's function takes its unit by value
// says: run() takes a function of a unit of work by reference: [](stint::unit_of_work& work) { ... }
void use(stint::database& db) {
    stint::run(db, [](stint::unit_of_work work) { work.commit(); });
}

// mistake: run's generic function takes its unit by value
// says: run() takes a function of a unit of work by reference: [](stint::unit_of_work& work) { ... }
void use(stint::database& db) {
    stint::run(db, [](auto work) { work.commit(); });
}

// mistake: run's function takes its unit as const
// says: run() takes a function of a unit of work by reference: [](stint::unit_of_work& work) { ... }
void use(stint::database& db) {
    stint::run(db, [](stint::unit_of_work const& work) { return work.has_changes(); });
}

// mistake: run's plain function takes its unit by value
// says: run() takes a function of a unit of work by reference: [](stint::unit_of_work& work) { ... }
void take(stint::unit_of_work work);
void use(stint::database& db) {
    stint::run(db, take);
}

// mistake: run's function takes no unit
// says: run() takes a function of a unit of work by reference: [](stint::unit_of_work& work) { ... }
void use(stint::database& db) {
    auto const answer = stint::run(db, [] { return 1; });
}

// mistake: run's function takes something else
// says: run() takes a function of a unit of work by reference: [](stint::unit_of_work& work) { ... }
void use(stint::database& db) {
    int const answer = stint::run(db, [](stint::database&) { return 1; }, {.attempts = 3});
}

// mistake: run is given no database
// says: run() takes the database first: stint::run(db, [](stint::unit_of_work& work) { ... })
void use() {
    stint::run([](stint::unit_of_work& work) { work.commit(); });
}

// mistake: run returns a handle
// says: a handle ends with its unit of work: return a copy of the object, or its id
void use(stint::database& db) {
    auto const answer = stint::run(db, [](stint::unit_of_work& work) { return work.get<shelf>(1); });
}

// mistake: run returns handles
// says: a handle ends with its unit of work: return a copy of the object, or its id
void use(stint::database& db) {
    auto const answer = stint::run(db, [](stint::unit_of_work& work) { return work.find<shelf>(); });
}

// mistake: run returns a handle that may be none
// says: a handle ends with its unit of work: return a copy of the object, or its id
void use(stint::database& db) {
    auto const answer = stint::run(db, [](stint::unit_of_work& work) { return work.try_get<shelf>(1); });
}

// mistake: run returns a pair with a handle
// says: a handle ends with its unit of work: return a copy of the object, or its id
void use(stint::database& db) {
    auto const answer = stint::run(db, [](stint::unit_of_work& work) { return std::pair{1, work.get<shelf>(1)}; });
}

// mistake: run returns a tuple with handles
// says: a handle ends with its unit of work: return a copy of the object, or its id
void use(stint::database& db) {
    auto const answer = stint::run(db, [](stint::unit_of_work& work) { return std::tuple{1, work.find<shelf>()}; });
}

// mistake: run returns a map of handles
// says: a handle ends with its unit of work: return a copy of the object, or its id
void use(stint::database& db) {
    auto const answer = stint::run(
        db, [](stint::unit_of_work& work) { return std::map<int, stint::tracked<shelf>>{{1, work.get<shelf>(1)}}; });
}

// mistake: run returns a variant with a handle
// says: a handle ends with its unit of work: return a copy of the object, or its id
void use(stint::database& db) {
    auto const answer = stint::run(
        db, [](stint::unit_of_work& work) { return std::variant<int, stint::tracked<shelf>>{work.get<shelf>(1)}; });
}

// mistake: run returns an array of handles
// says: a handle ends with its unit of work: return a copy of the object, or its id
void use(stint::database& db) {
    auto const answer = stint::run(db, [](stint::unit_of_work& work) { return std::array{work.get<shelf>(1)}; });
}

// mistake: run returns a struct with a handle
// says: a handle ends with its unit of work: return a copy of the object, or its id
struct found {
    std::string           name;
    stint::tracked<shelf> handle;
    int                   counts[3];
};
void use(stint::database& db) {
    auto const answer = stint::run(db, [](stint::unit_of_work& work) { return found{"top", work.get<shelf>(1), {}}; });
}

// mistake: run returns a struct of structs with a handle
// says: a handle ends with its unit of work: return a copy of the object, or its id
struct found {
    std::string           name;
    stint::tracked<shelf> handle;
};
struct all_found {
    int                count;
    std::vector<found> each;
};
void use(stint::database& db) {
    auto const answer = stint::run(
        db, [](stint::unit_of_work& work) { return all_found{1, {{"top", work.get<shelf>(1)}}}; });
}

// mistake: a mapping forgets a member
// says: the mapping forgets a member of the class
// g++ says: example_of<item>.item::count)
// clang++ says by line 40: check_named<item, {&example_of.count}, false>
struct item {
    stint::id<item> id;
    std::string     name;
    int             count = 0;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("name", &item::name));
};

// mistake: a mapping forgets one of two members of a type
// says: the mapping forgets a member of the class
// g++ says: example_of<item>.item::label)
// g++ says by line 40: Member = member<std::__cxx11::basic_string<char> >{(& example_of<item>.item::label)}; bool Named = false
// clang++ says by line 40: check_named<item, {&example_of.label}, false>
struct item {
    stint::id<item> id;
    std::string     name;
    std::string     label;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("name", &item::name));
};

// mistake: a mapping forgets the member that shows the version
// says: the mapping forgets a member of the class
// g++ says: example_of<item>.item::shown)
struct item {
    stint::id<item>       id;
    stint::version_number shown;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"));
};

// mistake: a mapping names one member for another
// says: the_mapping_names_each_member_and_column_once
struct item {
    stint::id<item> id;
    std::string     name;
    int             count = 0;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("name", &item::name), stint::field("count", &item::name));
};

// mistake: a mapping forgets a member of a class with an array
// says: the mapping forgets a member of the class
struct item {
    stint::id<item> id;
    std::string     name;
    int             counts[3] = {};
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("name", &item::name));
};

// mistake: a mapping names a member twice
// says: the mapping names a member twice
struct item {
    stint::id<item> id;
    std::string     name;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("name", &item::name), stint::field("label", &item::name));
};

// mistake: a mapping names a member twice and forgets its like
// says: the_mapping_names_each_member_and_column_once
struct item {
    stint::id<item> id;
    std::string     name;
    std::string     label;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("name", &item::name), stint::field("label", &item::name));
};

// mistake: a mapping names a column twice
// says: the_mapping_names_each_member_and_column_once
struct item {
    stint::id<item> id;
    std::string     name;
    std::string     label;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("name", &item::name), stint::field("name", &item::label));
};

// mistake: a mapping states another number of members
// says: the_mapping_names_each_member_and_column_once_and_as_many_as_it_states
struct item {
    stint::id<item> id;
    std::string     name;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::members(3), stint::field("name", &item::name));
};

// mistake: a table is without a key
// says: a table has one key: stint::key("id", &stock::id)
struct item {
    stint::id<item> id;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::version("version"));
};

// mistake: a table has two keys
// says: a table has one key: stint::key("id", &stock::id)
struct item {
    stint::id<item> id;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::key("number", &item::id));
};

// mistake: a table is without a version
// says: a table has one version column: stint::version("version")
struct item {
    stint::id<item> id;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id));
};

// mistake: a table has two versions
// says: a table has one version column: stint::version("version")
struct item {
    stint::id<item> id;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::version("revision"));
};

// mistake: a version is a number
// says: a version is shown in a member of type stint::version_number
struct item {
    stint::id<item> id;
    int             version = 0;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id),
                                               stint::version("version", &item::version));
};

// mistake: a version is a field
// says: a version is mapped by stint::version(), not by stint::field()
struct item {
    stint::id<item>       id;
    stint::version_number shown;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("shown", &item::shown));
};

// mistake: a pointer can't be stored
// says: this member type can't be stored: use bool, an integer, double, std::string, stint::decimal, a sys_time of microseconds or coarser, stint::id<U>, or std::optional of one of these
struct item {
    stint::id<item> id;
    void*           place = nullptr;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("place", &item::place));
};

// mistake: a vector can't be stored
// says: this member type can't be stored: use bool, an integer, double, std::string, stint::decimal, a sys_time of microseconds or coarser, stint::id<U>, or std::optional of one of these
struct item {
    stint::id<item>  id;
    std::vector<int> numbers;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("numbers", &item::numbers));
};

// mistake: a time is finer than databases keep
// says: this member type can't be stored: use bool, an integer, double, std::string, stint::decimal, a sys_time of microseconds or coarser, stint::id<U>, or std::optional of one of these
struct item {
    stint::id<item>                                 id;
    std::chrono::sys_time<std::chrono::nanoseconds> since;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("since", &item::since));
};

// mistake: a decimal is without a scale
// says: a decimal's column has a scale: field("price", &item::price, stint::scale(2))
struct item {
    stint::id<item> id;
    stint::decimal  price;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("price", &item::price));
};

// mistake: a scale is too large
// says: a_scale_is_0_to_18
struct item {
    stint::id<item> id;
    stint::decimal  price;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("price", &item::price, stint::scale(19)));
};

// mistake: text has a scale
// says: only a decimal's column has a scale
struct item {
    stint::id<item> id;
    std::string     name;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("name", &item::name, stint::scale(2)));
};

// mistake: text is not indexed
// says: only a reference is indexed, and can be not_indexed
struct item {
    stint::id<item> id;
    std::string     name;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("name", &item::name, stint::not_indexed));
};

// mistake: a field has an unknown option
// says: a field's options are scale(n) and not_indexed
struct item {
    stint::id<item> id;
    stint::decimal  price;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("price", &item::price, 2));
};

// mistake: an option stands outside of its field
// says: scale(n), not_indexed, a column's name and a member belong inside a field: stint::field("price", &item::price, stint::scale(2))
struct item {
    stint::id<item>  id;
    stint::id<shelf> place;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field("place", &item::place), stint::not_indexed);
};

// mistake: a field is without a column
// says: the column's name comes first: stint::field("name", &stock::name)
struct item {
    stint::id<item> id;
    std::string     name;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key("id", &item::id), stint::version("version"),
                                               stint::field(&item::name));
};

// mistake: a key is without a column
// says: the column's name comes first: stint::key("id", &stock::id)
struct item {
    stint::id<item> id;
};
template <>
struct stint::mapping<item> {
    static constexpr auto value = stint::table("items", stint::key(&item::id), stint::version("version"));
};

// mistake: a pointer is added
// says: add() takes an object, no pointer and no handle: work.add(stock{.name = "rye"})
void use(stint::unit_of_work& work) {
    shelf top;
    work.add(&top);
}

// mistake: a smart pointer is added
// says: add() takes an object, no pointer and no handle: work.add(stock{.name = "rye"})
void use(stint::unit_of_work& work) {
    work.add(std::make_unique<shelf>());
}

// mistake: a handle is added
// says: add() takes an object, no pointer and no handle: work.add(stock{.name = "rye"})
void use(stint::unit_of_work& work) {
    work.add(work.get<shelf>(1));
}

// mistake: an object is removed
// says: remove() takes a handle: work.remove(work.get<stock>(1))
void use(stint::unit_of_work& work) {
    work.remove(*work.get<shelf>(1));
}

// mistake: a key is removed
// says: remove() takes a handle: work.remove(work.get<stock>(1))
void use(stint::unit_of_work& work) {
    work.remove<shelf>(1);
}

// mistake: an object is reloaded
// says: reload() takes a handle, or the conflict_error of a refused commit
void use(stint::unit_of_work& work) {
    work.reload(*work.get<shelf>(1));
}

// mistake: a decimal is assigned a double
// says: a double is not exact: write stint::decimal{"15.60"}
void use(stint::unit_of_work& work) {
    work.get<shelf>(1).edit().load = 1.5;
}

// mistake: a decimal is raised by a double
// says: a double is not exact: write stint::decimal{"15.60"}
void use(stint::unit_of_work& work) {
    work.get<shelf>(1).edit().load += 1.5;
}

// mistake: a decimal is compared with a double
// says: a double is not exact: write stint::decimal{"15.60"}
void use(stint::unit_of_work& work) {
    if (work.get<shelf>(1)->load == 1.5) work.commit();
}

// mistake: a decimal is ordered with a double
// says: a double is not exact: write stint::decimal{"15.60"}
void use(stint::unit_of_work& work) {
    if (work.get<shelf>(1)->load < 1.5) work.commit();
}

// mistake: a decimal is multiplied by a double
// says: a double is not exact: write stint::decimal{"15.60"}
void use(stint::unit_of_work& work) {
    auto handle = work.get<shelf>(1);
    handle.edit().load = handle->load * 0.19;
}

// mistake: none, where classes are called like the library's own
// says nothing
namespace shop {
struct order {
    stint::id<order>                      number;
    std::string                           name;
    std::optional<stint::id<shop::order>> parent{};
};
struct filter {
    stint::id<filter>                      number;
    std::string                            name;
    std::optional<stint::id<shop::filter>> parent{};
};
struct limit {
    stint::id<limit>                      number;
    std::string                           name;
    std::optional<stint::id<shop::limit>> parent{};
};
struct value {
    stint::id<value>                      number;
    std::string                           name;
    std::optional<stint::id<shop::value>> parent{};
};
struct column {
    stint::id<column>                      number;
    std::string                            name;
    std::optional<stint::id<shop::column>> parent{};
};
struct transaction {
    stint::id<transaction>                      number;
    std::string                                 name;
    std::optional<stint::id<shop::transaction>> parent{};
};
struct lease {
    stint::id<lease>                      number;
    std::string                           name;
    std::optional<stint::id<shop::lease>> parent{};
};
struct table {
    stint::id<table>                      number;
    std::string                           name;
    std::optional<stint::id<shop::table>> parent{};
};
struct key {
    stint::id<key>                      number;
    std::string                         name;
    std::optional<stint::id<shop::key>> parent{};
};
struct version {
    stint::id<version>                      number;
    std::string                             name;
    std::optional<stint::id<shop::version>> parent{};
};
struct id {
    stint::id<id>                      number;
    std::string                        name;
    std::optional<stint::id<shop::id>> parent{};
};
struct mapping {
    stint::id<mapping>                      number;
    std::string                             name;
    std::optional<stint::id<shop::mapping>> parent{};
};
}  // namespace shop
template <>
struct stint::mapping<shop::order> {
    static constexpr auto value = stint::table("orders", stint::key("id", &shop::order::number),
                                               stint::version("version"), stint::field("name", &shop::order::name),
                                               stint::field("parent", &shop::order::parent));
};
template <>
struct stint::mapping<shop::filter> {
    static constexpr auto value = stint::table("filters", stint::key("id", &shop::filter::number),
                                               stint::version("version"), stint::field("name", &shop::filter::name),
                                               stint::field("parent", &shop::filter::parent));
};
template <>
struct stint::mapping<shop::limit> {
    static constexpr auto value = stint::table("limits", stint::key("id", &shop::limit::number),
                                               stint::version("version"), stint::field("name", &shop::limit::name),
                                               stint::field("parent", &shop::limit::parent));
};
template <>
struct stint::mapping<shop::value> {
    static constexpr auto value = stint::table("values", stint::key("id", &shop::value::number),
                                               stint::version("version"), stint::field("name", &shop::value::name),
                                               stint::field("parent", &shop::value::parent));
};
template <>
struct stint::mapping<shop::column> {
    static constexpr auto value = stint::table("columns", stint::key("id", &shop::column::number),
                                               stint::version("version"), stint::field("name", &shop::column::name),
                                               stint::field("parent", &shop::column::parent));
};
template <>
struct stint::mapping<shop::transaction> {
    static constexpr auto value = stint::table(
        "transactions", stint::key("id", &shop::transaction::number), stint::version("version"),
        stint::field("name", &shop::transaction::name), stint::field("parent", &shop::transaction::parent));
};
template <>
struct stint::mapping<shop::lease> {
    static constexpr auto value = stint::table("leases", stint::key("id", &shop::lease::number),
                                               stint::version("version"), stint::field("name", &shop::lease::name),
                                               stint::field("parent", &shop::lease::parent));
};
template <>
struct stint::mapping<shop::table> {
    static constexpr auto value = stint::table("tables", stint::key("id", &shop::table::number),
                                               stint::version("version"), stint::field("name", &shop::table::name),
                                               stint::field("parent", &shop::table::parent));
};
template <>
struct stint::mapping<shop::key> {
    static constexpr auto value = stint::table("keys", stint::key("id", &shop::key::number), stint::version("version"),
                                               stint::field("name", &shop::key::name),
                                               stint::field("parent", &shop::key::parent));
};
template <>
struct stint::mapping<shop::version> {
    static constexpr auto value = stint::table("versions", stint::key("id", &shop::version::number),
                                               stint::version("version"), stint::field("name", &shop::version::name),
                                               stint::field("parent", &shop::version::parent));
};
template <>
struct stint::mapping<shop::id> {
    static constexpr auto value = stint::table("ids", stint::key("id", &shop::id::number), stint::version("version"),
                                               stint::field("name", &shop::id::name),
                                               stint::field("parent", &shop::id::parent));
};
template <>
struct stint::mapping<shop::mapping> {
    static constexpr auto value = stint::table("mappings", stint::key("id", &shop::mapping::number),
                                               stint::version("version"), stint::field("name", &shop::mapping::name),
                                               stint::field("parent", &shop::mapping::parent));
};
template <class T>
void use(stint::unit_of_work& work) {
    auto handle = work.add(T{{}, "first", {}});
    handle.edit().parent = handle.id();
    for (auto& each : work.find<T>(stint::where(&T::name) == "first" && stint::where(&T::parent) == handle.id(),
                                   stint::order_by(&T::name), stint::limit(3)))
        work.remove(each);
    work.reload(handle);
}
namespace shop {
void use_all(stint::database& db) {
    stint::create_tables<order, filter, limit, value, column, transaction, lease, table, key, version, id, mapping>(db);
    stint::check_tables<order, filter, limit, value, column, transaction, lease, table, key, version, id, mapping>(db);
    stint::run(db, [](stint::unit_of_work& work) {
        ::use<order>(work);
        ::use<filter>(work);
        ::use<limit>(work);
        ::use<value>(work);
        ::use<column>(work);
        ::use<transaction>(work);
        ::use<lease>(work);
        ::use<table>(work);
        ::use<key>(work);
        ::use<version>(work);
        ::use<id>(work);
        ::use<mapping>(work);
    });
}
}  // namespace shop

// mistake: none, where a class of no namespace is called order
// says nothing
struct order {
    stint::id<order> id;
    std::string      name;
};
template <>
struct stint::mapping<order> {
    static constexpr auto value = stint::table("orders", stint::key("id", &order::id), stint::version("version"),
                                               stint::field("name", &order::name));
};
void use(stint::unit_of_work& work) {
    work.find<order>(stint::where(&order::name) == "first", stint::order_by(&order::id));
}

// mistake: none, where a class of no namespace is called like one of the library's
// says nothing
struct filter {
    stint::id<filter> id;
    std::string       name;
};
template <>
struct stint::mapping<filter> {
    static constexpr auto value = stint::table("filters", stint::key("id", &::filter::id), stint::version("version"),
                                               stint::field("name", &::filter::name));
};
void use(stint::unit_of_work& work) {
    work.find<filter>(stint::where(&filter::name) == "first");
}
