#include "row_sql.hpp"

#include <algorithm>

#include <stint/error.hpp>

#include "sql.hpp"

namespace stint {
namespace {

// Writes the statements for rows, and notes what its parameters stand for.
class row_writer {
public:
    row_writer(row_shape const& shape, dialect const& spelling) : shape_(shape), spelling_(spelling) {}

    row_statement insert() &&;
    row_statement update() &&;
    row_statement remove() &&;
    row_statement check(std::optional<row_lock> lock) &&;

private:
    using part = row_statement::part;

    std::string parameter(part values, column const& column) {
        auto const index = static_cast<std::size_t>(
            std::ranges::count(result_.bindings, values, &row_statement::binding::values));
        result_.bindings.push_back({values, index, &column});
        return ':' + std::to_string(result_.bindings.size());
    }

    std::string key_is_given() {
        return joined(shape_.key, " AND ",
                      [this](column const& key) { return quoted(key.name) + " = " + parameter(part::key, key); });
    }
    std::string holds(condition const& c) {
        return condition_sql(c, quoted(c.column.name), spelling_, [&] { return parameter(part::condition, c.column); });
    }
    std::string where() {
        auto result = " WHERE " + key_is_given();
        for (auto const& condition : shape_.conditions) result += " AND " + holds(condition);
        return result;
    }
    std::string new_content(assignment const& a) {
        return new_content_sql(a, spelling_, [&] { return parameter(part::assignment, a.column); });
    }
    std::string changed_content(assignment const& a) {
        return changed_content_sql(a, quoted(a.column.name), spelling_,
                                   [&] { return parameter(part::assignment, a.column); });
    }

    std::string   checked_columns() const;
    void          answer(std::vector<column> const& columns);
    row_statement returning(std::string sql);

    row_shape const& shape_;
    dialect const&   spelling_;
    row_statement    result_;
};

void row_writer::answer(std::vector<column> const& columns) {
    for (auto const& column : columns) result_.types.push_back(column.type);
}

row_statement row_writer::returning(std::string sql) {
    if (!shape_.returning.empty()) sql += " RETURNING " + quoted_names(shape_.returning);
    answer(shape_.returning);
    result_.sql = std::move(sql);
    return std::move(result_);
}

row_statement row_writer::insert() && {
    std::string columns, values;
    auto const  append = [&](std::string const& name, std::string const& content) {
        columns += (columns.empty() ? "" : ", ") + quoted(name);
        values += (values.empty() ? "" : ", ") + content;
    };
    if (shape_.key_given) {
        for (auto const& key : shape_.key) append(key.name, parameter(part::key, key));
    }
    for (auto const& a : shape_.assignments) append(a.column.name, new_content(a));

    auto sql = "INSERT INTO " + quoted_table(shape_.table);
    sql += columns.empty() ? " DEFAULT VALUES" : " (" + columns + ") VALUES (" + values + ')';
    if (shape_.key_given || spelling_.gives_taken_keys())
        sql += " ON CONFLICT (" + quoted_names(shape_.key) + ") DO NOTHING";
    return returning(std::move(sql));
}

row_statement row_writer::update() && {
    auto sql = "UPDATE " + quoted_table(shape_.table) + " SET " +
               joined(shape_.assignments, ", ",
                      [this](assignment const& a) { return quoted(a.column.name) + " = " + changed_content(a); });
    sql += where();
    return returning(std::move(sql));
}

row_statement row_writer::remove() && {
    auto sql = "DELETE FROM " + quoted_table(shape_.table) + where();
    return returning(std::move(sql));
}

std::string row_writer::checked_columns() const {
    std::vector<column> needed = shape_.report;
    for (auto const& condition : shape_.conditions) needed.push_back(condition.column);
    std::ranges::sort(needed, {}, &column::name);
    auto const same_name = [](column const& a, column const& b) { return a.name == b.name; };
    needed.erase(std::unique(needed.begin(), needed.end(), same_name), needed.end());
    return needed.empty() ? "1" : quoted_names(needed);
}

// The row is locked in a query of its own inside: what stands in the select list beside a lock clause is computed
// before the wait for the lock, and a condition on the clock would be judged too early.
row_statement row_writer::check(std::optional<row_lock> lock) && {
    std::vector<std::string> answers;
    for (auto const& condition : shape_.conditions) answers.push_back(holds(condition));
    for (auto const& column : shape_.report) answers.push_back(quoted(column.name));
    auto const list = answers.empty() ? "1" : joined(answers, ", ", [](std::string const& text) { return text; });

    auto const from = quoted_table(shape_.table) + " WHERE " + key_is_given();
    auto const clause = lock ? spelling_.lock_clause(*lock) : std::string_view{};
    result_.sql = clause.empty() ? "SELECT " + list + " FROM " + from
                                 : "SELECT " + list + " FROM (SELECT " + checked_columns() + " FROM " + from +
                                       std::string(clause) + ") AS held";
    result_.types.assign(shape_.conditions.size(), {data_type::boolean});
    answer(shape_.report);
    if (answers.empty()) result_.types.push_back({data_type::integer});
    return std::move(result_);
}

}  // namespace

std::string condition_sql(condition const& c, std::string const& name, dialect const& spelling,
                          spelled_value const& given) {
    switch (c.relation) {
    case condition::test::equals: return spelling.same(name, given());
    case condition::test::differs: return spelling.different(name, given());
    case condition::test::later_than_clock: break;
    }
    return '(' + name + " > " + spelling.clock(c.column.type.kind) + ')';
}

std::string new_content_sql(assignment const& a, dialect const& spelling, spelled_value const& given) {
    switch (a.origin) {
    case assignment::source::given:
    case assignment::source::raise: return given();
    case assignment::source::clock: return spelling.clock(a.column.type.kind);
    case assignment::source::next_version: break;
    }
    return "1";
}

std::string changed_content_sql(assignment const& a, std::string const& name, dialect const& spelling,
                                spelled_value const& given) {
    auto const content = new_content_sql(a, spelling, given);
    bool const adds = a.origin == assignment::source::raise || a.origin == assignment::source::next_version;
    return adds ? name + " + " + content : content;
}

row_statement write_sql(row_shape const& shape, dialect const& spelling) {
    auto writer = row_writer(shape, spelling);
    switch (shape.action) {
    case row_action::insert: return std::move(writer).insert();
    case row_action::update: return std::move(writer).update();
    case row_action::remove: return std::move(writer).remove();
    default: throw usage_error("a guard on " + shape.table + " writes nothing");
    }
}

row_statement check_sql(row_shape const& shape, std::optional<row_lock> lock, dialect const& spelling) {
    return row_writer(shape, spelling).check(lock);
}

}  // namespace stint
