// The tables of the tests of core, and short names for what they say about them.
#pragma once

#include <algorithm>
#include <initializer_list>
#include <string>
#include <vector>

#include <doctest/doctest.h>

#include <stint/connection.hpp>
#include <stint/database.hpp>
#include <stint/error.hpp>
#include <stint/extension/engine.hpp>
#include <stint/table_definition.hpp>
#include <stint/write_batch.hpp>

#include "../support/scratch_database.hpp"

namespace tables {

using stint::data_type;
using stint::row_action;
using stint::value;

inline stint::column const id{"id", {data_type::integer}};
inline stint::column const version{"version", {data_type::integer}};
inline stint::column const name{"name", {data_type::text}};
inline stint::column const quantity{"quantity", {data_type::numeric, 2}};
inline stint::column const processed{"processed", {data_type::boolean}};
inline stint::column const ratio{"ratio", {data_type::real}};
inline stint::column const seen{"seen", {data_type::instant}};
inline stint::column const stock{"stock", {data_type::integer}};

inline value number(std::int64_t n) {
    return n;
}
inline value text(std::string s) {
    return s;
}
inline value amount(char const* s) {
    return stint::decimal{s};
}

inline std::vector<stint::table_definition> const definitions{
    {"documents",
     "id",
     {{id}, {version}, {quantity}, {processed}, {ratio, true}, {seen, true}, {stock, true}},
     {{"stock", "stocks", "id"}}},
    {"stocks", "id", {{id}, {version}, {name}, {quantity}}, {}},
};

inline stint::deadline const no_deadline = stint::deadline::none();

/// Two stocks (1 flour 56.40, 2 sugar 26.80) of version 3, and no documents.
class books : public scratch_database {
public:
    books() {
        auto const connection = db().lend();
        for (auto const& statement : db().kind().create_tables(definitions))
            connection->execute(statement, no_deadline);
        connection->execute("INSERT INTO stocks (id, version, name, quantity) VALUES (1, 3, 'flour', :1)",
                            std::vector{connection->as_kept(stint::decimal{"56.40"}, 2)}, no_deadline);
        connection->execute("INSERT INTO stocks (id, version, name, quantity) VALUES (2, 3, 'sugar', :1)",
                            std::vector{connection->as_kept(stint::decimal{"26.80"}, 2)}, no_deadline);
    }

    stint::flush_outcome flush(stint::write_batch const& batch) {
        return db().lend()->flush_portably(batch, no_deadline);
    }

    /// "1 flour 56.40 v3, 2 sugar 26.80 v3"
    std::string stocks() {
        std::string result;
        db().lend()->select(
            {.table = "stocks", .columns = {id, name, quantity, version}, .order_by = {{id}}},
            [&](std::span<value> row) {
                result += (result.empty() ? "" : ", ") + to_string(row[0]) + ' ' + std::get<std::string>(row[1]) + ' ' +
                          to_string(row[2]) + " v" + to_string(row[3]);
            },
            no_deadline);
        return result;
    }
};

/// Runs its test twice: with the engine's own flush and with the portable one, which must not differ.
class books_in_both_ways : public books {
public:
    books_in_both_ways() {
        SUBCASE("by the engine's own flush") {
            portably_ = false;
        }
        SUBCASE("portably") {
            portably_ = true;
        }
    }

    stint::flush_outcome flush(stint::write_batch const& batch) {
        auto const connection = db().lend();
        return portably_ ? connection->flush_portably(batch, no_deadline) : connection->flush(batch, no_deadline);
    }

    bool is_portable() const noexcept { return portably_; }

private:
    bool portably_ = false;
};

/// "1, 'flour'; 2, 'sugar'"
inline std::string line(std::span<value const> row) {
    std::string result;
    for (auto const& v : row) result += (&v == row.data() ? "" : ", ") + to_string(v);
    return result;
}

class collected {
public:
    stint::row_sink sink() {
        return [this](std::span<value> row) {
            text_ += (first_ ? "" : "; ") + line(row);
            first_ = false;
        };
    }
    std::string const& text() const { return text_; }

private:
    std::string text_;
    bool        first_ = true;
};

inline std::string selected(stint::connection& connection, stint::selection const& selection) {
    collected rows;
    connection.select(selection, rows.sink(), no_deadline);
    return rows.text();
}

inline std::string queried(stint::connection& connection, std::string_view sql, std::vector<value> const& parameters,
                           std::vector<stint::column_type> const& types) {
    collected rows;
    connection.query(sql, parameters, types, rows.sink(), no_deadline);
    return rows.text();
}

inline stint::condition is(stint::column const& column) {
    return {column, stint::condition::test::equals};
}

inline stint::row_shape update_stock() {
    return {.action = row_action::update,
            .table = "stocks",
            .key = {id},
            .conditions = {is(version)},
            .assignments = {{quantity}, {version, stint::assignment::source::next_version}},
            .returning = {version},
            .report = {quantity, version}};
}

inline stint::row_shape remove_stock() {
    return {
        .action = row_action::remove, .table = "stocks", .key = {id}, .conditions = {is(version)}, .report = {version}};
}

inline stint::row_shape insert_stock() {
    return {.action = row_action::insert,
            .table = "stocks",
            .key = {id},
            .assignments = {{version}, {name}, {quantity}},
            .report = {name, version}};
}

/// The key comes from the database.
inline stint::row_shape insert_new_stock() {
    auto shape = insert_stock();
    shape.key_given = false;
    shape.returning = {id, version};
    return shape;
}

inline stint::row_shape insert_document() {
    return {.action = row_action::insert,
            .table = "documents",
            .key = {id},
            .key_given = false,
            .assignments = {{version}, {quantity}, {processed}, {stock}},
            .returning = {id}};
}

inline stint::row_shape require_stock() {
    return {.action = row_action::require,
            .table = "stocks",
            .key = {id},
            .conditions = {is(version)},
            .report = {version}};
}

/// "changed 0 [56.40, 3]; deleted 2 []", or what else became of it.
inline std::string refusals(stint::flush_outcome const& outcome) {
    if (std::holds_alternative<stint::flush_done>(outcome)) return "done";
    auto const* const refused = std::get_if<stint::flush_refused>(&outcome);
    if (!refused) return "in doubt";
    std::string result;
    for (auto const& refusal : refused->rows) {
        result += (result.empty() ? "" : "; ") + std::string(refusal.reason.name()) + ' ' +
                  std::to_string(refusal.row) + " [";
        result += line(refusal.found) + ']';
    }
    return result;
}

/// What every row returned: "4; ; 1, 7".
inline std::string returned(stint::flush_outcome const& outcome) {
    if (!std::holds_alternative<stint::flush_done>(outcome)) return refusals(outcome);
    std::string result;
    auto const& rows = std::get<stint::flush_done>(outcome).returned;
    for (auto const& row : rows) result += (&row == &rows.front() ? "" : "; ") + line(row);
    return result;
}

}  // namespace tables
