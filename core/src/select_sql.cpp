#include <utility>

#include <stint/error.hpp>

#include "sql.hpp"
#include "sql_text.hpp"

namespace stint {
namespace {

// Renders a selection.
class select_writer {
public:
    select_writer(selection const& what, dialect const& spelling) : what_(what), spelling_(spelling) {}

    select_statement write() &&;

private:
    std::string parameter(value v) {
        result_.parameters.push_back(std::move(v));
        return ':' + std::to_string(result_.parameters.size());
    }
    std::string holds(comparison const& c);
    std::string holds_for(comparison const& c, value const& with);

    selection const& what_;
    dialect const&   spelling_;
    select_statement result_;
};

std::string_view operator_of(comparison::test how) noexcept {
    switch (how) {
    case comparison::test::less: return " < ";
    case comparison::test::less_equal: return " <= ";
    case comparison::test::greater: return " > ";
    case comparison::test::greater_equal: return " >= ";
    default: return " = ";
    }
}

std::string select_writer::holds(comparison const& c) {
    if (c.how == comparison::test::any_of)
        return spelling_.any_of(quoted(c.what.name), parameter(spelling_.list_of(c.with)));
    if (c.with.size() != 1) throw usage_error("a comparison of column " + c.what.name + " takes one value");
    return holds_for(c, c.with.front());
}

// Equality is spelled so that an index serves it, which engines don't manage for the null-safe operators.
std::string select_writer::holds_for(comparison const& c, value const& with) {
    auto const name = quoted(c.what.name);
    if (is_null(with) && c.how == comparison::test::equal) return name + " IS NULL";
    if (is_null(with) && c.how == comparison::test::not_equal) return name + " IS NOT NULL";
    auto const compared = parameter(stored(with, c.what));
    if (c.how == comparison::test::not_equal) return spelling_.different(name, compared);
    return name + std::string(operator_of(c.how)) + compared;
}

select_statement select_writer::write() && {
    if (what_.columns.empty()) throw usage_error("a selection from " + what_.table + " needs a column");
    auto& sql = result_.sql = "SELECT " + quoted_names(what_.columns) + " FROM " + quoted_table(what_.table);
    if (!what_.where.empty())
        sql += " WHERE " + joined(what_.where, " AND ", [this](comparison const& c) { return holds(c); });
    if (!what_.order_by.empty()) {
        sql += " ORDER BY " + joined(what_.order_by, ", ", [](ordering const& o) {
                   return quoted(o.what.name) + (o.descending ? " DESC" : "");
               });
    }
    if (what_.limit && std::in_range<std::int64_t>(*what_.limit))
        sql += " LIMIT " + parameter(static_cast<std::int64_t>(*what_.limit));
    for (auto const& column : what_.columns) result_.types.push_back(column.type);
    return std::move(result_);
}

}  // namespace

select_statement select_sql(selection const& what, dialect const& spelling) {
    return select_writer(what, spelling).write();
}

}  // namespace stint
