#include "locking_pass.hpp"

#include <algorithm>
#include <compare>
#include <cstdint>
#include <numeric>
#include <set>
#include <span>
#include <string_view>
#include <utility>

namespace stint {
namespace {

std::strong_ordering compare(value const& left, value const& right) {
    if (left.index() != right.index()) return left.index() <=> right.index();
    if (auto const* const number = std::get_if<std::int64_t>(&left)) return *number <=> std::get<std::int64_t>(right);
    if (auto const* const text = std::get_if<std::string>(&left)) return *text <=> std::get<std::string>(right);
    return to_string(left) <=> to_string(right);
}

/// Where a row is, in a form that compares fast: most keys are one number.
struct place {
    std::uint32_t          table;  ///< its turn
    bool                   is_number;
    std::int64_t           number;
    std::span<value const> key;
    std::size_t            row;
};

std::strong_ordering compare(place const& left, place const& right) {
    if (left.table != right.table) return left.table <=> right.table;
    if (left.is_number && right.is_number) return left.number <=> right.number;
    return std::lexicographical_compare_three_way(left.key.begin(), left.key.end(), right.key.begin(), right.key.end(),
                                                  [](value const& l, value const& r) { return compare(l, r); });
}

/// Every shape's table as a number: those that are held last come last, else by name.
std::vector<std::uint32_t> turns_of_tables(std::span<row_shape const> shapes) {
    std::set<std::pair<bool, std::string_view>> tables;
    for (auto const& shape : shapes) tables.emplace(shape.held_last, shape.table);
    std::vector<std::uint32_t> turns;
    for (auto const& shape : shapes) {
        auto const found = tables.find({shape.held_last, shape.table});
        turns.push_back(static_cast<std::uint32_t>(std::distance(tables.begin(), found)));
    }
    return turns;
}

std::vector<place> places_of(write_batch const& batch, std::span<std::size_t const> rows) {
    auto const         turns = turns_of_tables(batch.shapes());
    std::vector<place> places;
    places.reserve(rows.size());
    for (auto const row : rows) {
        auto const        key = batch[row].key;
        auto const* const number = key.size() == 1 ? std::get_if<std::int64_t>(&key.front()) : nullptr;
        places.push_back({turns[batch.shape_of(row)], number != nullptr, number != nullptr ? *number : 0, key, row});
    }
    return places;
}

template <class Before>
void sort_stably(std::vector<place>& places, Before before) {
    if (!std::ranges::is_sorted(places, before)) std::ranges::stable_sort(places, before);
}

bool is_before(place const& left, place const& right) {
    return compare(left, right) < 0;
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
                               [](assignment const& a) { return a.origin == assignment::source::clock; });
}

bool names_a_new_row(write_batch::row const& row) {
    return !row.shape.key_given || std::ranges::any_of(row.key, is_new);
}

bool any_shape(write_batch const& batch, row_action action) {
    return std::ranges::any_of(batch.shapes(),
                               [&](row_shape const& shape) { return shape.action == action && shape.key_given; });
}

std::vector<std::size_t> all_rows(write_batch const& batch) {
    std::vector<std::size_t> rows(batch.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    return rows;
}

// Of rows at one place, in the order of the batch: what is written to a row that was inserted before, and an insert in
// the place of a row that was removed before, depend on that.
void mark_dependent(write_batch const& batch, std::span<place const> together, std::vector<bool>& depends) {
    bool inserted = false, removed = false;
    for (auto const& entry : together) {
        auto const& shape = batch[entry.row].shape;
        bool const  inserts = shape.action == row_action::insert;
        depends[entry.row] = inserts ? removed : shape.writes() && inserted;
        inserted = inserted || inserts;
        removed = removed || shape.action == row_action::remove;
    }
}

// By row. Nothing depends where no row is inserted with a key of its own.
std::vector<bool> dependent_rows(write_batch const& batch, std::span<std::size_t const> rows) {
    std::vector<bool> depends(batch.size(), false);
    if (!any_shape(batch, row_action::insert)) return depends;
    auto places = places_of(batch, rows);
    sort_stably(places, is_before);
    for (auto first = places.begin(); first != places.end();) {
        auto const end = std::find_if(first, places.end(),
                                      [&](place const& entry) { return is_before(*first, entry); });
        mark_dependent(batch, {first, end}, depends);
        first = end;
    }
    return depends;
}

// The rows that are there before the flush, as far as one can tell: not the new ones, nor what is written to them
// later.
std::vector<std::size_t> existing_rows(write_batch const& batch) {
    auto rows = independent_rows(batch);
    if (any_shape(batch, row_action::insert))
        std::erase_if(rows, [&](std::size_t row) { return batch[row].shape.action == row_action::insert; });
    return rows;
}

}  // namespace

std::vector<std::size_t> independent_rows(write_batch const& batch) {
    auto rows = all_rows(batch);
    std::erase_if(rows, [&](std::size_t row) { return names_a_new_row(batch[row]); });
    auto const depends = dependent_rows(batch, rows);
    std::erase_if(rows, [&](std::size_t row) { return depends[row]; });
    return rows;
}

std::vector<row_to_check> locking_pass(write_batch const& batch) {
    auto places = places_of(batch, existing_rows(batch));
    sort_stably(places, [&](place const& left, place const& right) {
        auto const order = compare(left, right);
        return order != 0 ? order < 0 : strength(batch[left.row].shape) > strength(batch[right.row].shape);
    });

    std::vector<row_to_check> result;
    result.reserve(places.size());
    for (std::size_t i = 0; i < places.size(); ++i) {
        bool const held = i > 0 && compare(places[i - 1], places[i]) == 0;
        result.push_back({places[i].row, held ? std::nullopt : std::optional(strength(batch[places[i].row].shape))});
    }
    return result;
}

std::vector<row_to_check> guards(write_batch const& batch) {
    std::vector<row_to_check> result;
    if (!any_shape(batch, row_action::require) && !any_shape(batch, row_action::forbid)) return result;
    for (auto const row : existing_rows(batch)) {
        auto const action = batch[row].shape.action;
        if (action == row_action::require || action == row_action::forbid) result.push_back({row});
    }
    return result;
}

bool needs_locking_pass(write_batch const& batch) {
    if (batch.shapes().size() > 1 || batch.keeps_order()) return !existing_rows(batch).empty();
    auto const touched = existing_rows(batch).size();
    if (touched == 0) return false;
    if (touched < batch.size()) return true;
    auto const& shape = batch.shapes().front();
    // Removed rows may refer to each other, so several are removed in the order of the batch and locked before.
    bool const in_key_order = shape.action == row_action::update ||
                              (shape.action == row_action::remove && touched == 1);
    return !in_key_order || uses_clock(shape);
}

bool same_place(write_batch const& batch, std::size_t first, std::size_t second) {
    auto const left = batch[first], right = batch[second];
    return left.shape.table == right.shape.table && std::ranges::equal(left.key, right.key);
}

std::vector<std::size_t> in_lock_order(write_batch const& batch) {
    auto places = places_of(batch, all_rows(batch));
    sort_stably(places, is_before);
    std::vector<std::size_t> rows;
    rows.reserve(places.size());
    for (auto const& entry : places) rows.push_back(entry.row);
    return rows;
}

}  // namespace stint
