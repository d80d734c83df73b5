#include "unit_memory.hpp"

#include <algorithm>

#include <stint/error.hpp>

namespace stint {

namespace {

/// None: of a key that nobody knows yet, which nobody can have asked for.
std::optional<value> content_of(tracked_object const& object, std::string const& column) {
    auto const& type = object.mapper();
    if (column == type.key().name)
        return object.key().is_pending() ? std::nullopt : std::optional{type.key_value(object.key())};
    auto const field = std::ranges::find(type.fields(), column, [](auto const& each) { return each.column.name; });
    if (field == type.fields().end()) return null;
    bool const is_pending = field->references != nullptr && field->referred(object.object()).is_pending();
    return is_pending ? std::nullopt : std::optional{field->get(object.object())};
}

bool asks_for(comparison const& condition, std::optional<value> const& content) {
    bool const is_equality = condition.relation == comparison::test::equal ||
                             condition.relation == comparison::test::any_of;
    return is_equality && content &&
           std::ranges::any_of(condition.operands, [&](value const& wanted) { return identical(wanted, *content); });
}

}  // namespace

tracked_object* unit_memory::known(data_mapper const& type, row_key key) const {
    if (key.is_none()) throw usage_error("an object of " + type.table() + " was asked for without a key");
    auto* object = map_.find(type, key);
    if (object == nullptr && key.is_pending())
        throw usage_error(type.name_of(key) + " is a new object of another unit of work");
    return object;
}

void unit_memory::check_new(data_mapper const& type, row_key key) const {
    if (key.is_none()) return;
    if (key.is_pending()) throw usage_error("a new object of " + type.table() + " came with the pending id of another");
    if (auto const* known = map_.find(type, key); known != nullptr && known->state() != object_state::removed)
        throw usage_error("this unit has " + type.name_of(key) + " already");
}

tracked_object& unit_memory::add(tracked_object& made, row_key key) {
    made.set_key(key.is_none() ? row_key::fresh() : key);
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
    map_.take_out(object, object.key());
    object.set_state(object_state::gone);
}

void unit_memory::give_up(tracked_object& added) {
    forget(added);
    for (auto* object : objects_)
        if (object->state() == object_state::removed && object->key() == added.key() &&
            &object->mapper() == &added.mapper())
            map_.put(*object);
}

void unit_memory::take_back_place(tracked_object& object) {
    auto* known = map_.find(object.mapper(), object.key());
    if (known == &object) return;
    if (known != nullptr) forget(*known);
    map_.put(object);
}

row_key unit_memory::known_key(data_mapper const& type, row_key pending) const noexcept {
    auto const* object = map_.find(type, pending);
    return object != nullptr ? object->key() : pending;
}

void unit_memory::give_key(tracked_object& object, row_key given) {
    object.set_key(given);
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
        auto const key = fields[i].referred(object);
        if (key.is_pending()) fields[i].refer(object, known_key(fields[i].references(), key));
    }
}

void unit_memory::fill_in_keys(object_query& query) const {
    for (auto const& [comparison, object] : query.pending) {
        auto&      filter = query.rows.where[comparison];
        auto const key = known_key(*object.type, object.key);
        if (key.is_pending())
            throw usage_error(query.rows.table + "." + filter.column.name +
                              " is compared with the pending id of an object that has no row yet: nothing in the "
                              "database can refer to it");
        filter.operands = {object.type->key_value(key)};
    }
    query.pending.clear();
}

void unit_memory::finish_copy(data_mapper const& type, void* copy, row_key key) const {
    fill_in_references(type, copy);
    auto const* const object = map_.find(type, key);
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

bool absences::has_key(tracked_object const& object) const {
    std::string const key_column = object.mapper().key().name;
    return std::ranges::find(keys_, object.identity()) != keys_.end() || has_values(object, {&key_column, 1});
}

bool absences::has_values(tracked_object const& object, std::span<std::string const> columns) const {
    auto const is_of_them = [&](comparison const& condition) {
        return std::ranges::find(columns, condition.column.name) != columns.end();
    };
    return std::ranges::any_of(queries_, [&](query const& asked) {
        if (asked.type != &object.mapper()) return false;
        bool any = false;
        for (auto const& condition : asked.where) {
            if (!is_of_them(condition)) continue;
            if (!asks_for(condition, content_of(object, condition.column.name))) return false;
            any = true;
        }
        return any;
    });
}

}  // namespace stint
