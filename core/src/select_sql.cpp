#include "select_sql.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <utility>

#include <stint/error.hpp>

#include "sql.hpp"

namespace stint {
namespace {

// Renders a selection.
class select_writer {
public:
    select_writer(selection const& selected, dialect const& spelling) : selected_(selected), spelling_(spelling) {}

    select_text write();

private:
    std::string parameter() { return ':' + std::to_string(++parameters_); }
    std::string holds(comparison const& c);
    std::string holds_for(comparison const& c, value const& operand);

    selection const& selected_;
    dialect const&   spelling_;
    std::size_t      parameters_ = 0;
};

std::string_view operator_of(comparison::test test) noexcept {
    switch (test) {
    case comparison::test::less: return " < ";
    case comparison::test::less_equal: return " <= ";
    case comparison::test::greater: return " > ";
    case comparison::test::greater_equal: return " >= ";
    default: return " = ";
    }
}

value const& only_value(comparison const& c) {
    if (c.operands.size() != 1) throw usage_error("a comparison of column " + c.column.name + " takes one value");
    return c.operands.front();
}

// Equality is spelled so that an index serves it, which engines don't manage for the null-safe operators.
bool is_spelled_out(comparison const& c, value const& operand) noexcept {
    return is_null(operand) && (c.relation == comparison::test::equal || c.relation == comparison::test::not_equal);
}

std::string select_writer::holds(comparison const& c) {
    if (c.relation == comparison::test::any_of) return spelling_.any_of(quoted(c.column.name), parameter());
    return holds_for(c, only_value(c));
}

std::string select_writer::holds_for(comparison const& c, value const& operand) {
    auto const name = quoted(c.column.name);
    if (is_spelled_out(c, operand)) return name + (c.relation == comparison::test::equal ? " IS NULL" : " IS NOT NULL");
    if (c.relation == comparison::test::not_equal) return spelling_.different(name, parameter());
    return name + std::string(operator_of(c.relation)) + parameter();
}

select_text select_writer::write() {
    if (selected_.columns.empty()) throw usage_error("a selection from " + selected_.table + " needs a column");
    auto sql = "SELECT " + quoted_names(selected_.columns) + " FROM " + quoted_table(selected_.table);
    if (!selected_.where.empty())
        sql += " WHERE " + joined(selected_.where, " AND ", [this](comparison const& c) { return holds(c); });
    if (!selected_.order_by.empty()) {
        sql += " ORDER BY " + joined(selected_.order_by, ", ", [](ordering const& o) {
                   return quoted(o.column.name) + (o.descending ? " DESC" : "");
               });
    }
    if (has_limit(selected_)) sql += " LIMIT " + parameter();
    select_text result{.sql = std::move(sql), .types = {}};
    for (auto const& column : selected_.columns) result.types.push_back(column.type);
    return result;
}

}  // namespace

bool has_limit(selection const& selected) noexcept {
    return selected.limit && std::in_range<std::int64_t>(*selected.limit);
}

select_text select_sql(selection const& selected, dialect const& spelling) {
    return select_writer(selected, spelling).write();
}

std::vector<value> select_parameters(selection const& selected, dialect const& spelling) {
    std::vector<value> result;
    result.reserve(selected.where.size() + 1);
    for (auto const& c : selected.where) {
        if (c.relation == comparison::test::any_of) result.emplace_back(spelling.list_of(c.operands));
        else if (auto const& operand = only_value(c); !is_spelled_out(c, operand))
            result.push_back(stored(operand, c.column));
    }
    if (has_limit(selected)) result.emplace_back(static_cast<std::int64_t>(*selected.limit));
    return result;
}

// Kept.

namespace {

bool asks_for_null(comparison const& c) noexcept {
    return c.operands.size() == 1 && is_null(c.operands.front());
}

bool are_alike(comparison const& left, comparison const& right) noexcept {
    return left.relation == right.relation && left.column == right.column &&
           asks_for_null(left) == asks_for_null(right);
}

bool are_alike(ordering const& left, ordering const& right) noexcept {
    return left.descending == right.descending && left.column == right.column;
}

template <typename Part>
bool all_alike(std::vector<Part> const& left, std::vector<Part> const& right) noexcept {
    return std::ranges::equal(left, right, [](Part const& l, Part const& r) { return are_alike(l, r); });
}

}  // namespace

// Selections from one table are few: equality tells them apart.
std::size_t selection_cache::hash::operator()(selection const& selected) const noexcept {
    auto const parts = selected.columns.size() + 31 * (selected.where.size() + 31 * selected.order_by.size());
    return std::hash<std::string_view>{}(selected.table) + parts;
}

bool selection_cache::same_text::operator()(selection const& left, selection const& right) const noexcept {
    return left.table == right.table && left.columns == right.columns && all_alike(left.where, right.where) &&
           all_alike(left.order_by, right.order_by) && has_limit(left) == has_limit(right);
}

std::shared_ptr<select_text const> selection_cache::rendered(selection const& selected, dialect const& spelling) {
    if (auto* const known = texts_.find(selected)) return *known;
    auto text = std::make_shared<select_text const>(select_sql(selected, spelling));
    auto like = selected;
    for (auto& c : like.where) {
        if (!asks_for_null(c)) c.operands.clear();  // values may be large
    }
    texts_.keep(std::move(like), text);
    texts_.trim();
    return text;
}

}  // namespace stint
