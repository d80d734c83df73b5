#include "flush_statements.hpp"

#include <algorithm>
#include <functional>

namespace stint {
namespace {

constexpr std::size_t most_kept = 200;

std::vector<int> formats_of(flush_statements::kept const& one) {
    if (!one.form.has_nulls) return {};
    std::vector<int> formats;
    for (auto const& what : one.sql.parameters) formats.push_back(what.is_binary(one.form) ? 1 : 0);
    return formats;
}

}  // namespace

flush_statements::flush_statements(bool by_name) : begin(), stop_if_refused(), commit(), by_name_(by_name) {
    begin = fixed(flush_commands::begin);
    stop_if_refused = fixed(flush_commands::stop_if_refused);
    commit = fixed(flush_commands::commit);
}

pipeline_statement flush_statements::fixed(char const* sql) {
    return {.sql = sql, .name = new_name()};
}

std::string flush_statements::new_name() {
    std::string name = by_name_ ? "stint_" : "";
    if (by_name_) name += std::to_string(++names_);
    return name;
}

std::size_t flush_statements::hash_of(row_shape const& shape, flush_form const& form) noexcept {
    auto       result = std::hash<std::string>{}(shape.table);
    auto const mix = [&](std::size_t more) { result = result * 31 + more; };
    mix(static_cast<std::size_t>(shape.action));
    mix(shape.assignments.size());
    if (!shape.assignments.empty()) mix(std::hash<std::string>{}(shape.assignments.front().what.name));
    mix(static_cast<std::size_t>(form.what));
    mix(form.as_set ? 1 : 0);
    return result;
}

flush_statements::kept* flush_statements::find(std::size_t hash, row_shape const& shape, flush_form const& form) {
    auto const [first, last] = statements_.equal_range(hash);
    auto const found = std::find_if(
        first, last, [&](auto const& one) { return one.second.form == form && one.second.shape == shape; });
    return found == last ? nullptr : &found->second;
}

flush_statements::kept& flush_statements::keep(std::size_t hash, kept fresh) {
    fresh.statement = {.sql = fresh.sql.text, .name = new_name(), .formats = formats_of(fresh)};
    return statements_.emplace(hash, std::move(fresh))->second;
}

void flush_statements::make_room() {
    while (statements_.size() > most_kept) {
        auto const oldest = std::ranges::min_element(statements_, {},
                                                     [](auto const& one) { return one.second.last_use; });
        drop(oldest->second.statement);
        statements_.erase(oldest);
    }
}

void flush_statements::drop(pipeline_statement& one) {
    if (one.prepared) unused_.push_back(one.name);
    one = {.sql = one.sql, .name = new_name(), .formats = one.formats};
}

void flush_statements::forget_plans() {
    for (auto& [hash, one] : statements_) {
        if (!std::exchange(one.is_planned, false)) continue;
        drop(one.statement);
        one.runs = 0;
    }
}

void flush_statements::forget() {
    for (auto& [hash, one] : statements_) drop(one.statement);
    statements_.clear();
    for (auto* const one : {&begin, &stop_if_refused, &commit}) drop(*one);
}

void flush_statements::forget_lost() {
    forget();
    unused_.clear();
}

}  // namespace stint
