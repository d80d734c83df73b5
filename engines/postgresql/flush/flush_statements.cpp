#include "flush_statements.hpp"

#include <algorithm>
#include <cassert>
#include <functional>

#include "postgresql_values.hpp"
#include "sql.hpp"

namespace stint {
namespace {

using source = flush_parameter::source;

using namespace std::chrono_literals;

constexpr auto by_flush = statement_names::user::flush;

std::vector<int> formats_of(flush_sql const& sql, flush_form const& form) {
    if (!form.has_nulls) return {};
    std::vector<int> formats;
    for (auto const& parameter : sql.parameters) formats.push_back(parameter.is_binary(form) ? 1 : 0);
    return formats;
}

bool looks_rows_up(row_shape const& shape, flush_form const& form) noexcept {
    return form.as_set && (form.task != flush_task::write || shape.action != row_action::insert);
}

std::string explain(flush_statements::kept const& planned) {
    auto result = "EXPLAIN (COSTS OFF) EXECUTE " + planned.statement.name;
    for (std::size_t i = 0; i < planned.sql.parameters.size(); ++i) result += i == 0 ? "(NULL" : ", NULL";
    return result + ')';
}

}  // namespace

// Prepared.

flush_statements::flush_statements(statement_names& names) : begin(), stop_if_refused(), commit(), names_(names) {
    begin = fixed(flush_commands::begin);
    stop_if_refused = fixed(flush_commands::stop_if_refused);
    commit = fixed(flush_commands::commit);
}

pipeline_statement flush_statements::fixed(char const* sql) {
    return {.sql = sql, .name = names_.next(by_flush)};
}

std::size_t flush_statements::hash::hash_of(row_shape const& shape, flush_form const& form) noexcept {
    auto       result = std::hash<std::string>{}(shape.table);
    auto const mix = [&](std::size_t more) { result = result * 31 + more; };
    mix(static_cast<std::size_t>(shape.action));
    mix(shape.assignments.size());
    if (!shape.assignments.empty()) mix(std::hash<std::string>{}(shape.assignments.front().column.name));
    mix(static_cast<std::size_t>(form.task));
    mix(form.as_set ? 1 : 0);
    return result;
}

flush_statements::kept& flush_statements::keep(own_place at, flush_sql sql) {
    pipeline_statement statement{.sql = sql.text, .name = names_.next(by_flush), .formats = formats_of(sql, at.form)};
    bool const         looks_up = looks_rows_up(at.shape, at.form);
    return statements_.keep(std::move(at), {std::move(sql), std::move(statement), looks_up});
}

void flush_statements::make_room() {
    statements_.trim([this](kept& dropped) { names_.let_go(by_flush, dropped.statement); });
}

void flush_statements::forget_plans() {
    statements_.for_each([this](kept& entry) {
        if (!std::exchange(entry.is_planned, false)) return;
        names_.renew(by_flush, entry.statement);
        entry.runs = 0;
    });
}

void flush_statements::forget() {
    statements_.for_each([this](kept& entry) { names_.let_go(by_flush, entry.statement); });
    statements_.clear();
    for (auto* const statement : {&begin, &stop_if_refused, &commit}) names_.renew(by_flush, *statement);
}

void flush_statements::forget_lost() {
    forget();
    take_unused();
}

// Planned.

void flush_plans::note_use(flush_statements::kept& used) {
    ++used.runs;
    if (!used.looks_rows_up) return;
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

// Values.

std::span<postgresql_pipeline::parameter const> flush_parameters::texts_of(flush_step const& step,
                                                                           flush_sql const&  sql) {
    assert(!step.rows.empty() && (step.form.as_set || step.rows.size() == 1) && "many rows go as a set");
    texts_.clear();
    for (auto const& parameter : sql.parameters) texts_.push_back(text_of(step, parameter));
    return texts_;
}

postgresql_pipeline::parameter flush_parameters::text_of(flush_step const&      step,
                                                         flush_parameter const& parameter) const {
    if (parameter.origin == source::rows) return std::to_string(step.rows.size());
    if (parameter.origin == source::token) return token_;
    if (parameter.is_binary(step.form)) return binary_array_of(step, parameter);
    if (step.form.as_set) return array_of(step, parameter);
    return to_postgresql(value_of(step, 0, parameter));
}

std::string flush_parameters::binary_array_of(flush_step const& step, flush_parameter const& parameter) const {
    postgresql_text_array result(step.rows.size());
    for (std::size_t i = 0; i < step.rows.size(); ++i) result.append(value_of(step, i, parameter));
    return std::move(result).take();
}

std::string flush_parameters::array_of(flush_step const& step, flush_parameter const& parameter) const {
    std::string result = "{";
    result.reserve(step.rows.size() * 8);
    for (std::size_t i = 0; i < step.rows.size(); ++i) {
        if (i > 0) result += ',';
        append_to_postgresql_array(value_of(step, i, parameter), result);
    }
    result += '}';
    return result;
}

value flush_parameters::value_of(flush_step const& step, std::size_t index, flush_parameter const& parameter) const {
    auto const row = batch_[step.rows[index]];
    switch (parameter.origin) {
    case source::key: return content(row.key[parameter.index], parameter.column);
    case source::condition: return content(row.conditions[parameter.index], parameter.column);
    case source::assignment: return content(row.assignments[parameter.index], parameter.column);
    case source::key_reference: return number_of(row.key[parameter.index]);
    case source::assignment_reference: return number_of(row.assignments[parameter.index]);
    case source::strength:
        assert(step.strengths.size() == step.rows.size() && "a strength for each row that is locked");
        return static_cast<std::int64_t>(step.strengths[index]);
    case source::rows:
    case source::token: break;
    }
    return null;
}

/// Any number where the value is the key of a new row: which one goes to another parameter.
value flush_parameters::content(value const& v, column const& column) const {
    auto const& known = resolved(v);
    return std::holds_alternative<key_of_row>(known) ? value{std::int64_t{0}} : stored(known, column);
}

value flush_parameters::number_of(value const& v) const {
    auto const* const reference = std::get_if<key_of_row>(&resolved(v));
    if (!reference) return std::int64_t{0};
    assert(reference->row < script_.numbers.size() && script_.numbers[reference->row] != 0 &&
           "the key of a row that others refer to is kept");
    return std::int64_t{script_.numbers[reference->row]};
}

/// A reference that is left is to a row whose key the database gives.
value const& flush_parameters::resolved(value const& v) const {
    auto const* const reference = std::get_if<key_of_row>(&v);
    if (!reference || !batch_[reference->row].shape.key_given) return v;
    return resolved(batch_[reference->row].key.front());
}

}  // namespace stint
