#include "graph.hpp"

#include <algorithm>

#include "support/numbered.hpp"

namespace bench {

namespace {

void fill(place& where, std::string const& into, std::string const& values, std::int64_t count) {
    auto const numbers = where.is_postgresql()
                             ? numbered("SELECT i FROM generate_series(1, ", count) + ") AS i"
                             : numbered("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ",
                                        count) +
                                   ") SELECT i FROM n";
    where.sql("INSERT INTO " + into + " SELECT " + values + ", 0, 1 FROM (" + numbers + ") AS numbers");
}

}  // namespace

void make_graph(place& where, std::int64_t n) {
    // Plans that the server keeps, of foreign key checks, too, are for tables like those of a business, not for a page
    // of rows.
    constexpr std::int64_t fewest = 10'000;
    auto const             count = std::max(3 * n, fewest);
    stint::create_tables<customer<false>, invoice<false>, item<false>>(where.db());
    fill(where, "customers (name, number, version)", "'customer'", count);
    fill(where, "invoices (customer, number, version)", "i", count);
    fill(where, "items (invoice, number, version)", "i", count);
    where.tidy_up();
}

}  // namespace bench
