#include "unique_plan.hpp"

#include <algorithm>
#include <random>
#include <tuple>
#include <type_traits>

#include <stint/data_mapper.hpp>

namespace stint {

namespace {

std::optional<class_rule> seen_by(data_mapper const& type, unique_rule const& rule) {
    class_rule result{&type, &rule};
    if (rule.table != type.table() || rule.has_column(type.key().name)) return {};
    for (auto const& part : rule.parts) {
        auto const fields = type.fields();
        auto const found = std::ranges::find_if(fields,
                                                [&](auto const& field) { return field.column.name == part.column; });
        if (found == fields.end()) {
            result.is_whole = false;
        } else {
            result.fields.push_back({static_cast<std::size_t>(found - fields.begin()), &part});
        }
    }
    if (result.fields.empty()) return {};
    return result;
}

bool writes(pending_change const& change, std::size_t field) {
    return std::ranges::find(change.fields(), field) != change.fields().end();
}

/// The values that a rule compares, as one text. None where a null keeps the row apart from all others.
std::optional<std::string> ruled_values(data_mapper const& type, void const* state, class_rule const& under) {
    std::string result;
    for (auto const& [field, part] : under.fields) {
        auto const content = shown(type, state, field);
        if (is_null(content) && under.rule->nulls_are_distinct) return {};
        auto const text = to_string(content);
        result += std::to_string(text.size()) + ':' + text;
    }
    return result;
}

/// Which changes one statement may write: those of a class that do the same with the same columns.
std::vector<std::size_t> kinds_of(std::span<pending_change const> changes) {
    using kind = std::tuple<data_mapper const*, access, field_sets::value_type const*, bool>;
    std::map<kind, std::size_t> numbers;
    std::vector<std::size_t>    result;
    result.reserve(changes.size());
    for (auto const& change : changes) {
        kind const of{&change.object->mapper(), change.access, change.written, change.object->key().is_pending()};
        result.push_back(numbers.try_emplace(of, numbers.size()).first->second);
    }
    return result;
}

bool is_higher(value const& left, value const& right) {
    return std::visit(
        [&](auto const& content) {
            using type = std::decay_t<decltype(content)>;
            auto const* const other = std::get_if<type>(&right);
            if constexpr (std::is_same_v<type, null_t> || std::is_same_v<type, key_of_row>) {
                return false;
            } else {
                return other == nullptr || *other < content;
            }
        },
        left);
}

/// The change writes this field, too, with what the row has.
void widen(pending_changes& changes, std::size_t change, std::size_t field) {
    auto fields = changes.list[change].fields();
    fields.insert(std::ranges::lower_bound(fields, field), field);
    auto const [set, is_new] = changes.sets.try_emplace(std::move(fields));
    if (is_new) set->second = static_cast<std::uint32_t>(changes.sets.size() - 1);
    changes.list[change].written = &*set;
}

}  // namespace

std::vector<class_rule> rules_of_classes(std::span<pending_change const> changes, std::span<unique_rule const> rules) {
    std::vector<data_mapper const*> types;
    for (auto const& change : changes)
        if (types.empty() || types.back() != &change.object->mapper()) types.push_back(&change.object->mapper());
    std::ranges::sort(types);
    types.erase(std::unique(types.begin(), types.end()), types.end());

    std::vector<class_rule> result;
    for (auto const& rule : rules)
        for (auto const* type : types)
            if (auto seen = seen_by(*type, rule)) result.push_back(std::move(*seen));
    return result;
}

value_move move_of(std::span<pending_change const> changes, std::size_t change, class_rule const& under) {
    auto const& pending = changes[change];
    auto const& object = *pending.object;
    value_move  result{.change = change};
    if (&object.mapper() != under.type) return result;
    bool const touches = std::ranges::any_of(under.fields,
                                             [&](auto const& ruled) { return writes(pending, ruled.field); });
    if (pending.access == access::changed && !touches) return result;
    if (pending.access != access::added) result.gives = ruled_values(object.mapper(), object.base(), under);
    if (pending.access != access::removed) result.takes = ruled_values(object.mapper(), object.object(), under);
    if (result.gives == result.takes) return {.change = change};
    return result;
}

unique_plan::unique_plan(pending_changes& changes, std::span<unique_rule const> rules,
                         std::vector<bool> const& expect_versions)
    : start_(std::random_device{}() * std::uint64_t{0x1'0000'0001} + 1) {
    for (auto const& under : rules_of_classes(changes.list, rules))
        if (under.rule->is_plain && !under.rule->is_deferred) connect(changes, under, expect_versions);
    mark_those_at_once(changes.list);
}

void unique_plan::connect(pending_changes& changes, class_rule const& under, std::vector<bool> const& expect_versions) {
    std::vector<value_move> moves;
    for (std::size_t i = 0; i < changes.list.size(); ++i)
        if (auto move = move_of(changes.list, i, under); move.gives || move.takes) moves.push_back(std::move(move));
    for (auto const& found : find_handovers(moves)) {
        auto const& giver = changes.list[found.giver];
        auto const  spot = place_for(giver, under, expect_versions[found.giver]);
        handovers_.push_back({found, spot ? std::optional(spot->field) : std::nullopt});
        if (!spot) continue;
        places_.insert_or_assign({found.giver, spot->field}, *spot);
        if (giver.access == access::changed && !writes(giver, spot->field)) widen(changes, found.giver, spot->field);
    }
}

/// Rather in a column that the giver writes anyway, and rather by null.
std::optional<unique_plan::place> unique_plan::place_for(pending_change const& giver, class_rule const& under,
                                                         bool may_be_widened) {
    std::optional<place> best;
    int                  least = 0;
    for (auto const& [field, part] : under.fields) {
        auto const& described = giver.object->mapper().fields()[field];
        bool const  may_be_null = part->nullable && under.rule->nulls_are_distinct;
        bool const  has_free = described.references == nullptr && has_free_values(described.column.type.kind);
        bool const  is_written = giver.access == access::removed || writes(giver, field);
        if ((!may_be_null && !has_free) || (!is_written && !may_be_widened)) continue;
        int const cost = (is_written ? 0 : 2) + (may_be_null ? 0 : 1);
        if (best && cost >= least) continue;
        best = place{&giver.object->mapper(), field, part, may_be_null};
        least = cost;
    }
    return best;
}

/// What is removed goes before all others, so it is parked only where references force it to go late.
void unique_plan::mark_those_at_once(std::span<pending_change const> changes) {
    std::vector<value_handover> all;
    for (auto const& planned : handovers_) all.push_back(planned.changes);
    auto const many = are_many(all, kinds_of(changes));
    for (std::size_t i = 0; i < many.size(); ++i)
        handovers_[i].at_once = many[i] && changes[handovers_[i].changes.giver].access != access::removed;
}

std::optional<value> unique_plan::parked_value(std::span<pending_change const> changes, std::size_t change,
                                               std::size_t field, parking means) {
    auto const& spot = places_.at({change, field});
    auto const& object = *changes[change].object;
    auto const& type = object.mapper();
    auto const& described = type.fields()[field];
    if (means == parking::null_or_far && spot.may_be_null) return value{null};
    if (described.references != nullptr) return {};
    auto const own = type.get(object.base(), field);
    auto const highest = means == parking::near ? highest_in(changes, type, field) : value{null};
    auto       result = free_value({described.column.type, *spot.part, own, highest},
                             means == parking::near ? distance::near : distance::far, parked_++, start_);
    if (result && is_short_text(*result)) columns_of_short_texts_.emplace(type.table(), described.column.name);
    return result;
}

bool unique_plan::may_have_met_another(error_subject const& broken) const {
    if (broken.columns.empty()) return !columns_of_short_texts_.empty();
    return std::ranges::any_of(
        broken.columns, [&](auto const& column) { return columns_of_short_texts_.contains({broken.table, column}); });
}

void unique_plan::draw_anew() noexcept {
    constexpr std::uint64_t far_away = 0x9e37'79b9'7f4a'7c15;
    start_ += far_away;
    parked_ = 0;
    columns_of_short_texts_.clear();
}

bool unique_plan::parks_by_null() const noexcept {
    return std::ranges::any_of(places_, [](auto const& known) { return known.second.may_be_null; });
}

std::vector<selection> unique_plan::highest_values() const {
    std::vector<selection> result;
    for (auto const& [spot, meant] : places_) {
        auto const& type = *meant.type;
        auto const& column = type.fields()[meant.field].column;
        bool const  is_text = column.type.kind == data_type::text || type.fields()[meant.field].references != nullptr;
        bool const  is_known = std::ranges::any_of(result, [&](selection const& other) {
            return other.table == type.table() && other.columns.front() == column;
        });
        if (is_text || is_known) continue;
        result.push_back({.table = type.table(),
                          .columns = {column},
                          .where = {{column, comparison::test::not_equal, {null}}},
                          .order_by = {{column, true}},
                          .limit = 1});
    }
    return result;
}

void unique_plan::note_highest(selection const& selected, value const& highest) {
    in_table_.insert_or_assign({selected.table, selected.columns.front().name}, highest);
}

/// Of the table and of what the flush writes.
value unique_plan::highest_in(std::span<pending_change const> changes, data_mapper const& type, std::size_t field) {
    auto const [known, is_new] = highest_.try_emplace({&type, field}, null);
    if (!is_new) return known->second;
    if (auto const noted = in_table_.find({type.table(), type.fields()[field].column.name}); noted != in_table_.end())
        known->second = noted->second;
    for (auto const& change : changes) {
        if (&change.object->mapper() != &type) continue;
        if (auto content = type.get(change.object->object(), field); is_higher(content, known->second))
            known->second = std::move(content);
    }
    return known->second;
}

}  // namespace stint
