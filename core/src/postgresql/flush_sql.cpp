#include "flush_sql.hpp"

#include <algorithm>
#include <array>

#include "../sql.hpp"
#include "../sql_text.hpp"

namespace stint {
namespace {

using source = flush_parameter::source;

// In one list with commas behind, so that a set of keys can be appended to others.
constexpr std::string_view drawn_keys =
    "((SELECT ('{' || rtrim(current_setting('stint.keys'), ',') || '}')::bigint[]))";

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

std::string numbered(std::string name, std::size_t number) {
    name += std::to_string(number);
    return name;
}

class flush_writer {
public:
    flush_writer(row_shape const& shape, flush_form const& form, postgresql_tables const& tables,
                 dialect const& spelling)
        : shape_(shape), form_(form), tables_(tables), spelling_(spelling), table_(quoted_table(shape.table)) {}

    flush_sql draw() &&;
    flush_sql lock() &&;
    flush_sql check() &&;
    flush_sql insert() &&;
    flush_sql update() &&;
    flush_sql remove() &&;

private:
    std::string parameter(flush_parameter what);
    std::string given(source from, std::size_t index, column const& where);
    std::string key_part(std::size_t index);
    std::string given_assignment(std::size_t index, column const& where);
    std::string referred(std::string const& number) const { return std::string(drawn_keys) + '[' + number + ']'; }
    bool may_refer(std::size_t place) const { return place < form_.references.size() && form_.references[place]; }

    std::string key_of(std::string_view row);
    std::string conditions_of(std::string_view row);
    std::string held(std::string_view columns, std::string_view clause);
    std::string refused(std::string const& conditions) const;
    std::string checked_columns() const;

    std::string rows() const;
    std::string rows_to_write(std::string const& key);
    std::string assigned(assignment const& a, std::size_t& given_before);
    std::string returning(std::string_view row) const;
    std::string key_columns() const;
    std::string numbered_rows(std::vector<std::string> const& keys) const;
    std::string has_other_keys(std::string const& drawn) const;
    std::string has_rows_twice() const;
    std::string raise_unless_all(std::string const& count, std::string const& wrong);
    flush_sql   counted(std::string with, std::string const& written, std::string const& count = "count(*)",
                        std::string const& wrong = "");

    row_shape const&         shape_;
    flush_form const&        form_;
    postgresql_tables const& tables_;
    dialect const&           spelling_;
    std::string              table_;
    flush_sql                result_;
    std::vector<std::string> arrays_;  ///< of a set: the parameters that rows() takes apart
};

std::string flush_writer::parameter(flush_parameter what) {
    result_.parameters.push_back(std::move(what));
    return numbered("$", result_.parameters.size());
}

std::string flush_writer::given(source from, std::size_t index, column const& where) {
    bool const is_number = from == source::key_reference || from == source::assignment_reference ||
                           from == source::drawn_key || from == source::strength;
    auto const name = parameter({from, index, where});
    if (!form_.as_set) return is_number ? name + "::int" : name;
    arrays_.push_back(name + "::" + (is_number ? "int" : tables_.type_of(shape_.table, where.name)) + "[]");
    return numbered("v.p", arrays_.size());
}

std::string flush_writer::key_part(std::size_t index) {
    auto const& where = shape_.key[index];
    if (form_.drawn) return referred(given(source::drawn_key, index, where));
    if (!may_refer(index)) return given(source::key, index, where);
    auto const number = given(source::key_reference, index, where);
    if (!form_.as_set) return referred(number);
    return "coalesce(" + given(source::key, index, where) + ", " + referred(number) + ')';
}

std::string flush_writer::given_assignment(std::size_t index, column const& where) {
    if (!may_refer(shape_.key.size() + index)) return given(source::assignment, index, where);
    auto const number = given(source::assignment_reference, index, where);
    if (!form_.as_set) return referred(number);
    return "coalesce(" + given(source::assignment, index, where) + ", " + referred(number) + ')';
}

/// Must be asked for once: each part of it becomes a parameter.
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
    for (auto const& condition : shape_.conditions) {
        auto const name = std::string(row) + '.' + quoted(condition.what.name);
        result += " AND ";
        if (!condition.takes_value()) {
            result += '(' + name + " > " + spelling_.clock(condition.what.type.kind) + ')';
            continue;
        }
        auto const with = given(source::condition, values++, condition.what);
        result += condition.how == condition::test::equals ? spelling_.same(name, with)
                                                           : spelling_.different(name, with);
    }
    return result;
}

std::string flush_writer::rows() const {
    if (!form_.as_set) return "(SELECT 1) AS v";
    std::string names;
    for (std::size_t i = 0; i < arrays_.size(); ++i) names += numbered("p", i + 1) + ", ";
    return "unnest(" + joined(arrays_, ", ", [](std::string const& one) { return one; }) + ") WITH ORDINALITY AS v(" +
           names + "o)";
}

// Checks.

std::string flush_writer::held(std::string_view columns, std::string_view clause) {
    std::string result = "LATERAL (SELECT ";
    result += columns;
    result += " FROM " + table_ + " AS t WHERE " + key_of("t");
    result += clause;
    if (!clause.empty()) result += " OF t";
    return result + " OFFSET 0)";
}

std::string flush_writer::checked_columns() const {
    std::vector<std::string> names;
    for (auto const& condition : shape_.conditions) names.push_back(quoted(condition.what.name));
    for (auto const& column : shape_.report) names.push_back(quoted(column.name));
    std::ranges::sort(names);
    names.erase(std::unique(names.begin(), names.end()), names.end());
    std::string result = "true AS there";
    for (auto const& name : names) result += ", t." + name;
    return result;
}

std::string flush_writer::refused(std::string const& conditions) const {
    auto const as_expected = "coalesce(h.there" + conditions + ", false)";
    bool const must_be_there = shape_.action != row_action::forbid && shape_.action != row_action::insert;
    return must_be_there ? "NOT " + as_expected : as_expected;
}

flush_sql flush_writer::check() && {
    auto const clause = form_.lock ? spelling_.lock_clause(*form_.lock) : std::string_view{};
    auto const row = held(checked_columns(), clause);
    auto const conditions = conditions_of("h");
    bool const judges = shape_.action != row_action::lock;

    std::string list = judges ? form_.as_set ? "v.o, h.there" : "1, h.there" : "count(h.there)";
    if (judges) result_.answers = shape_.report;
    for (auto const& column : result_.answers) list += ", h." + quoted(column.name);
    if (judges && form_.what == flush_form::part::check)
        list += ", set_config('stint.refused', " + parameter({source::token}) + ", true)";
    result_.text = "SELECT " + list + " FROM " + rows() + " LEFT JOIN " + row + " AS h ON true";
    if (judges) result_.text += " WHERE " + refused(conditions);
    return std::move(result_);
}

flush_sql flush_writer::lock() && {
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
    result_.text = "SELECT " + counts + " FROM " + rows() + joins;
    return std::move(result_);
}

// Writes.

std::string flush_writer::assigned(assignment const& a, std::size_t& given_before) {
    using from = assignment::source;
    bool const inserts = shape_.action == row_action::insert;
    auto const old = "t." + quoted(a.what.name);
    switch (a.from) {
    case from::given: return given_assignment(given_before++, a.what);
    case from::raise: {
        auto const by = given_assignment(given_before++, a.what);
        return inserts ? by : old + " + " + by;
    }
    case from::clock: return spelling_.clock(a.what.type.kind);
    case from::next_version: break;
    }
    return inserts ? "1" : old + " + 1";
}

std::string flush_writer::returning(std::string_view row) const {
    std::vector<std::string> list;
    if (form_.as_set && shape_.action != row_action::insert) list.push_back("v.o");
    for (std::size_t i = 0; i < result_.answers.size(); ++i) {
        auto const& column = result_.answers[i];
        auto        one = std::string(row) + '.' + quoted(column.name);
        one += cast_to(column.type.kind);
        list.push_back(one + numbered(" AS r", i + 1));
    }
    if (list.empty()) list.emplace_back("1");
    return " RETURNING " + joined(list, ", ", [](std::string const& one) { return one; });
}

// One row for two keys and none for another would be as many: where a key isn't unique, as over the children of an inherited table.
std::string flush_writer::has_rows_twice() const {
    return form_.as_set ? "sum(o) <> count(*) * (count(*) + 1) / 2" : "";
}

std::string flush_writer::raise_unless_all(std::string const& count, std::string const& wrong) {
    auto const rows = form_.as_set ? parameter({source::rows}) + "::bigint" : std::string("1");
    return "CASE WHEN " + count + " <> " + rows + (wrong.empty() ? "" : " OR " + wrong) + " THEN (" +
           parameter({source::token}) + "::text || count(*)::text)::int END";
}

// The answers hang on the count by an outer join: so it is computed, and raises its error, also where there is none.
flush_sql flush_writer::counted(std::string with, std::string const& written, std::string const& count,
                                std::string const& wrong) {
    if (result_.answers.empty()) {
        result_.text = with + " SELECT " + raise_unless_all(count, wrong) + " FROM " + written;
        return std::move(result_);
    }
    std::string list = form_.as_set ? "o" : "1";
    for (std::size_t i = 0; i < result_.answers.size(); ++i) list += numbered(", r", i + 1);
    result_.text = with + ", c AS (SELECT " + raise_unless_all(count, wrong) + " AS few FROM " + written + ") SELECT " +
                   list + " FROM c LEFT JOIN " + written + " ON c.few IS NULL";
    return std::move(result_);
}

std::string flush_writer::rows_to_write(std::string const& key) {
    if (!form_.as_set || !form_.lock) return "";
    std::string result = "l AS MATERIALIZED (SELECT v.* FROM " + rows() + ", LATERAL (SELECT 1 FROM " + table_ +
                         " AS t WHERE " + key;
    result += spelling_.lock_clause(*form_.lock);
    return result + " OF t OFFSET 0) AS h), ";
}

flush_sql flush_writer::update() && {
    result_.answers = shape_.returning;
    std::size_t given_before = 0;
    auto const  sets = joined(shape_.assignments, ", ", [&](assignment const& a) {
        return quoted(a.what.name) + " = " + assigned(a, given_before);
    });
    auto const  key = key_of("t");
    auto const  conditions = conditions_of("t");
    auto const  locked = rows_to_write(key);
    auto        with = "WITH " + locked + "w AS (UPDATE " + table_ + " AS t SET " + sets;
    if (form_.as_set) with += " FROM " + (locked.empty() ? rows() : "l AS v");
    with += " WHERE " + key + conditions + returning("t") + ')';
    return counted(std::move(with), "w", "count(*)", has_rows_twice());
}

flush_sql flush_writer::remove() && {
    result_.answers = shape_.returning;
    auto const key = key_of("t");
    auto const conditions = conditions_of("t");
    auto       with = "WITH w AS (DELETE FROM " + table_ + " AS t";
    if (form_.as_set) with += " USING " + rows();
    with += " WHERE " + key + conditions + returning("t") + ')';
    return counted(std::move(with), "w", "count(*)", has_rows_twice());
}

std::string flush_writer::key_columns() const {
    std::string result;
    for (std::size_t i = 0; i < shape_.key.size(); ++i) result += (i == 0 ? "" : ", ") + numbered("k", i + 1);
    return result;
}

// Finds the numbers of new rows by their keys. Not by a join: the planner takes an array for ten rows, and would look at each row for
// each row.
std::string flush_writer::numbered_rows(std::vector<std::string> const& keys) const {
    std::string given, nothing, answers;
    for (std::size_t i = 0; i < keys.size(); ++i) given += keys[i] + numbered(" AS k", i + 1) + ", ";
    for (std::size_t i = 0; i < result_.answers.size(); ++i) {
        nothing += numbered(", NULL AS r", i + 1);
        answers += numbered(", r", i + 1);
    }
    return "(SELECT o" + answers + " FROM (SELECT is_new, lag(o) OVER (PARTITION BY " + key_columns() +
           " ORDER BY is_new) AS o" + answers + " FROM (SELECT " + given + "o, false AS is_new" + nothing +
           " FROM v UNION ALL SELECT " + key_columns() + ", NULL, true" + answers +
           " FROM w) AS u) AS n WHERE is_new) AS f";
}

// Whether the new rows have the keys that were drawn for them, which a trigger may exchange.
std::string flush_writer::has_other_keys(std::string const& drawn) const {
    return "sum(hashint8extended(k1, 0)) IS DISTINCT FROM (SELECT sum(hashint8extended(" + drawn + ", 0)) FROM v)";
}

flush_sql flush_writer::insert() && {
    auto const& keys = shape_.key;
    result_.answers = shape_.returning;
    if (form_.drawn) result_.answers.erase(result_.answers.begin());

    std::string              columns, values;
    std::vector<std::string> given_keys;
    auto const               append = [&](column const& where, std::string const& content) {
        columns += (columns.empty() ? "" : ", ") + quoted(where.name);
        values += (values.empty() ? "" : ", ") + content;
    };
    if (shape_.key_given || form_.drawn) {
        for (std::size_t i = 0; i < keys.size(); ++i) append(keys[i], given_keys.emplace_back(key_part(i)));
    }
    std::size_t given_before = 0;
    for (auto const& a : shape_.assignments) append(a.what, assigned(a, given_before));

    auto with = "WITH " + (form_.as_set ? "v AS (SELECT * FROM " + rows() + "), " : "") + "w AS (INSERT INTO " +
                table_ + " AS t";
    with += columns.empty() ? "" : " (" + columns + ')';
    if (form_.drawn) with += " OVERRIDING SYSTEM VALUE";
    if (columns.empty()) {
        with += " DEFAULT VALUES";
    } else {
        with += form_.as_set ? " SELECT " + values + " FROM v" : " VALUES (" + values + ')';
    }
    with += " ON CONFLICT (" + quoted_names(keys) + ") DO NOTHING" + returning("t");
    for (std::size_t i = 0; i < keys.size(); ++i) with += ", t." + quoted(keys[i].name) + numbered(" AS k", i + 1);
    with += ')';
    if (!form_.as_set && form_.drawn)
        return counted(std::move(with), "(SELECT * FROM w WHERE k1 = " + given_keys.front() + ") AS f");
    if (form_.as_set && !result_.answers.empty())
        return counted(std::move(with), numbered_rows(given_keys), "count(o)");
    auto const wrong = form_.drawn ? has_other_keys(given_keys.front()) : "";
    return counted(std::move(with), "w", "count(*)", wrong);
}

// Answers the keys with commas between; a key that is null stops the flush, since it would take another's number.
flush_sql flush_writer::draw() && {
    auto const* const key = tables_.new_key(shape_.table, shape_.key.front().name);
    auto const        rows = parameter({source::rows}) + "::bigint";
    result_.text = "WITH d AS MATERIALIZED (SELECT (" + (key ? *key : "NULL") +
                   ")::bigint AS id FROM generate_series(1, " + rows +
                   ")) SELECT string_agg(id::text, ','), CASE WHEN count(id) <> " + rows + " THEN (" +
                   parameter({source::token}) +
                   "::text || count(id)::text)::int END, set_config('stint.keys', "
                   "coalesce(current_setting('stint.keys', true), '') || string_agg(id::text, ',') || ',', true) "
                   "FROM d";
    return std::move(result_);
}

}  // namespace

flush_sql render_flush(row_shape const& shape, flush_form const& form, postgresql_tables const& tables,
                       dialect const& spelling) {
    using part = flush_form::part;
    auto writer = flush_writer(shape, form, tables, spelling);
    switch (form.what) {
    case part::draw: return std::move(writer).draw();
    case part::lock: return std::move(writer).lock();
    case part::check:
    case part::look: return std::move(writer).check();
    case part::write: break;
    }
    if (shape.action == row_action::insert) return std::move(writer).insert();
    if (shape.action == row_action::update) return std::move(writer).update();
    return std::move(writer).remove();
}

}  // namespace stint
