#include "flush_parameters.hpp"

#include "postgresql_values.hpp"
#include "sql.hpp"

namespace stint {

using source = flush_parameter::source;

std::span<postgresql_pipeline::parameter const> flush_parameters::of(flush_step const& step, flush_sql const& sql) {
    texts_.clear();
    for (auto const& what : sql.parameters) texts_.push_back(text_of(step, what));
    return texts_;
}

postgresql_pipeline::parameter flush_parameters::text_of(flush_step const& step, flush_parameter const& what) const {
    if (what.from == source::rows) return std::to_string(step.rows.size());
    if (what.from == source::token) return token_;
    if (what.is_binary(step.form)) return binary_array_of(step, what);
    if (step.form.as_set) return array_of(step, what);
    return to_postgresql(value_of(step, 0, what));
}

std::string flush_parameters::binary_array_of(flush_step const& step, flush_parameter const& what) const {
    postgresql_text_array result(step.rows.size());
    for (std::size_t i = 0; i < step.rows.size(); ++i) result.append(value_of(step, i, what));
    return std::move(result).take();
}

std::string flush_parameters::array_of(flush_step const& step, flush_parameter const& what) const {
    std::string result = "{";
    result.reserve(step.rows.size() * 8);
    for (std::size_t i = 0; i < step.rows.size(); ++i) {
        if (i > 0) result += ',';
        append_to_postgresql_array(value_of(step, i, what), result);
    }
    result += '}';
    return result;
}

value flush_parameters::value_of(flush_step const& step, std::size_t index, flush_parameter const& what) const {
    auto const row = batch_[step.rows[index]];
    switch (what.from) {
    case source::key: return content(row.key[what.index], what.where);
    case source::condition: return content(row.conditions[what.index], what.where);
    case source::assignment: return content(row.assignments[what.index], what.where);
    case source::key_reference: return number_of(row.key[what.index]);
    case source::assignment_reference: return number_of(row.assignments[what.index]);
    case source::strength: return static_cast<std::int64_t>(step.strengths[index]);
    case source::rows:
    case source::token: break;
    }
    return null;
}

/// Any number where the value is the key of a new row: which one goes to another parameter.
value flush_parameters::content(value const& v, column const& where) const {
    auto const& known = resolved(v);
    return std::holds_alternative<key_of_row>(known) ? value{std::int64_t{0}} : stored(known, where);
}

value flush_parameters::number_of(value const& v) const {
    auto const* const reference = std::get_if<key_of_row>(&resolved(v));
    if (!reference) return std::int64_t{0};
    return std::int64_t{script_.numbers[reference->row]};
}

/// A reference that is left is to a row whose key the database gives.
value const& flush_parameters::resolved(value const& v) const {
    auto const* const reference = std::get_if<key_of_row>(&v);
    if (!reference || !batch_[reference->row].shape.key_given) return v;
    return resolved(batch_[reference->row].key.front());
}

}  // namespace stint
