// graph_writer: one way of writing the changes of graph.hpp in one transaction, with the versions checked. What is
// timed is the transaction alone.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "support/in_turns.hpp"

namespace bench {

class graph_writer {
public:
    graph_writer() = default;
    graph_writer(graph_writer const&) = delete;
    graph_writer& operator=(graph_writer const&) = delete;
    virtual ~graph_writer() = default;

    virtual duration write(std::int64_t n) = 0;
};

/// A row as it was read, by those who do it by hand.
struct graph_row {
    std::int64_t id = 0;
    std::int64_t number = 0;
    std::int64_t version = 0;
};

struct graph_rows {
    std::vector<graph_row> customers{}, invoices{}, items{}, removed_items{};
};

/// Reads what will be changed, by a function that reads the oldest rows of a table, and changes it.
template <class Read>
graph_rows changed_rows(Read read, std::int64_t n) {
    graph_rows rows{read("customers", 2 * n), read("invoices", 2 * n), read("items", 3 * n), {}};
    auto const kept = rows.items.begin() + static_cast<std::ptrdiff_t>(n);
    rows.removed_items.assign(rows.items.begin(), kept);
    rows.items.erase(rows.items.begin(), kept);
    for (auto* table : {&rows.customers, &rows.invoices, &rows.items})
        for (auto& row : *table) row.number += 1;
    return rows;
}

using graph_way = std::unique_ptr<graph_writer>;

graph_way graph_by_stint(std::string const& url);
graph_way graph_by_libpq_rows(std::string const& url);
graph_way graph_by_libpq_pipeline(std::string const& url);
graph_way graph_by_sqlite_loop(std::string const& path);

}  // namespace bench
