#include <stdexcept>

#include "by_hand/graph_writer.hpp"
#include "by_hand/sqlite_link.hpp"
#include "support/numbered.hpp"

namespace bench {

namespace {

class sqlite_graph final : public graph_writer {
public:
    explicit sqlite_graph(std::string const& path) : file_(path) {}

    duration write(std::int64_t n) override {
        auto const rows = changed_rows(
            [this](std::string const& table, std::int64_t count) { return oldest_rows(table, count); }, n);
        return time_of([&] {
            begin_.run();
            for (auto const& row : rows.removed_items) check(remove_.bind(1, row.id).bind(2, row.version));
            for (auto const& row : rows.customers) update(update_customer_, row);
            for (auto const& row : rows.invoices) update(update_invoice_, row);
            for (auto const& row : rows.items) update(update_item_, row);
            for (std::int64_t i = 0; i < n; ++i) {
                auto const buyer = insert(new_customer_.bind(1, name_).bind(2, i));
                auto const bill = insert(new_invoice_.bind(1, buyer).bind(2, i));
                insert(new_item_.bind(1, bill).bind(2, i));
            }
            commit_.run();
        });
    }

private:
    std::vector<graph_row> oldest_rows(std::string const& table, std::int64_t count) {
        sqlite_statement       read{file_,
                              numbered("SELECT id, number, version FROM " + table + " ORDER BY id LIMIT ", count)};
        std::vector<graph_row> rows;
        while (read.step()) rows.push_back({read.number(0), read.number(1), read.number(2)});
        return rows;
    }

    void update(sqlite_statement& statement, graph_row const& row) {
        check(statement.bind(1, row.number).bind(2, row.id).bind(3, row.version));
    }
    /// Answers the new row's key.
    std::int64_t insert(sqlite_statement& statement) {
        statement.run();
        return file_.last_key();
    }
    void check(sqlite_statement& statement) {
        statement.run();
        if (file_.changes() != 1) throw std::runtime_error("by hand: a row was stale");
    }

    sqlite_statement update_of(std::string const& table) {
        return {file_, "UPDATE " + table + " SET number = ?1, version = version + 1 WHERE id = ?2 AND version = ?3"};
    }
    sqlite_statement insert_into(std::string const& table, std::string const& column) {
        return {file_, "INSERT INTO " + table + " (" + column + ", number, version) VALUES (?1, ?2, 1)"};
    }

    std::string const name_ = "customer";
    sqlite_link       file_;
    sqlite_statement  begin_{file_, "BEGIN IMMEDIATE"};
    sqlite_statement  commit_{file_, "COMMIT"};
    sqlite_statement  update_customer_ = update_of("customers");
    sqlite_statement  update_invoice_ = update_of("invoices");
    sqlite_statement  update_item_ = update_of("items");
    sqlite_statement  remove_{file_, "DELETE FROM items WHERE id = ?1 AND version = ?2"};
    sqlite_statement  new_customer_ = insert_into("customers", "name");
    sqlite_statement  new_invoice_ = insert_into("invoices", "customer");
    sqlite_statement  new_item_ = insert_into("items", "invoice");
};

}  // namespace

graph_way graph_by_sqlite_loop(std::string const& path) {
    return std::make_unique<sqlite_graph>(path);
}

}  // namespace bench
