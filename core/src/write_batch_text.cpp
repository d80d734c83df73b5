// The printable form of a write_batch.

#include <cassert>

#include <stint/write_batch.hpp>

namespace stint {
namespace {

// Appends parts with a separator between them.
class list {
public:
    list(std::string& output, std::string_view separator) : output_(output), separator_(separator) {}

    std::string& next() {
        if (!first_) output_ += separator_;
        first_ = false;
        return output_;
    }

private:
    std::string&     output_;
    std::string_view separator_;
    bool             first_ = true;
};

using values = std::span<value const>;

value const& take(values& remaining) {
    assert(!remaining.empty() && "a value for each part that takes one");
    auto const& first = remaining.front();
    remaining = remaining.subspan(1);
    return first;
}

void append_key(std::string& output, write_batch::row const& row) {
    auto given = row.key;
    auto parts = list(output, ", ");
    for (auto const& key : row.shape.key) {
        parts.next() += key.name + '=' + (row.shape.key_given ? to_string(take(given)) : "new");
    }
}

void append_conditions(std::string& output, write_batch::row const& row) {
    auto given = row.conditions;
    auto parts = list(output, " and ");
    if (!row.shape.conditions.empty()) output += " if ";
    for (auto const& condition : row.shape.conditions) {
        auto& text = parts.next() += condition.column.name;
        switch (condition.relation) {
        case condition::test::equals: text += '=' + to_string(take(given)); break;
        case condition::test::differs: text += "<>" + to_string(take(given)); break;
        case condition::test::later_than_clock: text += ">clock"; break;
        }
    }
}

void append_assignments(std::string& output, write_batch::row const& row) {
    auto given = row.assignments;
    auto parts = list(output, ", ");
    if (!row.shape.assignments.empty()) output += ' ';
    for (auto const& assignment : row.shape.assignments) {
        auto& text = parts.next() += assignment.column.name;
        switch (assignment.origin) {
        case assignment::source::given: text += '=' + to_string(take(given)); break;
        case assignment::source::raise: text += "+=" + to_string(take(given)); break;
        case assignment::source::clock: text += "=clock"; break;
        case assignment::source::next_version: text += "=next"; break;
        }
    }
}

void append_returning(std::string& output, row_shape const& shape) {
    auto parts = list(output, ", ");
    if (!shape.returning.empty()) output += " -> ";
    for (auto const& column : shape.returning) parts.next() += column.name;
}

std::string_view name_of(row_lock lock) noexcept {
    switch (lock) {
    case row_lock::key_share: return "key share";
    case row_lock::share: return "share";
    case row_lock::no_key_update: return "no key update";
    case row_lock::update: return "update";
    }
    return "";
}

// The reasons are printed where they aren't the usual ones.
void append_reasons(std::string& output, row_shape const& shape) {
    if (shape.if_different != reason::changed()) output += " else " + std::string(shape.if_different.name());
    if (shape.if_absent != reason::deleted()) output += " absent " + std::string(shape.if_absent.name());
}

}  // namespace

std::string_view to_string(row_action action) noexcept {
    switch (action) {
    case row_action::lock: return "lock";
    case row_action::require: return "require";
    case row_action::forbid: return "forbid";
    case row_action::insert: return "insert";
    case row_action::update: return "update";
    case row_action::remove: return "remove";
    }
    return "";
}

std::string to_string(write_batch::row const& row) {
    auto result = std::string(to_string(row.shape.action)) + ' ' + row.shape.table + " [";
    append_key(result, row);
    append_conditions(result, row);
    result += ']';
    append_assignments(result, row);
    if (!row.shape.writes()) result += " for " + std::string(name_of(row.shape.lock));
    if (row.shape.held_last) result += " last";
    append_reasons(result, row.shape);
    append_returning(result, row.shape);
    return result;
}

std::string to_string(write_batch const& batch) {
    std::string result;
    auto        lines = list(result, "\n");
    if (batch.keeps_order()) lines.next() += "in this order:";
    for (std::size_t i = 0; i < batch.size(); ++i) lines.next() += to_string(batch[i]);
    return result;
}

}  // namespace stint
