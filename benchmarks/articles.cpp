#include "articles.hpp"

#include "support/numbered.hpp"

namespace bench {

namespace {

constexpr std::int64_t first_cents = 1000;

std::string numbers_to(place const& where, std::int64_t count) {
    if (where.is_postgresql()) return numbered("(SELECT i FROM generate_series(1, ", count) + ") AS i) AS numbers";
    return numbered("(WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ", count) +
           ") SELECT i FROM n) AS numbers";
}

std::string quantity_in(place const& where) {
    return where.is_postgresql() ? "10.00" : "1000";
}

}  // namespace

void make_articles(place& where, std::int64_t count) {
    stint::create_tables<article>(where.db());
    where.sql("INSERT INTO articles (name, quantity, version) SELECT 'article ' || i, " + quantity_in(where) +
              ", 1 FROM " + numbers_to(where, count));
    where.tidy_up();
}

void put_back_articles(place& where, std::int64_t count) {
    where.sql("INSERT INTO articles (id, name, quantity, version) SELECT i, 'article ' || i, " + quantity_in(where) +
              ", 1 FROM " + numbers_to(where, count) +
              " WHERE NOT EXISTS (SELECT 1 FROM articles WHERE articles.id = i)");
}

std::vector<article_row> spread_rows(std::int64_t count, std::int64_t among) {
    std::vector<article_row> rows;
    for (std::int64_t i = 0; i < count; ++i) {
        auto const id = 1 + i * (among / count);
        rows.push_back({.id = id, .name = numbered("article ", id), .cents = first_cents});
    }
    return rows;
}

}  // namespace bench
