#include "flush_writer.hpp"

#include "sql_text.hpp"
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

std::string flush_writer::parameter(flush_parameter what) {
    result_.parameters.push_back(std::move(what));
    return numbered("$", result_.parameters.size());
}

std::string flush_writer::given(source from, std::size_t index, column const& where) {
    bool const is_number = from == source::key_reference || from == source::assignment_reference ||
                           from == source::strength;
    auto const name = parameter({from, index, where});
    if (!form_.as_set) return is_number ? name + "::int" : name;
    auto const of_texts = form_.has_nulls ? "::text[]::" : "::";
    arrays_.push_back(name + of_texts + (is_number ? "int" : tables_.type_of(shape_.table, where.name)) + "[]");
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
    auto const& where = shape_.key[index];
    if (!may_refer(index)) return given(source::key, index, where);
    auto const number = given(source::key_reference, index, where);
    if (!form_.as_set) return referred(number);
    return either(number, given(source::key, index, where));
}

std::string flush_writer::given_assignment(std::size_t index, column const& where) {
    if (!may_refer(shape_.key.size() + index)) return given(source::assignment, index, where);
    auto const number = given(source::assignment_reference, index, where);
    if (!form_.as_set) return referred(number);
    return either(number, given(source::assignment, index, where));
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

std::string flush_writer::rows() {
    if (!form_.as_set) return "(SELECT 1) AS v";
    if (arrays_.empty()) return "generate_series(1, " + parameter({source::rows}) + "::bigint) AS v(o)";
    std::string names;
    for (std::size_t i = 0; i < arrays_.size(); ++i) names += numbered("p", i + 1) + ", ";
    return "unnest(" + joined(arrays_, ", ", [](std::string const& one) { return one; }) + ") WITH ORDINALITY AS v(" +
           names + "o)";
}

std::string flush_writer::rows_to_look_up() {
    auto const all = rows();
    if (!form_.as_set) return all;
    auto const name = all.rfind(" AS v(");
    return "(SELECT * FROM " + all.substr(0, name) + " LIMIT (SELECT " + parameter({source::rows}) + "::bigint))" +
           all.substr(name);
}

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

std::string flush_writer::raise_unless(check const& all) {
    auto const rows = form_.as_set ? parameter({source::rows}) + "::bigint" : std::string("1");
    return "CASE WHEN " + all.count + " <> " + rows + (all.wrong.empty() ? "" : " OR " + all.wrong) + " THEN (" +
           parameter({source::token}) + "::text || count(*)::text)::int END";
}

// The answers hang on the count by an outer join: so it is computed, and raises its error, also where there is none.
flush_sql flush_writer::counted(std::string with, check all, std::string const& answered) {
    for (std::size_t i = 0; i < result_.answers.size(); ++i)
        if (is_version(shape_, result_.answers[i]))
            all.wrong += (all.wrong.empty() ? "" : " OR ") + numbered("count(r", i + 1) + ") <> count(*)";
    if (result_.answers.empty()) {
        result_.text = with + " SELECT " + raise_unless(all) + " FROM " + all.of;
        return std::move(result_);
    }
    std::string list = form_.as_set ? "o" : "1";
    for (std::size_t i = 0; i < result_.answers.size(); ++i) list += numbered(", r", i + 1);
    result_.text = with + ", c AS (SELECT " + raise_unless(all) + " AS few FROM " + all.of + ") SELECT " + list +
                   " FROM c LEFT JOIN " + answered + " ON c.few IS NULL";
    return std::move(result_);
}

}  // namespace stint
