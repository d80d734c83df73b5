#include <stint/write_batch.hpp>

#include <algorithm>
#include <cassert>

#include <stint/error.hpp>

namespace stint {
namespace {

template <typename Parts>
std::uint32_t values_of(Parts const& parts) noexcept {
    return static_cast<std::uint32_t>(
        std::ranges::count_if(parts, [](auto const& part) { return part.takes_value(); }));
}

[[noreturn]] void refuse(row_shape const& shape, char const* problem) {
    throw usage_error("a row to " + std::string(to_string(shape.action)) + " in " + shape.table + " " + problem);
}

void check(row_shape const& shape) {
    bool const inserts = shape.action == row_action::insert;
    bool const assigns = inserts || shape.action == row_action::update;
    if (shape.table.empty()) refuse(shape, "names no table");
    if (shape.key.empty()) refuse(shape, "has no key");
    if (!assigns && !shape.assignments.empty()) refuse(shape, "assigns nothing");
    if (assigns && !inserts && shape.assignments.empty()) refuse(shape, "needs an assignment");
    if ((inserts || shape.action == row_action::lock) && !shape.conditions.empty()) refuse(shape, "has no conditions");
    if (!shape.writes() && !shape.returning.empty()) refuse(shape, "returns nothing");
    if (shape.key_given) return;
    if (!inserts) refuse(shape, "needs its key");
    if (shape.key.size() != 1) refuse(shape, "has one key column when the database gives the key");
    if (shape.returning.empty() || shape.returning.front() != shape.key.front())
        refuse(shape, "returns its key first when the database gives the key");
}

void check_number(row_shape const& shape, char const* part, std::size_t expected, std::size_t given) {
    if (expected == given) return;
    throw usage_error("a row to " + std::string(to_string(shape.action)) + " in " + shape.table + " takes " +
                      std::to_string(expected) + " values for its " + part + ", not " + std::to_string(given));
}

}  // namespace

write_batch::value_counts write_batch::counts_of(row_shape const& shape) noexcept {
    return {shape.key_given ? static_cast<std::uint32_t>(shape.key.size()) : 0, values_of(shape.conditions),
            values_of(shape.assignments)};
}

write_batch::value_counts const& write_batch::known_counts(std::size_t shape) const {
    if (shape >= shapes_.size()) throw usage_error("a row needs a shape of its own batch");
    assert(counts_.size() == shapes_.size() && "how many values a row takes is known of each shape");
    return counts_[shape];
}

template <class Shape>
std::size_t write_batch::find_or_add(Shape&& shape) {
    auto const found = std::ranges::find(shapes_, shape);
    if (found != shapes_.end()) return static_cast<std::size_t>(found - shapes_.begin());
    check(shape);
    counts_.push_back(counts_of(shape));
    shapes_.push_back(std::forward<Shape>(shape));
    return shapes_.size() - 1;
}

std::size_t write_batch::shape(row_shape const& shape) {
    return find_or_add(shape);
}

std::size_t write_batch::shape(row_shape&& shape) {
    return find_or_add(std::move(shape));
}

std::size_t write_batch::add(std::size_t shape, std::vector<value> key, std::vector<value> conditions,
                             std::vector<value> assignments) {
    auto const& expected = known_counts(shape);
    check_number(shapes_[shape], "key", expected.keys, key.size());
    check_number(shapes_[shape], "conditions", expected.conditions, conditions.size());
    check_number(shapes_[shape], "assignments", expected.assignments, assignments.size());
    for (auto* const part : {&conditions, &assignments}) std::ranges::move(*part, std::back_inserter(key));
    return add_values(shape, key);
}

std::size_t write_batch::add_values(std::size_t shape, std::span<value> values) {
    auto const& expected = known_counts(shape);
    check_number(shapes_[shape], "row", expected.all(), values.size());
    check_references(values, expected);
    auto const first = values_.size();
    values_.insert(values_.end(), std::make_move_iterator(values.begin()), std::make_move_iterator(values.end()));
    rows_.push_back({static_cast<std::uint32_t>(shape), first});
    assert(first + expected.all() == values_.size() && "the values of a row stand behind those of the row before it");
    return rows_.size() - 1;
}

void write_batch::reserve(std::size_t rows, std::size_t values) {
    rows_.reserve(rows_.size() + rows);
    values_.reserve(values_.size() + values);
}

void write_batch::check_references(std::span<value const> values, value_counts const& counts) const {
    for (std::size_t i = 0; i < values.size(); ++i) {
        auto const* const reference = std::get_if<key_of_row>(&values[i]);
        if (!reference) continue;
        if (i >= counts.keys && i < std::size_t{counts.keys} + counts.conditions)
            throw usage_error("a condition can't depend on the key of a new row");
        check_reference(*reference);
    }
}

void write_batch::check_reference(key_of_row reference) const {
    if (reference.row >= rows_.size()) throw usage_error("a row can only refer to the key of an earlier row");
    auto const& target = shapes_[rows_[reference.row].shape];
    if (target.action != row_action::insert || target.key.size() != 1)
        throw usage_error("a row can only refer to the key of an inserted row with one key column");
}

}  // namespace stint
