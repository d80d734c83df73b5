#include "field_values.hpp"

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>

namespace stint {

namespace {

std::string name_of(tracked_object const& object, std::size_t field) {
    return object.name() + ": " + object.mapper().fields()[field].what.name;
}

/// The mapper doesn't know which object it is.
value stored_value(tracked_object const& object, std::size_t field) {
    try {
        return object.mapper().get(object.object(), field);
    } catch (value_error const& e) {
        auto about = e.subject();
        if (!object.key().is_pending()) about.key = object.mapper().key_text(object.key());
        throw value_error(e.what(), std::move(about));
    }
}

}  // namespace

value field_values::content(tracked_object const& object, std::size_t field) {
    auto const& described = object.mapper().fields()[field];
    if (described.references == nullptr) return stored_value(object, field);
    auto const key = described.referred(object.object());
    if (key.is_none() && !described.nullable)
        throw usage_error(name_of(object, field) + " refers to nothing; make the member optional if it may");
    return key.is_pending() ? key_of_new(object, field, key) : stored_value(object, field);
}

value field_values::key_of_new(tracked_object const& object, std::size_t field, row_key key) {
    auto const& type = object.mapper().fields()[field].references();
    auto const* target = known_.find(type, key);
    if (target == nullptr || target->state() == object_state::gone)
        throw usage_error(name_of(object, field) + " refers to a new object that this unit does not have (" +
                          type.key_text(key) + ")");
    return key_of(*target);
}

value field_values::key_of(tracked_object const& object) {
    if (!object.key().is_pending()) return object.mapper().key_value(object.key());
    return key_of_row{row_of(object)};
}

/// Most batches refer to none of their new rows, so the index is made when it is asked for.
std::size_t field_values::row_of(tracked_object const& added) {
    for (; indexed_ < new_rows_.size(); ++indexed_) row_of_.insert(new_rows_[indexed_]);
    return row_of_.at(&added);
}

}  // namespace stint
