// The domain that most tests share: the accounting example with its two stocks and two documents, and a
// tree whose keys the database gives.
#pragma once

#include <optional>
#include <string>

#include <stint/events.hpp>
#include <stint/extension/lock_strategy.hpp>
#include <stint/stint.hpp>

#include "scratch_database.hpp"

namespace books {

struct stock {
    stint::id<stock> id;
    std::string      name;
    stint::decimal   quantity;
};

struct document {
    stint::id<document>     id;
    stint::decimal          quantity;
    bool                    processed = false;
    stint::id<books::stock> stock;
};

struct node {
    stint::id<node>                id;
    std::string                    name;
    std::optional<stint::id<node>> parent{};
};

}  // namespace books

template <>
struct stint::mapping<books::stock> {
    static constexpr auto value = stint::table("stocks", stint::key("id", &books::stock::id), stint::version("version"),
                                               stint::field("name", &books::stock::name),
                                               stint::field("quantity", &books::stock::quantity, stint::scale(2)));
};

template <>
struct stint::mapping<books::document> {
    static constexpr auto value = stint::table(
        "documents", stint::key("id", &books::document::id), stint::version("version"),
        stint::field("quantity", &books::document::quantity, stint::scale(2)),
        stint::field("processed", &books::document::processed), stint::field("stock", &books::document::stock));
};

template <>
struct stint::mapping<books::node> {
    static constexpr auto value = stint::table("nodes", stint::key("id", &books::node::id), stint::version("version"),
                                               stint::field("name", &books::node::name),
                                               stint::field("parent", &books::node::parent));
};

namespace books {

/// Tables with the example's rows: stocks 1 (56.40) and 2 (26.80), documents 1 (15.60) and 2 (26.10), both on stock 1.
/// Their versions are 1, so that tests can name them.
class example : public scratch_database {
public:
    example() {
        stint::create_tables<stock, document, node>(db());
        stint::unit_of_work work{db()};
        work.add(stock{stint::id<stock>{1}, "flour", stint::decimal{"56.40"}});
        work.add(stock{stint::id<stock>{2}, "sugar", stint::decimal{"26.80"}});
        work.add(document{stint::id<document>{1}, stint::decimal{"15.60"}, false, stint::id<stock>{1}});
        work.add(document{stint::id<document>{2}, stint::decimal{"26.10"}, false, stint::id<stock>{1}});
        work.commit();
        sql("UPDATE stocks SET version = 1");
        sql("UPDATE documents SET version = 1");
    }

    /// A copy of what the database has.
    template <class T>
    T stored(stint::id<T> key) {
        stint::unit_of_work look{db()};
        return *look.get(key);
    }

    /// "40.80@2": quantity and version as the database has them.
    std::string stock_row(int key) {
        stint::unit_of_work look{db()};
        auto const          found = look.try_get<stock>(key);
        if (!found) return "gone";
        return (*found)->quantity.to_string() + "@" + std::to_string(found->version().value());
    }
};

}  // namespace books
