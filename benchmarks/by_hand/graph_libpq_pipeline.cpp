#include <array>

#include "by_hand/graph_libpq.hpp"
#include "by_hand/pg_arrays.hpp"

namespace bench {

namespace {

constexpr auto raise_unless_all =
    " SELECT CASE WHEN count(*) = $1::bigint THEN 0 ELSE CAST('stale ' || count(*) AS integer) END FROM done";

/// All rows of a table that are there already, in the order of their keys and in their strongest mode: then nothing
/// that follows can deadlock with another one like this.
std::string lock_rows(std::string const& table, std::string const& mode) {
    return "SELECT count(*) FROM (SELECT 1 FROM " + table +
           " a JOIN unnest($1::bigint[]) AS given(id) USING (id) ORDER BY a.id FOR " + mode + " OF a) AS locked";
}

std::string update_rows(std::string const& table) {
    return "WITH given AS MATERIALIZED (SELECT * FROM unnest($2::bigint[], $3::bigint[], $4::bigint[]) "
           "AS given(id, number, version)), done AS (UPDATE " +
           table +
           " a SET number = given.number, version = a.version + 1 FROM given "
           "WHERE a.id = given.id AND a.version = given.version RETURNING 1)" +
           raise_unless_all;
}

std::string remove_rows(std::string const& table) {
    return "WITH given AS MATERIALIZED (SELECT * FROM unnest($2::bigint[], $3::bigint[]) AS given(id, version)), "
           "done AS (DELETE FROM " +
           table + " a USING given WHERE a.id = given.id AND a.version = given.version RETURNING 1)" + raise_unless_all;
}

/// Leaves the new keys, which rise in the order of the rows, for the statements that follow in the same transaction.
std::string insert_rows(std::string const& into, std::string const& first, std::string const& from,
                        std::string const& keys) {
    return "WITH new AS (INSERT INTO " + into + " SELECT " + first + ", number, 1 FROM " + from +
           " ORDER BY place RETURNING id) SELECT set_config('hand." + keys +
           "', array_agg(id ORDER BY id)::text, true) FROM new";
}
std::string numbers_with(std::string const& keys) {
    return "unnest(current_setting('hand." + keys +
           "')::bigint[], $1::bigint[]) WITH ORDINALITY AS given(parent, number, place)";
}

class pipeline_graph final : public graph_writer {
public:
    explicit pipeline_graph(std::string const& url) : link_(url) {
        link_.run("SET plan_cache_mode = force_generic_plan");
        link_.prepare("begin", "BEGIN");
        link_.prepare("commit", "COMMIT");
        link_.prepare("lock customers", lock_rows("customers", "NO KEY UPDATE"));
        link_.prepare("lock invoices", lock_rows("invoices", "NO KEY UPDATE"));
        link_.prepare("lock items", lock_rows("items", "UPDATE"));
        link_.prepare("update customers", update_rows("customers"));
        link_.prepare("update invoices", update_rows("invoices"));
        link_.prepare("update items", update_rows("items"));
        link_.prepare("remove items", remove_rows("items"));
        link_.prepare("new customers",
                      insert_rows("customers (name, number, version)", "'customer'",
                                  "unnest($1::bigint[]) WITH ORDINALITY AS given(number, place)", "customers"));
        link_.prepare("new invoices", insert_rows("invoices (customer, number, version)", "parent",
                                                  numbers_with("customers"), "invoices"));
        link_.prepare("new items",
                      insert_rows("items (invoice, number, version)", "parent", numbers_with("invoices"), "items"));
    }

    duration write(std::int64_t n) override {
        auto const rows = changed_rows(
            [this](std::string const& table, std::int64_t count) { return oldest_rows(link_, table, count); }, n);
        return time_of([&] {
            link_.start_pipeline();
            link_.send("begin");
            lock_all(rows);
            remove(rows.removed_items);
            update("update customers", rows.customers);
            update("update invoices", rows.invoices);
            update("update items", rows.items);
            insert(n);
            link_.send("commit");
            link_.finish_pipeline();
        });
    }

private:
    static std::string id_of(graph_row const& row) { return std::to_string(row.id); }
    static std::string number_of(graph_row const& row) { return std::to_string(row.number); }
    static std::string version_of(graph_row const& row) { return std::to_string(row.version); }

    void lock_all(graph_rows const& rows) {
        auto items = rows.removed_items;
        items.insert(items.end(), rows.items.begin(), rows.items.end());
        send_ids("lock customers", rows.customers);
        send_ids("lock invoices", rows.invoices);
        send_ids("lock items", items);
    }
    void send_ids(char const* statement, std::vector<graph_row> const& rows) {
        auto const ids = number_array(rows, id_of);
        link_.send(statement, std::array{ids.c_str()});
    }
    void update(char const* statement, std::vector<graph_row> const& rows) {
        auto const count = std::to_string(rows.size()), ids = number_array(rows, id_of);
        auto const numbers = number_array(rows, number_of), versions = number_array(rows, version_of);
        link_.send(statement, std::array{count.c_str(), ids.c_str(), numbers.c_str(), versions.c_str()});
    }
    void remove(std::vector<graph_row> const& rows) {
        auto const count = std::to_string(rows.size()), ids = number_array(rows, id_of);
        auto const versions = number_array(rows, version_of);
        link_.send("remove items", std::array{count.c_str(), ids.c_str(), versions.c_str()});
    }
    void insert(std::int64_t n) {
        std::vector<graph_row> rows;
        for (std::int64_t i = 0; i < n; ++i) rows.push_back({.number = i});
        auto const numbers = number_array(rows, number_of);
        for (auto const* statement : {"new customers", "new invoices", "new items"})
            link_.send(statement, std::array{numbers.c_str()});
    }

    pg_link link_;
};

}  // namespace

graph_way graph_by_libpq_pipeline(std::string const& url) {
    return std::make_unique<pipeline_graph>(url);
}

}  // namespace bench
