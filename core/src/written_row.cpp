#include "written_row.hpp"

#include <algorithm>
#include <cassert>

namespace stint {
namespace {

bool is_of_new_row(value const& v) noexcept {
    return std::holds_alternative<key_of_row>(v);
}

}  // namespace

written_row as_given(write_batch::row const& row) {
    written_row result{row.shape, {}, {}};
    bool const  has_key = std::ranges::none_of(row.key, is_of_new_row);
    if (has_key) result.key.assign(row.key.begin(), row.key.end());
    auto given = row.assignments.begin();
    for (auto const& target : row.shape.assignments) {
        result.assigned.emplace_back();
        if (!target.takes_value()) continue;
        if (target.origin == assignment::source::given && !is_of_new_row(*given)) result.assigned.back() = *given;
        ++given;
    }
    assert(given == row.assignments.end() && "a value for each assignment that takes one");
    return result;
}

std::string key_text(std::span<value const> key) {
    std::string result;
    for (auto const& part : key) {
        auto const* const text = std::get_if<std::string>(&part);
        result += (&part == key.data() ? "" : ", ") + (text ? *text : to_string(part));
    }
    return result;
}

error_subject written_row::subject() const {
    return {.table = shape.table, .key = key_text(key)};
}

bool written_row::assigns(std::string_view column) const {
    return std::ranges::any_of(shape.assignments, [&](assignment const& a) { return a.column.name == column; });
}

bool written_row::has_null(std::string_view column) const {
    for (std::size_t i = 0; i < assigned.size(); ++i)
        if (shape.assignments[i].column.name == column) return assigned[i] && is_null(*assigned[i]);
    return false;
}

}  // namespace stint
