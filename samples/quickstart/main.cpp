#include <iostream>

#include <stint/stint.hpp>

namespace shop {

struct stock {  // a plain struct: it knows no SQL and inherits nothing
    stint::id<stock> id;
    std::string      name;
    stint::decimal   quantity;
};

}  // namespace shop

template <>
struct stint::mapping<shop::stock> {
    static constexpr auto value = stint::table("stocks", stint::key("id", &shop::stock::id), stint::version("version"),
                                               stint::field("name", &shop::stock::name),
                                               stint::field("quantity", &shop::stock::quantity, stint::scale(2)));
};

using shop::stock;

int main() {
    stint::database db{"sqlite::memory:"};  // or "sqlite:books.db", or "postgresql://clerk@host/books"
    stint::create_tables<stock>(db);
    stint::run(db, [](stint::unit_of_work& work) {
        work.add(stock{stint::id<stock>{1}, "flour", stint::decimal{"56.40"}});  // commits when it has returned
    });

    stint::unit_of_work desk_1{db}, desk_2{db};  // two clerks read the same stock: nothing stays open
    desk_1.get<stock>(1).edit().quantity -= stint::decimal{"15.60"};
    desk_2.get<stock>(1).edit().quantity -= stint::decimal{"26.10"};
    desk_1.commit();  // one short transaction
    try {
        desk_2.commit();  // writes nothing: the stock has changed meanwhile
    } catch (stint::conflict_error const& refused) {
        for (auto const& conflict : refused.conflicts()) std::cout << to_string(conflict) << '\n';
        desk_2.reload(refused);
        desk_2.get<stock>(1).edit().quantity -= stint::decimal{"26.10"};
        desk_2.commit();
    }
    std::cout << "left: " << desk_2.get<stock>(1)->quantity << '\n';
}
