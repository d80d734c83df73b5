#include <stint/write_batch.hpp>

#include <algorithm>

#include <stint/error.hpp>

namespace stint {
namespace {

template <typename Parts>
std::size_t values_of(Parts const& parts) noexcept {
    return static_cast<std::size_t>(std::ranges::count_if(parts, [](auto const& part) { return part.takes_value(); }));
}

[[noreturn]] void refuse(row_shape const& shape, char const* why) {
    throw usage_error("a row to " + std::string(to_string(shape.action)) + " in " + shape.table + " " + why);
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

void check_number(row_shape const& shape, char const* what, std::size_t expected, std::size_t given) {
    if (expected == given) return;
    throw usage_error("a row to " + std::string(to_string(shape.action)) + " in " + shape.table + " takes " +
                      std::to_string(expected) + " values for its " + what + ", not " + std::to_string(given));
}

}  // namespace

std::size_t write_batch::shape(row_shape shape) {
    auto const found = std::ranges::find(shapes_, shape);
    if (found != shapes_.end()) return static_cast<std::size_t>(found - shapes_.begin());
    check(shape);
    shapes_.push_back(std::move(shape));
    return shapes_.size() - 1;
}

std::size_t write_batch::add(std::size_t shape, std::vector<value> key, std::vector<value> conditions,
                             std::vector<value> assignments) {
    if (shape >= shapes_.size()) throw usage_error("a row needs a shape of its own batch");
    auto const& of = shapes_[shape];
    check_number(of, "key", of.key_given ? of.key.size() : 0, key.size());
    check_number(of, "conditions", values_of(of.conditions), conditions.size());
    check_number(of, "assignments", values_of(of.assignments), assignments.size());

    for (auto const* const part : {&key, &assignments}) {
        for (auto const& v : *part) check_reference(v);
    }
    if (std::ranges::any_of(conditions, [](value const& v) { return std::holds_alternative<key_of_row>(v); }))
        throw usage_error("a condition can't depend on the key of a new row");

    auto const first = values_.size();
    for (auto* const part : {&key, &conditions, &assignments}) {
        std::ranges::move(*part, std::back_inserter(values_));
    }
    rows_.push_back({static_cast<std::uint32_t>(shape), first});
    return rows_.size() - 1;
}

void write_batch::check_reference(value const& v) const {
    auto const* const reference = std::get_if<key_of_row>(&v);
    if (!reference) return;
    if (reference->row >= rows_.size()) throw usage_error("a row can only refer to the key of an earlier row");
    auto const& target = shapes_[rows_[reference->row].shape];
    if (target.action != row_action::insert || target.key.size() != 1)
        throw usage_error("a row can only refer to the key of an inserted row with one key column");
}

write_batch::row write_batch::operator[](std::size_t index) const noexcept {
    auto const& at = rows_[index];
    auto const& shape = shapes_[at.shape];
    auto const  keys = shape.key_given ? shape.key.size() : 0;
    auto const  conditions = values_of(shape.conditions);
    auto const  assignments = values_of(shape.assignments);
    auto const* first = values_.data() + at.first;
    return {shape, {first, keys}, {first + keys, conditions}, {first + keys + conditions, assignments}};
}

}  // namespace stint
