#include "unit_memory.hpp"

#include <algorithm>

#include <stint/error.hpp>

namespace stint {

tracked_object* unit_memory::known(data_mapper const& type, std::int64_t raw) const {
    if (raw == detail::no_key) throw usage_error("an object of " + type.table() + " was asked for without a key");
    auto* object = map_.find(type, raw);
    if (object == nullptr && detail::is_pending_key(raw))
        throw usage_error(type.table() + " " + detail::key_text(raw) + " is a new object of another unit of work");
    return object;
}

void unit_memory::check_new(data_mapper const& type, std::int64_t raw) const {
    if (raw == detail::no_key) return;
    if (detail::is_pending_key(raw))
        throw usage_error("a new object of " + type.table() + " came with the pending id of another");
    if (auto const* there = map_.find(type, raw); there != nullptr && there->state() != object_state::removed)
        throw usage_error("this unit has " + type.table() + " " + detail::key_text(raw) + " already");
}

tracked_object& unit_memory::add(tracked_object& made, std::int64_t raw) {
    made.set_raw_key(raw == detail::no_key ? detail::new_pending_key() : raw);
    made.set_version({});
    made.set_state(object_state::added);
    objects_.push_back(&made);
    try {
        map_.put(made);
    } catch (...) {
        objects_.pop_back();
        throw;
    }
    return made;
}

void unit_memory::forget(tracked_object& object) noexcept {
    map_.take_out(object, object.raw_key());
    object.set_state(object_state::gone);
}

void unit_memory::give_up(tracked_object& added) {
    forget(added);
    for (auto* object : objects_)
        if (object->state() == object_state::removed && object->raw_key() == added.raw_key() &&
            &object->mapper() == &added.mapper())
            map_.put(*object);
}

void unit_memory::take_back_place(tracked_object& object) {
    auto* there = map_.find(object.mapper(), object.raw_key());
    if (there == &object) return;
    if (there != nullptr) forget(*there);
    map_.put(object);
}

std::int64_t unit_memory::known_key(data_mapper const& type, std::int64_t pending) const noexcept {
    auto const* object = map_.find(type, pending);
    return object != nullptr ? object->raw_key() : pending;
}

void unit_memory::give_key(tracked_object& object, std::int64_t given) {
    object.set_raw_key(given);
    map_.put(object);
}

void unit_memory::fill_in_keys() {
    if (!map_.has_pending()) return;
    for (auto* object : objects_) {
        bool const may_have_new_ones = object->state() == object_state::added || object->has_snapshot();
        if (object->state() != object_state::gone && may_have_new_ones)
            fill_in_references(object->mapper(), object->mutable_object());
    }
}

void unit_memory::fill_in_references(data_mapper const& type, void* object) const {
    auto const fields = type.fields();
    for (auto const i : type.references()) {
        auto const raw = fields[i].referred(object);
        if (raw && detail::is_pending_key(*raw)) fields[i].set(object, known_key(fields[i].references(), *raw));
    }
}

void unit_memory::fill_in_keys(data_mapper const& type, selection& what) const {
    for (auto& filter : what.where)
        for (auto& operand : filter.with) {
            auto* raw = std::get_if<std::int64_t>(&operand);
            if (raw == nullptr || !detail::is_pending_key(*raw)) continue;
            auto const field = std::ranges::find(type.fields(), filter.what, &data_mapper::field::what);
            bool const is_reference = field != type.fields().end() && field->references != nullptr;
            *raw = known_key(is_reference ? field->references() : type, *raw);
            if (detail::is_pending_key(*raw))
                throw usage_error(type.table() + "." + filter.what.name +
                                  " is compared with the pending id of an object " +
                                  "that has no row yet: nothing in the database can refer to it");
        }
}

void unit_memory::finish_copy(data_mapper const& type, void* copy, std::int64_t raw) const {
    fill_in_references(type, copy);
    auto const* const object = map_.find(type, raw);
    if (object == nullptr || object->state() == object_state::gone) return;
    bool const is_same = std::ranges::all_of(type.fields(),
                                             [&](auto const& field) { return field.same(copy, object->object()); });
    if (is_same) type.show_version(copy, object->version());
}

void unit_memory::show_versions() noexcept {
    if (!map_.shows_versions()) return;
    for (auto* object : objects_)
        if (object->has_snapshot() || object->state() == object_state::added)
            object->mapper().show_version(object->mutable_object(), object->version());
}

void unit_memory::settle_all() {
    for (auto* object : objects_) {
        if (object->state() == object_state::gone) continue;
        if (object->state() != object_state::clean || object->has_snapshot()) object->settle();
    }
}

void unit_memory::restore_all() {
    for (auto* object : objects_) {
        if (object->state() == object_state::gone) continue;
        if (object->state() == object_state::added) {
            forget(*object);
            continue;
        }
        if (object->has_snapshot()) object->restore_snapshot();
        object->settle();
    }
    for (auto* object : objects_)  // a removed object takes back its place from a new one of the same key
        if (object->state() != object_state::gone) map_.put(*object);
}

}  // namespace stint
