#include "opening_books.hpp"

#include <random>

#include <stint/create_tables.hpp>
#include <stint/lock_table.hpp>
#include <stint/unit_of_work.hpp>

#include "mapping.hpp"

namespace accounting {

namespace {

stock new_stock(std::int64_t number, std::string name, stint::decimal const& opening) {
    return {stock_id{number}, std::move(name), opening, opening};
}

/// 1.00 to 99.99. Distributions of the standard library differ between machines, its engines don't.
stint::decimal some_quantity(std::minstd_rand& random) {
    return stint::decimal::from_units(static_cast<std::int64_t>(100 + random() % 9900), quantity_decimals);
}

}  // namespace

opening_books example_books() {
    return {{new_stock(1, "flour", stint::decimal{"56.40"}), new_stock(2, "sugar", stint::decimal{"26.80"})},
            {{document_id{1}, stint::decimal{"15.60"}, false, stock_id{1}},
             {document_id{2}, stint::decimal{"26.10"}, false, stock_id{1}}}};
}

opening_books generated_books(std::size_t stocks, std::size_t documents) {
    std::minstd_rand random;
    opening_books    books;
    for (std::size_t i = 1; i <= stocks; ++i) {
        auto const number = static_cast<std::int64_t>(i);
        books.stocks.push_back(new_stock(number, "article " + std::to_string(number), stint::decimal{"100.00"}));
    }
    for (std::size_t i = 1; i <= documents; ++i) {
        auto&      from = books.stocks[random() % stocks];
        auto const quantity = some_quantity(random);
        from.opening += quantity;
        from.quantity += quantity;
        books.documents.push_back({document_id{static_cast<std::int64_t>(i)}, quantity, false, from.id});
    }
    return books;
}

void write_books(stint::database& db, opening_books const& books) {
    stint::drop_tables<stock, document>(db);
    stint::create_tables<stock, document>(db);
    stint::drop_lock_tables(db);
    stint::create_lock_tables(db);

    stint::unit_of_work work{db};
    for (auto const& stock : books.stocks) work.add(stock);
    for (auto const& document : books.documents) work.add(document);
    work.commit();
}

}  // namespace accounting
