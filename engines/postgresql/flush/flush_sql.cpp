#include "flush_sql.hpp"

#include <algorithm>
#include <array>

#include "row_sql.hpp"
#include "sql.hpp"
#include "table_check.hpp"

namespace stint {
namespace {

// Else an answer that can't be read would be noticed after COMMIT.
std::string_view cast_to(data_type kind) noexcept {
    switch (kind) {
    case data_type::boolean: return "::boolean";
    case data_type::integer: return "::bigint";
    case data_type::real: return "::float8";
    case data_type::text: return "::text";
    case data_type::numeric: return "::numeric";
    case data_type::instant: break;  // a timestamp without time zone would be moved
    }
    return "";
}

}  // namespace

std::string flush_writer::numbered(std::string name, std::size_t number) {
    name += std::to_string(number);
    return name;
}

std::string flush_writer::parameter(flush_parameter described) {
    result_.parameters.push_back(std::move(described));
    return numbered("$", result_.parameters.size());
}

std::string flush_writer::given(source origin, std::size_t index, column const& column) {
    bool const is_number = origin == source::key_reference || origin == source::assignment_reference ||
                           origin == source::strength;
    auto const name = parameter({origin, index, column});
    if (!form_.as_set) return is_number ? name + "::int" : name;
    auto const of_texts = form_.has_nulls ? "::text[]::" : "::";
    arrays_.push_back(name + of_texts + (is_number ? "int" : tables_.type_of(shape_.table, column.name)) + "[]");
    return numbered("v.p", arrays_.size());
}

// Kept in one list with commas behind, so that others can be appended.
std::string flush_writer::referred(std::string const& number) const {
    return "((SELECT ('{' || rtrim(" + kept_keys_ + ", ',') || '}')::bigint[]))[" + number + ']';
}

std::string flush_writer::either(std::string const& number, std::string const& given) const {
    return "CASE WHEN " + number + " > 0 THEN " + referred(number) + " ELSE " + given + " END";
}

std::string flush_writer::key_part(std::size_t index) {
    auto const& column = shape_.key[index];
    if (!may_refer(index)) return given(source::key, index, column);
    auto const number = given(source::key_reference, index, column);
    if (!form_.as_set) return referred(number);
    return either(number, given(source::key, index, column));
}

std::string flush_writer::given_assignment(std::size_t index, column const& column) {
    if (!may_refer(shape_.key.size() + index)) return given(source::assignment, index, column);
    auto const number = given(source::assignment_reference, index, column);
    if (!form_.as_set) return referred(number);
    return either(number, given(source::assignment, index, column));
}

std::string flush_writer::key_of(std::string_view row) {
    std::string result;
    for (std::size_t i = 0; i < shape_.key.size(); ++i) {
        if (i > 0) result += " AND ";
        result += std::string(row) + '.' + quoted(shape_.key[i].name) + " = " + key_part(i);
    }
    return result;
}

std::string flush_writer::conditions_of(std::string_view row) {
    std::string result;
    std::size_t values = 0;
    for (auto const& condition : shape_.conditions)
        result += " AND " + condition_sql(condition, std::string(row) + '.' + quoted(condition.column.name), spelling_,
                                          [&] { return given(source::condition, values++, condition.column); });
    return result;
}

std::string flush_writer::rows() {
    if (!form_.as_set) return "(SELECT 1) AS v";
    if (arrays_.empty()) return "generate_series(1, " + parameter({source::rows}) + "::bigint) AS v(o)";
    std::string names;
    for (std::size_t i = 0; i < arrays_.size(); ++i) names += numbered("p", i + 1) + ", ";
    return "unnest(" + joined(arrays_, ", ", [](std::string const& array) { return array; }) +
           ") WITH ORDINALITY AS v(" + names + "o)";
}

std::string flush_writer::rows_to_look_up() {
    auto const all = rows();
    if (!form_.as_set) return all;
    auto const name = all.rfind(" AS v(");
    return "(SELECT * FROM " + all.substr(0, name) + " LIMIT (SELECT " + parameter({source::rows}) + "::bigint))" +
           all.substr(name);
}

std::string flush_writer::assigned(assignment const& a, std::size_t& given_before) {
    auto const content = [&] { return given_assignment(given_before++, a.column); };
    return shape_.action == row_action::insert
               ? new_content_sql(a, spelling_, content)
               : changed_content_sql(a, "t." + quoted(a.column.name), spelling_, content);
}

std::string flush_writer::returning(std::string_view row) const {
    std::vector<std::string> list;
    if (form_.as_set && shape_.action != row_action::insert) list.push_back("v.o");
    for (std::size_t i = 0; i < result_.answers.size(); ++i) {
        auto const& column = result_.answers[i];
        auto        item = std::string(row) + '.' + quoted(column.name);
        item += cast_to(column.type.kind);
        list.push_back(item + numbered(" AS r", i + 1));
    }
    if (list.empty()) list.emplace_back("1");
    return " RETURNING " + joined(list, ", ", [](std::string const& item) { return item; });
}

std::string flush_writer::raise_unless(check const& all) {
    auto const rows = form_.as_set ? parameter({source::rows}) + "::bigint" : std::string("1");
    return "CASE WHEN " + all.count + " <> " + rows + (all.wrong.empty() ? "" : " OR " + all.wrong) + " THEN (" +
           parameter({source::token}) + "::text || count(*)::text)::int END";
}

// The answers hang on the count by an outer join: so it is computed, and raises its error, also where there is none.
flush_sql flush_writer::counted(std::string queries, check all, std::string const& answered) {
    for (std::size_t i = 0; i < result_.answers.size(); ++i)
        if (is_version(shape_, result_.answers[i]))
            all.wrong += (all.wrong.empty() ? "" : " OR ") + numbered("count(r", i + 1) + ") <> count(*)";
    if (result_.answers.empty()) {
        result_.text = queries + " SELECT " + raise_unless(all) + " FROM " + all.rows;
        return std::move(result_);
    }
    std::string list = form_.as_set ? "o" : "1";
    for (std::size_t i = 0; i < result_.answers.size(); ++i) list += numbered(", r", i + 1);
    result_.text = queries + ", c AS (SELECT " + raise_unless(all) + " AS few FROM " + all.rows + ") SELECT " + list +
                   " FROM c LEFT JOIN " + answered + " ON c.few IS NULL";
    return std::move(result_);
}

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
    for (auto const& condition : shape_.conditions) names.push_back(quoted(condition.column.name));
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
    if (judges && form_.task == flush_task::check)
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
        return quoted(a.column.name) + " = " + assigned(a, given_before);
    });
    auto const  key = key_of("t");
    auto const  conditions = conditions_of("t");
    auto const  locked = rows_to_write(key);
    auto        queries = "WITH " + locked + "w AS (UPDATE " + table_ + " AS t SET " + sets;
    if (form_.as_set) queries += " FROM " + (locked.empty() ? rows_to_look_up() : "l AS v");
    queries += " WHERE " + key + conditions + returning("t") + ')';
    return counted(std::move(queries), {.wrong = has_rows_twice()});
}

flush_sql flush_change::remove() && {
    result_.answers = shape_.returning;
    auto const key = key_of("t");
    auto const conditions = conditions_of("t");
    auto       queries = "WITH w AS (DELETE FROM " + table_ + " AS t";
    if (form_.as_set) queries += " USING " + rows_to_look_up();
    queries += " WHERE " + key + conditions + returning("t") + ')';
    return counted(std::move(queries), {.wrong = has_rows_twice()});
}

}  // namespace

flush_sql render_flush(row_shape const& shape, flush_form const& form, postgresql_tables const& tables,
                       dialect const& spelling) {
    if (form.task == flush_task::lock) return flush_check(shape, form, tables, spelling).lock();
    if (form.task != flush_task::write) return flush_check(shape, form, tables, spelling).check();
    if (shape.action == row_action::insert) return render_insert(shape, form, tables, spelling);
    if (shape.action == row_action::update) return flush_change(shape, form, tables, spelling).update();
    return flush_change(shape, form, tables, spelling).remove();
}

}  // namespace stint
