#include "flush_sql.hpp"

#include <algorithm>
#include <array>

#include "flush_insert.hpp"
#include "flush_writer.hpp"
#include "sql_text.hpp"

namespace stint {
namespace {

class flush_check : public flush_writer {
public:
    using flush_writer::flush_writer;

    flush_sql lock() &&;
    flush_sql check() &&;

private:
    std::string held(std::string_view columns, std::string_view clause);
    std::string refused(std::string const& conditions) const;
    std::string checked_columns() const;
};

class flush_change : public flush_writer {
public:
    using flush_writer::flush_writer;

    flush_sql update() &&;
    flush_sql remove() &&;

private:
    std::string rows_to_write(std::string const& key);
    std::string has_rows_twice() const;
};

// Checks.

std::string flush_check::held(std::string_view columns, std::string_view clause) {
    std::string result = "LATERAL (SELECT ";
    result += columns;
    result += " FROM " + table_ + " AS t WHERE " + key_of("t");
    result += clause;
    if (!clause.empty()) result += " OF t";
    return result + " OFFSET 0)";
}

std::string flush_check::checked_columns() const {
    std::vector<std::string> names;
    for (auto const& condition : shape_.conditions) names.push_back(quoted(condition.what.name));
    for (auto const& column : shape_.report) names.push_back(quoted(column.name));
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::string result = "true AS there";
    for (auto const& name : names) result += ", t." + name;
    return result;
}

std::string flush_check::refused(std::string const& conditions) const {
    auto const as_expected = "coalesce(h.there" + conditions + ", false)";
    bool const must_be_there = shape_.action != row_action::forbid && shape_.action != row_action::insert;
    return must_be_there ? "NOT " + as_expected : as_expected;
}

flush_sql flush_check::check() && {
    auto const clause = form_.lock ? spelling_.lock_clause(*form_.lock) : std::string_view{};
    auto const row = held(checked_columns(), clause);
    auto const conditions = conditions_of("h");
    bool const judges = shape_.action != row_action::lock;

    std::string list = judges ? form_.as_set ? "v.o, h.there" : "1, h.there" : "count(h.there)";
    if (judges) result_.answers = shape_.report;
    for (auto const& column : result_.answers) list += ", h." + quoted(column.name);
    if (judges && form_.what == flush_form::part::check)
        list += ", set_config('stint.refused', " + parameter({source::token}) + ", true)";
    result_.text = "SELECT " + list + " FROM " + rows_to_look_up() + " LEFT JOIN " + row + " AS h ON true";
    if (judges) result_.text += " WHERE " + refused(conditions);
    return std::move(result_);
}

flush_sql flush_check::lock() && {
    constexpr std::array strengths{row_lock::key_share, row_lock::share, row_lock::no_key_update, row_lock::update};
    auto const           key = key_of("t");
    auto const           strength = given(source::strength, 0, {});
    std::string          counts, joins;
    for (auto const each : strengths) {
        auto const number = numbered("", static_cast<std::size_t>(each));
        auto const name = numbered("h", static_cast<std::size_t>(each));
        counts += (counts.empty() ? "count(" : " + count(") + name + ".there)";
        joins += " LEFT JOIN LATERAL (SELECT true AS there FROM " + table_ + " AS t WHERE " + key + " AND " + strength +
                 " = " + number + std::string(spelling_.lock_clause(each)) + " OF t OFFSET 0) AS " + name + " ON true";
    }
    result_.text = "SELECT " + counts + " FROM " + rows_to_look_up() + joins;
    return std::move(result_);
}

// Changes.

// One row for two keys and none for another would be as many: where a key isn't unique, as over the children of an
// inherited table.
std::string flush_change::has_rows_twice() const {
    return form_.as_set ? "sum(o) <> count(*) * (count(*) + 1) / 2" : "";
}

std::string flush_change::rows_to_write(std::string const& key) {
    if (!form_.as_set || !form_.lock) return "";
    std::string result = "l AS MATERIALIZED (SELECT v.* FROM " + rows_to_look_up() + ", LATERAL (SELECT 1 FROM " +
                         table_ + " AS t WHERE " + key;
    result += spelling_.lock_clause(*form_.lock);
    return result + " OF t OFFSET 0) AS h), ";
}

flush_sql flush_change::update() && {
    result_.answers = shape_.returning;
    std::size_t given_before = 0;
    auto const  sets = joined(shape_.assignments, ", ", [&](assignment const& a) {
        return quoted(a.what.name) + " = " + assigned(a, given_before);
    });
    auto const  key = key_of("t");
    auto const  conditions = conditions_of("t");
    auto const  locked = rows_to_write(key);
    auto        with = "WITH " + locked + "w AS (UPDATE " + table_ + " AS t SET " + sets;
    if (form_.as_set) with += " FROM " + (locked.empty() ? rows_to_look_up() : "l AS v");
    with += " WHERE " + key + conditions + returning("t") + ')';
    return counted(std::move(with), {.wrong = has_rows_twice()});
}

flush_sql flush_change::remove() && {
    result_.answers = shape_.returning;
    auto const key = key_of("t");
    auto const conditions = conditions_of("t");
    auto       with = "WITH w AS (DELETE FROM " + table_ + " AS t";
    if (form_.as_set) with += " USING " + rows_to_look_up();
    with += " WHERE " + key + conditions + returning("t") + ')';
    return counted(std::move(with), {.wrong = has_rows_twice()});
}

}  // namespace

flush_sql render_flush(row_shape const& shape, flush_form const& form, postgresql_tables const& tables,
                       dialect const& spelling) {
    using part = flush_form::part;
    if (form.what == part::lock) return flush_check(shape, form, tables, spelling).lock();
    if (form.what != part::write) return flush_check(shape, form, tables, spelling).check();
    if (shape.action == row_action::insert) return flush_insert(shape, form, tables, spelling).insert();
    if (shape.action == row_action::update) return flush_change(shape, form, tables, spelling).update();
    return flush_change(shape, form, tables, spelling).remove();
}

}  // namespace stint
