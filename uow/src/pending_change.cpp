#include "pending_change.hpp"

#include <numeric>

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>

namespace stint {

namespace {

std::vector<std::size_t> every_field(tracked_object const& object) {
    std::vector<std::size_t> all(object.mapper().fields().size());
    std::iota(all.begin(), all.end(), std::size_t{0});
    return all;
}

std::vector<std::size_t> changed_fields(tracked_object const& object) {
    std::vector<std::size_t> changed;
    if (object.snapshot() == nullptr) return changed;
    auto const fields = object.mapper().fields();
    for (std::size_t i = 0; i < fields.size(); ++i)
        if (!fields[i].same(object.object(), object.snapshot())) changed.push_back(i);
    return changed;
}

void refuse_edited_key(tracked_object const& object) {
    if (object.key_member() == object.raw_key()) return;
    throw usage_error("the key of " + object.mapper().table() + " " + detail::key_text(object.raw_key()) +
                      " was edited; a key is an object's identity: remove the object and add another");
}

}  // namespace

std::vector<pending_change> collect_changes(std::span<std::unique_ptr<tracked_object> const> objects) {
    std::vector<pending_change> result;
    for (auto const& object : objects) {
        switch (object->state()) {
        case object_state::gone: break;
        case object_state::removed: result.push_back({object.get(), change_kind::removed, {}}); break;
        case object_state::added:
            refuse_edited_key(*object);
            result.push_back({object.get(), change_kind::added, every_field(*object)});
            break;
        case object_state::clean:
        case object_state::edited:
            refuse_edited_key(*object);
            if (auto fields = changed_fields(*object); !fields.empty())
                result.push_back({object.get(), change_kind::changed, std::move(fields)});
            break;
        }
    }
    return result;
}

access access_of(pending_change const& one) noexcept {
    switch (one.what) {
    case change_kind::added: return access::added;
    case change_kind::changed: return access::changed;
    case change_kind::removed: return access::removed;
    }
    return access::read;
}

bool has_changed(tracked_object const& object) {
    switch (object.state()) {
    case object_state::gone: return false;
    case object_state::removed:
    case object_state::added: return true;
    case object_state::clean:
    case object_state::edited: break;
    }
    return !changed_fields(object).empty();
}

std::optional<std::int64_t> referred_key(data_mapper const& type, void const* state, std::size_t field) {
    auto const content = type.get(state, field);
    if (auto const* raw = std::get_if<std::int64_t>(&content)) return *raw;
    return std::nullopt;
}

value shown(tracked_object const& object, void const* state, std::size_t field) {
    auto const& type = object.mapper();
    if (type.fields()[field].references != nullptr)
        if (auto const raw = referred_key(type, state, field); raw && detail::is_pending_key(*raw))
            return detail::key_text(*raw);
    return type.get(state, field);
}

change describe(pending_change const& one) {
    auto const& object = *one.object;
    auto const& type = object.mapper();
    change      result{one.what, type.table(), detail::key_text(object.raw_key()), {}};
    for (auto const field : one.what == change_kind::removed ? every_field(object) : one.fields)
        result.columns.push_back(
            {type.fields()[field].what.name,
             one.what == change_kind::added ? value{null} : shown(object, object.base(), field),
             one.what == change_kind::removed ? value{null} : shown(object, object.object(), field)});
    return result;
}

}  // namespace stint
