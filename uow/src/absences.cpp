#include "absences.hpp"

#include <algorithm>
#include <optional>

namespace stint::detail {

namespace {

/// None: of a key that nobody knows yet, which nobody can have asked for.
std::optional<value> content_of(tracked_object const& object, std::string const& column) {
    auto const& type = object.mapper();
    if (column == type.key().name)
        return object.key().is_pending() ? std::nullopt : std::optional{type.key_value(object.key())};
    auto const field = std::ranges::find(type.fields(), column, [](auto const& each) { return each.what.name; });
    if (field == type.fields().end()) return null;
    bool const is_pending = field->references != nullptr && field->referred(object.object()).is_pending();
    return is_pending ? std::nullopt : std::optional{field->get(object.object())};
}

bool asks_for(comparison const& condition, std::optional<value> const& content) {
    bool const is_equality = condition.how == comparison::test::equal || condition.how == comparison::test::any_of;
    return is_equality && content &&
           std::ranges::any_of(condition.with, [&](value const& wanted) { return identical(wanted, *content); });
}

}  // namespace

bool absences::has_key(tracked_object const& object) const {
    std::string const key_column = object.mapper().key().name;
    return std::ranges::find(keys_, object_key{&object.mapper(), object.key()}) != keys_.end() ||
           has_values(object, {&key_column, 1});
}

bool absences::has_values(tracked_object const& object, std::span<std::string const> columns) const {
    auto const is_of_them = [&](comparison const& condition) {
        return std::ranges::find(columns, condition.what.name) != columns.end();
    };
    return std::ranges::any_of(queries_, [&](query const& asked) {
        if (asked.type != &object.mapper()) return false;
        bool any = false;
        for (auto const& condition : asked.where) {
            if (!is_of_them(condition)) continue;
            if (!asks_for(condition, content_of(object, condition.what.name))) return false;
            any = true;
        }
        return any;
    });
}

}  // namespace stint::detail
