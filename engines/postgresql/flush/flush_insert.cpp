// flush_insert: renders the inserts of a pipelined flush.
//
//   keys given by       the application               the database
//   one row             ON CONFLICT: a taken key      the column's default; the row that comes back is the row
//   a set               is a refused row              drawn by the statement itself: each is known by its row's number
//
// Nobody takes a key that a sequence gives, unless the sequence is behind: that may raise an error
// (flush_failure::is_of_key), and ON CONFLICT, which costs nearly as much as the insert, is left out. The drawn keys
// are one array, d.keys. Those that later rows refer to are appended to a setting of the transaction, which is s.kept
// by then: rows of the same set find them there, too.
#include <string>
#include <utility>
#include <vector>

#include <stint/detail/key_range.hpp>

#include "flush_sql.hpp"
#include "sql.hpp"

namespace stint {
namespace {

class flush_insert : public flush_writer {
public:
    using flush_writer::flush_writer;

    flush_sql insert() &&;

private:
    bool draws() const { return form_.as_set && !shape_.key_given; }
    bool finds_numbers() const { return form_.as_set && !result_.lists_keys && !result_.answers.empty(); }

    void        append(column const& column, std::string const& content);
    std::string drawn();
    std::string kept(std::string const& keys, std::string const& from) const;
    std::string inserted();
    flush_sql   checked(std::string queries);
    std::string wrong() const;
    std::string numbered_rows() const;

    std::string              columns_{}, values_{};
    std::vector<std::string> keys_{};  ///< of the rows to insert
};

void flush_insert::append(column const& column, std::string const& content) {
    columns_ += (columns_.empty() ? "" : ", ") + quoted(column.name);
    values_ += (values_.empty() ? "" : ", ") + content;
}

flush_sql flush_insert::insert() && {
    result_.answers = shape_.returning;
    result_.lists_keys = draws() && result_.answers.size() == 1;
    if (draws() && form_.referred) kept_keys_ = "(SELECT kept FROM s)";
    if (shape_.key_given || draws()) {
        for (std::size_t i = 0; i < shape_.key.size(); ++i)
            append(shape_.key[i], keys_.emplace_back(draws() ? "((SELECT keys FROM d))[v.o]" : key_part(i)));
    }
    std::size_t given_before = 0;
    for (auto const& a : shape_.assignments) append(a.column, assigned(a, given_before));

    auto queries = "WITH " + drawn() + inserted();
    if (form_.referred && !draws()) queries += ", " + kept("k1", "w");
    return checked(std::move(queries));
}

flush_sql flush_insert::checked(std::string queries) {
    if (finds_numbers()) return counted(queries + ", f AS " + numbered_rows(), {"count(o)", wrong(), "f"}, "f");
    auto const all = check{shape_.key_given ? "count(*)" : "count(k1)", wrong()};
    if (!result_.lists_keys) return counted(std::move(queries), all);
    result_.text = queries + " SELECT (SELECT keys FROM d), " + raise_unless(all) + " FROM w";
    return std::move(result_);
}

std::string flush_insert::drawn() {
    if (!draws()) return "";
    auto const* const key = tables_.new_key(shape_.table, shape_.key.front().name);
    auto const        result = "d AS MATERIALIZED (SELECT array_agg((" + (key ? *key : "NULL") +
                        ")::bigint) AS keys FROM generate_series(1, " + parameter({source::rows}) + "::bigint)), ";
    return form_.referred ? result + kept("array_to_string(keys, ',')", "d") + ", " : result;
}

std::string flush_insert::kept(std::string const& keys, std::string const& from) const {
    return "s AS MATERIALIZED (SELECT set_config('stint.keys', coalesce(current_setting('stint.keys', true), '') || " +
           keys + " || ',', true) AS kept FROM " + from + ')';
}

std::string flush_insert::inserted() {
    auto result = (finds_numbers() ? "v AS (SELECT * FROM " + rows() + "), " : "") + "w AS (INSERT INTO " + table_ +
                  " AS t" + (columns_.empty() ? "" : " (" + columns_ + ')');
    if (draws()) result += " OVERRIDING SYSTEM VALUE";
    if (columns_.empty()) {
        result += " DEFAULT VALUES";
    } else {
        result += form_.as_set ? " SELECT " + values_ + " FROM " + (finds_numbers() ? "v" : rows())
                               : " VALUES (" + values_ + ')';
    }
    if (shape_.key_given) result += " ON CONFLICT (" + quoted_names(shape_.key) + ") DO NOTHING";
    result += returning("t");
    for (std::size_t i = 0; i < shape_.key.size(); ++i)
        result += ", t." + quoted(shape_.key[i].name) + numbered(" AS k", i + 1);
    return result + ')';
}

// A trigger may exchange the keys that were drawn, even among the rows. (Should the server once answer in another
// order, the portable executor writes the rows.) Keys that are out of range are left to the portable executor, which
// tells them.
std::string flush_insert::wrong() const {
    auto const of_keys = [this](std::string const& total) {
        return finds_numbers() ? "(SELECT " + total + " FROM w)" : total;
    };
    std::vector<std::string> result;
    if (draws()) result.push_back(of_keys("array_agg(k1::bigint)") + " IS DISTINCT FROM (SELECT keys FROM d)");
    if (!shape_.key_given && shape_.key.front().type.kind == data_type::integer)
        result.push_back(of_keys("min(k1::bigint)") + " < " + std::to_string(detail::lowest_key));
    if (form_.referred) result.emplace_back("(SELECT kept FROM s) IS NULL");
    return joined(result, " OR ", [](std::string const& condition) { return condition; });
}

// By their keys. Not by a join: the planner takes an array for ten rows, and would look at each row for each row.
std::string flush_insert::numbered_rows() const {
    std::string given, keys, nothing, answers;
    for (std::size_t i = 0; i < keys_.size(); ++i) {
        given += keys_[i] + numbered(" AS k", i + 1) + ", ";
        keys += (i == 0 ? "" : ", ") + numbered("k", i + 1);
    }
    for (std::size_t i = 0; i < result_.answers.size(); ++i) {
        nothing += numbered(", NULL AS r", i + 1);
        answers += numbered(", r", i + 1);
    }
    return "(SELECT o" + answers + " FROM (SELECT is_new, lag(o) OVER (PARTITION BY " + keys +
           " ORDER BY is_new) AS o" + answers + " FROM (SELECT " + given + "o, false AS is_new" + nothing +
           " FROM v UNION ALL SELECT " + keys + ", NULL, true" + answers + " FROM w) AS u) AS n WHERE is_new)";
}

}  // namespace

flush_sql render_insert(row_shape const& shape, flush_form const& form, postgresql_tables const& tables,
                        dialect const& spelling) {
    return flush_insert(shape, form, tables, spelling).insert();
}

}  // namespace stint
