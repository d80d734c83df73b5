// articles: the table that most benchmarks write, mapped for Stint, and as rows for those who write it by hand.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include <stint/stint.hpp>

#include "support/place.hpp"

namespace bench {

struct article {
    stint::id<article> id;
    std::string        name;
    stint::decimal     quantity;
};

/// The same as a program without Stint would keep it.
struct article_row {
    std::int64_t id = 0;
    std::string  name{};
    std::int64_t cents = 0;  ///< of the quantity
    std::int64_t version = 1;
};

inline stint::decimal quantity_of(article_row const& row) {
    return stint::decimal::from_units(row.cents, 2);
}

/// Makes the table and fills it: ids from 1 on, versions 1.
void make_articles(place& where, std::int64_t count);
/// Puts back those of the first so many that are gone.
void put_back_articles(place& where, std::int64_t count);

/// So many of a table of `among`, evenly spread, as make_articles wrote them.
std::vector<article_row> spread_rows(std::int64_t count, std::int64_t among);

}  // namespace bench

template <>
struct stint::mapping<bench::article> {
    static constexpr auto value = stint::table("articles", stint::key("id", &bench::article::id),
                                               stint::version("version"), stint::field("name", &bench::article::name),
                                               stint::field("quantity", &bench::article::quantity, stint::scale(2)));
};
