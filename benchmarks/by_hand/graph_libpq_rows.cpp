#include <array>
#include <stdexcept>

#include "by_hand/graph_libpq.hpp"
#include "support/numbered.hpp"

namespace bench {

namespace {

class rows_graph final : public graph_writer {
public:
    explicit rows_graph(std::string const& url) : link_(url) {
        link_.prepare("begin", "BEGIN");
        link_.prepare("commit", "COMMIT");
        for (std::string const table : {"customers", "invoices", "items"}) {
            link_.prepare(("update " + table).c_str(),
                          "UPDATE " + table + " SET number = $1, version = version + 1 WHERE id = $2 AND version = $3");
        }
        link_.prepare("remove", "DELETE FROM items WHERE id = $1 AND version = $2");
        link_.prepare("new customer", insert_into("customers", "name"));
        link_.prepare("new invoice", insert_into("invoices", "customer"));
        link_.prepare("new item", insert_into("items", "invoice"));
    }

    duration write(std::int64_t n) override {
        auto const rows = changed_rows(
            [this](std::string const& table, std::int64_t count) { return oldest_rows(link_, table, count); }, n);
        return time_of([&] {
            link_.execute("begin");
            for (auto const& row : rows.removed_items) remove(row);
            for (auto const& row : rows.customers) update("update customers", row);
            for (auto const& row : rows.invoices) update("update invoices", row);
            for (auto const& row : rows.items) update("update items", row);
            for (std::int64_t i = 0; i < n; ++i) {
                auto const buyer = insert("new customer", "customer", i);
                auto const bill = insert("new invoice", buyer, i);
                insert("new item", bill, i);
            }
            link_.execute("commit");
        });
    }

private:
    static std::string insert_into(std::string const& table, std::string const& column) {
        return "INSERT INTO " + table + " (" + column + ", number, version) VALUES ($1, $2, 1) RETURNING id";
    }

    /// Answers its key.
    std::string insert(char const* statement, std::string const& first, std::int64_t number) {
        auto const text = std::to_string(number);
        return PQgetvalue(link_.execute(statement, std::array{first.c_str(), text.c_str()}).get(), 0, 0);
    }
    void update(char const* statement, graph_row const& row) {
        auto const number = std::to_string(row.number), id = std::to_string(row.id);
        auto const version = std::to_string(row.version);
        check(link_.execute(statement, std::array{number.c_str(), id.c_str(), version.c_str()}));
    }
    void remove(graph_row const& row) {
        auto const id = std::to_string(row.id), version = std::to_string(row.version);
        check(link_.execute("remove", std::array{id.c_str(), version.c_str()}));
    }
    static void check(pg_result const& statement) {
        if (changed_by(statement) != 1) throw std::runtime_error("by hand: a row was stale");
    }

    pg_link link_;
};

}  // namespace

std::vector<graph_row> oldest_rows(pg_link& link, std::string const& table, std::int64_t count) {
    auto const sql = numbered("SELECT id, number, version FROM " + table + " ORDER BY id LIMIT ", count);
    link.prepare("", sql);
    auto const             answer = link.execute("");
    std::vector<graph_row> rows;
    for (int i = 0; i < PQntuples(answer.get()); ++i)
        rows.push_back({number_in(answer, i, 0), number_in(answer, i, 1), number_in(answer, i, 2)});
    return rows;
}

graph_way graph_by_libpq_rows(std::string const& url) {
    return std::make_unique<rows_graph>(url);
}

}  // namespace bench
