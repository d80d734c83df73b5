#include "field_values.hpp"

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>

namespace stint {

namespace {

std::string name_of(tracked_object const& object, std::size_t field) {
    return object.mapper().table() + " " + detail::key_text(object.raw_key()) + ": " +
           object.mapper().fields()[field].what.name;
}

/// The mapper doesn't know which object it is.
value stored_value(tracked_object const& object, std::size_t field) {
    try {
        return object.mapper().get(object.object(), field);
    } catch (value_error const& e) {
        auto about = e.subject();
        if (!detail::is_pending_key(object.raw_key())) about.key = detail::key_text(object.raw_key());
        throw value_error(e.what(), std::move(about));
    }
}

}  // namespace

value field_values::content(pending_change const& one, std::size_t field) {
    auto const& type = one.object->mapper();
    auto        stored = stored_value(*one.object, field);
    if (type.fields()[field].references == nullptr) return stored;
    return reference(one, field, std::move(stored));
}

value field_values::reference(pending_change const& one, std::size_t field, value stored) {
    auto const& described = one.object->mapper().fields()[field];
    if (is_null(stored)) {
        if (described.nullable) return stored;
        throw usage_error(name_of(*one.object, field) + " refers to nothing; make the member optional if it may");
    }
    auto const raw = std::get<std::int64_t>(stored);
    if (!detail::is_pending_key(raw)) return stored;
    auto const* target = known_.find(described.references(), raw);
    if (target == nullptr || target->state() == object_state::gone)
        throw usage_error(name_of(*one.object, field) + " refers to a new object that this unit does not have (" +
                          detail::key_text(raw) + ")");
    return key_of(*target);
}

value field_values::key_of(tracked_object const& object) {
    if (!detail::is_pending_key(object.raw_key())) return object.raw_key();
    return key_of_row{row_of(object)};
}

/// Most batches refer to none of their new rows, so the index is made when it is asked for.
std::size_t field_values::row_of(tracked_object const& added) {
    for (; indexed_ < new_rows_.size(); ++indexed_) row_of_.insert(new_rows_[indexed_]);
    return row_of_.at(&added);
}

}  // namespace stint
