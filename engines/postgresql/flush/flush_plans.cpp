#include "flush_plans.hpp"

#include <algorithm>
#include <cstdint>

namespace stint {
namespace {

using namespace std::chrono_literals;

bool looks_rows_up(flush_statements::kept const& one) noexcept {
    return one.form.as_set && (one.form.what != flush_form::part::write || one.shape.action != row_action::insert);
}

std::string explain(flush_statements::kept const& one) {
    auto result = "EXPLAIN (COSTS OFF) EXECUTE " + one.statement.name;
    for (std::size_t i = 0; i < one.sql.parameters.size(); ++i) result += i == 0 ? "(NULL" : ", NULL";
    return result + ')';
}

}  // namespace

void flush_plans::note_use(flush_statements::kept& used) {
    ++used.runs;
    if (!looks_rows_up(used)) return;
    are_used_ = are_used_ || used.is_planned;
    bool const is_worth_it = !used.statement.name.empty() && !used.is_planned && used.runs > 1;
    if (is_worth_it && std::ranges::find(to_plan_, &used) == to_plan_.end()) to_plan_.push_back(&used);
}

std::vector<std::string> flush_plans::commands() const {
    std::vector<std::string> result;
    if (to_plan_.empty()) return result;
    result.emplace_back(flush_commands::plan_for_all_values);
    for (auto const* const statement : to_plan_) result.push_back(explain(*statement));
    result.emplace_back(flush_commands::plan_dearly);
    // The flush itself has made one more.
    for (int i = 1; i < flush_commands::plans_for_single_values; ++i)
        for (auto const* const statement : to_plan_) result.push_back(explain(*statement));
    result.emplace_back(flush_commands::rollback);
    return result;
}

void flush_plans::note_made() noexcept {
    for (auto* const statement : to_plan_) statement->is_planned = true;
    to_plan_.clear();
}

bool flush_plans::serve_badly(std::size_t rows, std::chrono::nanoseconds took) const noexcept {
    return are_used_ && took > 250ms + static_cast<std::int64_t>(rows) * 200us;
}

}  // namespace stint
