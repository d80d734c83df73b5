#include "pending_change.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>

namespace stint {

namespace {

std::vector<std::size_t> every_field(data_mapper const& type) {
    std::vector<std::size_t> fields(type.fields().size());
    std::iota(fields.begin(), fields.end(), std::size_t{0});
    return fields;
}

void refuse_edited_key(tracked_object const& object) {
    if (object.key_member() == object.key()) return;
    throw usage_error("the key of " + object.name() +
                      " was edited; a key is an object's identity: remove the object and add another");
}

void number_sets(field_sets& sets) {
    std::uint32_t number = 0;
    for (auto& set : sets) set.second = number++;
}

/// Fills the changes; most write the same fields as the one before.
class collector {
public:
    void look_at(tracked_object& object) {
        switch (object.state()) {
        case object_state::gone: break;
        case object_state::removed: add(object, access::removed, {}); break;
        case object_state::added:
            refuse_edited_key(object);
            add(object, access::added, every_field(object.mapper()));
            break;
        case object_state::clean:
        case object_state::edited: compare(object); break;
        }
    }

    pending_changes take() {
        number_sets(result_.sets);
        return std::move(result_);
    }

private:
    void compare(tracked_object& object) {
        if (!object.has_snapshot()) return;  // nobody could change it
        refuse_edited_key(object);
        changed_.clear();
        auto const* const now = object.object();
        auto const* const before = object.snapshot();
        auto const        fields = object.mapper().fields();
        for (std::size_t i = 0; i < fields.size(); ++i)
            if (!fields[i].same(now, before)) changed_.push_back(i);
        if (!changed_.empty()) add(object, access::changed, changed_);
    }

    void add(tracked_object& object, stint::access access, std::vector<std::size_t> const& fields) {
        if (result_.list.empty() || result_.list.back().fields() != fields) {
            result_.list.push_back({&object, access, &*result_.sets.try_emplace(fields).first});
        } else {
            result_.list.push_back({&object, access, result_.list.back().written});
        }
    }

    pending_changes          result_;
    std::vector<std::size_t> changed_;
};

}  // namespace

pending_changes collect_changes(object_list const& objects) {
    collector changes;
    for (auto* object : objects) changes.look_at(*object);
    return changes.take();
}

flush_plan plan_for(object_list const& objects, std::span<pending_change const> changes) {
    std::vector<touched_object> touched;
    auto                        next = changes.begin();
    touched.reserve(objects.size());
    for (auto const* object : objects) {
        if (object->state() == object_state::gone) continue;
        bool const has_change = next != changes.end() && next->object == object;
        touched.emplace_back(*object, has_change ? (next++)->access : access::read);
    }
    assert(next == changes.end() && "changes in another order than their objects");
    return flush_plan{std::move(touched)};
}

void add_raised(pending_changes& changes, flush_plan const& plan) {
    if (std::ranges::none_of(plan.objects(), &touched_object::is_raised)) return;
    auto const& no_field = *changes.sets.try_emplace({}).first;
    for (auto const& touched : plan.objects())
        if (touched.is_raised()) changes.list.push_back({&touched.object(), access::changed, &no_field});
    number_sets(changes.sets);
}

/// The plan's objects come in the order of the changes, unless a participant has put them in another.
std::vector<bool> versions_expected(std::span<pending_change const> changes, flush_plan const& plan) {
    std::vector<bool> result(changes.size());
    auto const        objects = plan.objects();
    auto              next = objects.begin();
    for (std::size_t i = 0; i < changes.size(); ++i) {
        auto const is_it = [&](touched_object const& touched) { return &touched.object() == changes[i].object; };
        next = std::find_if(next, objects.end(), is_it);
        if (next == objects.end()) next = std::ranges::find_if(objects, is_it);
        result[i] = next != objects.end() && next->expects_version();
    }
    return result;
}

bool has_changed(tracked_object const& object) {
    switch (object.state()) {
    case object_state::gone: return false;
    case object_state::removed:
    case object_state::added: return true;
    case object_state::clean:
    case object_state::edited: break;
    }
    if (!object.has_snapshot()) return false;
    auto const fields = object.mapper().fields();
    return std::any_of(fields.begin(), fields.end(),
                       [&](auto const& field) { return !field.same(object.object(), object.snapshot()); });
}

value shown(data_mapper const& type, void const* state, std::size_t field) {
    auto const& described = type.fields()[field];
    if (described.references != nullptr)
        if (auto const key = described.referred(state); key.is_pending()) return described.references().key_text(key);
    return type.get(state, field);
}

change describe(pending_change const& pending) {
    auto const& object = *pending.object;
    auto const& type = object.mapper();
    change      result{pending.access, type.table(), object.mapper().key_text(object.key()), {}};
    for (auto const field : pending.access == access::removed ? every_field(type) : pending.fields())
        result.columns.push_back(
            {type.fields()[field].column.name,
             pending.access == access::added ? value{null} : shown(type, object.base(), field),
             pending.access == access::removed ? value{null} : shown(type, object.object(), field)});
    return result;
}

}  // namespace stint
