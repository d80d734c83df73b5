#include "trial_tables.hpp"

#include <chrono>
#include <stdexcept>
#include <typeinfo>
#include <vector>

#include <stint/database.hpp>
#include <stint/error.hpp>
#include <stint/extension/engine.hpp>
#include <stint/table_definition.hpp>

namespace trial_tables {
namespace {

using namespace std::chrono_literals;
using stint::value;

auto const no_deadline = stint::deadline::none();

std::vector<stint::table_definition> const definitions{
    {"items", "id", {{id}, {version}, {name}, {quantity}, {checked, true}, {ratio, true}, {seen, true}}, {}},
    {"parts", "id", {{id}, {version}, {item, true}, {note, true}}, {{"item", "items", "id"}}},
};

bool is_now(stint::timestamp time) {
    auto const now = std::chrono::floor<std::chrono::microseconds>(std::chrono::system_clock::now());
    return time > now - 10min && time < now + 10min;
}

std::string text(value const& v) {
    if (auto const* const time = std::get_if<stint::timestamp>(&v); time && is_now(*time)) return "now";
    auto const* const number = std::get_if<std::int64_t>(&v);
    if (number && is_now(stint::timestamp{std::chrono::microseconds{*number}})) return "now";
    return to_string(v);
}

std::string line(std::span<value const> row) {
    std::string result;
    for (auto const& v : row) result += (&v == row.data() ? "" : ", ") + text(v);
    return result;
}

std::string rows(stint::connection& from, std::string const& table, std::vector<stint::column> const& columns,
                 std::vector<stint::ordering> const& order) {
    auto result = table + ":\n";
    from.select(
        {.table = table, .columns = columns, .order_by = order},
        [&](std::span<value> row) { result += line(row) + '\n'; }, no_deadline);
    return result;
}

std::string text(stint::flush_done const& done) {
    std::string result = "done\n";
    for (auto const& row : done.returned) result += '[' + line(row) + "]\n";
    return result;
}

std::string text(stint::flush_refused const& refused) {
    std::string result = "refused\n";
    for (auto const& [row, reason, found] : refused.rows)
        result += std::to_string(row) + ' ' + std::string(reason.name()) + " [" + line(found) + "]\n";
    return result;
}

std::string text(stint::flush_in_doubt const&) {
    return "in doubt\n";
}

std::string class_of(stint::error const& e) {
    return typeid(e).name();
}

}  // namespace

void create(scratch_database& in) {
    for (auto const& statement : in.db().kind().create_tables(definitions)) in.sql(statement);
    in.sql("CREATE UNIQUE INDEX one_name ON items (name)");
    in.sql("CREATE TABLE holds (kind TEXT NOT NULL, id BIGINT NOT NULL, owner TEXT NOT NULL, until BIGINT NOT NULL, "
           "renewed " +
           std::string(in.is_postgresql() ? "timestamptz" : "INTEGER") + ", PRIMARY KEY (kind, id))");
}

void refill(scratch_database& in, stint::write_batch const& rows) {
    auto const connection = in.db().lend();
    if (in.is_postgresql()) {
        connection->execute("TRUNCATE items, parts, holds", no_deadline);
        connection->execute("ALTER TABLE items ALTER id RESTART WITH 900000000", no_deadline);
        connection->execute("ALTER TABLE parts ALTER id RESTART WITH 910000000", no_deadline);
    } else {
        for (auto const* const table : {"parts", "items", "holds", "sqlite_sequence"})
            connection->execute(std::string("DELETE FROM ") + table, no_deadline);
    }
    if (!std::holds_alternative<stint::flush_done>(connection->flush_portably(rows, no_deadline)))
        throw std::logic_error("the tables could not be filled");
}

std::string contents(scratch_database& in) {
    auto const connection = in.db().lend();
    return rows(*connection, "items", {id, version, name, quantity, checked, ratio, seen}, {{id}}) +
           rows(*connection, "parts", {id, version, item, note}, {{id}}) +
           rows(*connection, "holds", {kind, id, owner, until, renewed}, {{kind}, {id}});
}

std::string answer(std::function<stint::flush_outcome()> const& flush) {
    try {
        return std::visit([](auto const& outcome) { return text(outcome); }, flush());
    } catch (stint::database_error const& e) {
        auto const& facts = e.report();
        return class_of(e) + ' ' + facts.code + ' ' + facts.table + ' ' + facts.column + ' ' + facts.constraint + ' ' +
               std::string(to_string(e.what_next())) + '\n';
    } catch (stint::error const& e) {
        return class_of(e) + ' ' + e.what() + '\n';
    }
}

}  // namespace trial_tables
