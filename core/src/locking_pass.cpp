#include "locking_pass.hpp"

#include <algorithm>
#include <compare>
#include <numeric>
#include <set>

namespace stint {
namespace {

std::strong_ordering compare(value const& left, value const& right) {
    if (left.index() != right.index()) return left.index() <=> right.index();
    if (auto const* const number = std::get_if<std::int64_t>(&left)) return *number <=> std::get<std::int64_t>(right);
    if (auto const* const text = std::get_if<std::string>(&left)) return *text <=> std::get<std::string>(right);
    return to_string(left) <=> to_string(right);
}

std::strong_ordering compare_places(write_batch::row const& left, write_batch::row const& right) {
    if (auto const turns = left.shape.held_last <=> right.shape.held_last; turns != 0) return turns;
    if (auto const tables = left.shape.table <=> right.shape.table; tables != 0) return tables;
    return std::lexicographical_compare_three_way(left.key.begin(), left.key.end(), right.key.begin(), right.key.end(),
                                                  compare);
}

row_lock strength(row_shape const& shape) noexcept {
    if (shape.action == row_action::update) return row_lock::no_key_update;
    return shape.action == row_action::remove ? row_lock::update : shape.lock;
}

bool is_new(value const& key) noexcept {
    return std::holds_alternative<key_of_row>(key);
}

// What is computed from the clock must be computed after the wait for the lock.
bool uses_clock(row_shape const& shape) {
    return std::ranges::any_of(shape.conditions, [](condition const& c) { return !c.takes_value(); }) ||
           std::ranges::any_of(shape.assignments,
                               [](assignment const& a) { return a.from == assignment::source::clock; });
}

// The rows that are there before the flush, as far as one can tell: not the new ones, nor what is written to them later.
std::vector<std::size_t> existing_rows(write_batch const& batch) {
    auto rows = independent_rows(batch);
    std::erase_if(rows, [&](std::size_t row) { return batch[row].shape.action == row_action::insert; });
    return rows;
}

}  // namespace

std::vector<std::size_t> independent_rows(write_batch const& batch) {
    auto const before = [&](std::size_t left, std::size_t right) {
        return compare_places(batch[left], batch[right]) < 0;
    };
    std::set<std::size_t, decltype(before)> inserted(before), removed(before);
    std::vector<std::size_t>                result;
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto const& shape = batch[i].shape;
        if (!shape.key_given || std::ranges::any_of(batch[i].key, is_new)) continue;
        bool const depends = shape.action == row_action::insert ? removed.contains(i)
                                                                : shape.writes() && inserted.contains(i);
        if (!depends) result.push_back(i);
        if (shape.action == row_action::insert) inserted.insert(i);
        if (shape.action == row_action::remove) removed.insert(i);
    }
    return result;
}

std::vector<row_to_check> locking_pass(write_batch const& batch) {
    auto rows = existing_rows(batch);
    std::ranges::stable_sort(rows, [&](std::size_t left, std::size_t right) {
        auto const places = compare_places(batch[left], batch[right]);
        return places != 0 ? places < 0 : strength(batch[left].shape) > strength(batch[right].shape);
    });

    std::vector<row_to_check> result;
    for (auto const row : rows) {
        bool const held = !result.empty() && compare_places(batch[result.back().row], batch[row]) == 0;
        result.push_back({row, held ? std::nullopt : std::optional(strength(batch[row].shape))});
    }
    return result;
}

std::vector<row_to_check> guards(write_batch const& batch) {
    std::vector<row_to_check> result;
    for (auto const row : existing_rows(batch)) {
        auto const action = batch[row].shape.action;
        if (action == row_action::require || action == row_action::forbid) result.push_back({row});
    }
    return result;
}

bool needs_locking_pass(write_batch const& batch) {
    auto const touched = existing_rows(batch).size();
    if (touched == 0) return false;
    if (touched < batch.size() || batch.shapes().size() > 1) return true;
    auto const& shape = batch.shapes().front();
    // Removed rows may refer to each other, so several are removed in the order of the batch and locked before.
    bool const in_key_order = shape.action == row_action::update ||
                              (shape.action == row_action::remove && touched == 1);
    return !in_key_order || uses_clock(shape);
}

std::vector<std::size_t> in_lock_order(write_batch const& batch) {
    std::vector<std::size_t> rows(batch.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    std::ranges::stable_sort(
        rows, [&](std::size_t left, std::size_t right) { return compare_places(batch[left], batch[right]) < 0; });
    return rows;
}

}  // namespace stint
