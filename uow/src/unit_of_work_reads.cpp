// How a unit of work reads: one object for one row, the lock strategy asked before and after.

#include <algorithm>
#include <map>
#include <unordered_map>

#include <stint/detail/run_loop.hpp>
#include <stint/error.hpp>
#include <stint/loader.hpp>
#include <stint/unit_of_work.hpp>

#include "absence.hpp"
#include "turnstile.hpp"

namespace stint {

namespace {

/// As far as this unit goes. A gone object can still be found by the pending id that it once had.
bool has_row(tracked_object const& object) {
    return object.state() != object_state::removed && object.state() != object_state::gone;
}

}  // namespace

tracked_object* unit_of_work::known(data_mapper const& type, std::int64_t raw) const {
    if (raw == detail::no_key) throw usage_error("an object of " + type.table() + " was asked for without a key");
    auto* object = map_.find(type, raw);
    if (object == nullptr && detail::is_pending_key(raw))
        throw usage_error(type.table() + " " + detail::key_text(raw) + " is a new object of another unit of work");
    return object;
}

tracked_object* unit_of_work::find_by_key(data_mapper const& type, std::int64_t raw, lock_policy at_least) {
    auto* object = known(type, raw);
    if (object == nullptr) return find_by_keys(type, {&raw, 1}, at_least).front();
    if (at_least != lock_policy::optimistic) lock_known({object}, at_least);
    return has_row(*object) ? object : nullptr;
}

/// A new object has no row that others could lock or change.
void unit_of_work::lock_known(std::vector<tracked_object*> objects, lock_policy at_least) {
    std::erase_if(objects, [](auto const* one) { return !has_row(*one) || one->state() == object_state::added; });
    if (objects.empty()) return;
    is_open_ = true;
    noting_changed(objects, [&] { strategy()->lock_known(*this, objects, at_least); });
}

std::vector<tracked_object*> unit_of_work::find_by_keys(data_mapper const& type, std::span<std::int64_t const> raws,
                                                        lock_policy at_least) {
    std::vector<std::int64_t>    unknown;
    std::vector<tracked_object*> here;
    for (auto const raw : raws) {
        if (auto* object = known(type, raw)) {
            here.push_back(object);
        } else {
            unknown.push_back(raw);
        }
    }
    if (at_least != lock_policy::optimistic) lock_known(std::move(here), at_least);
    std::sort(unknown.begin(), unknown.end());
    unknown.erase(std::unique(unknown.begin(), unknown.end()), unknown.end());

    if (!unknown.empty()) {
        is_open_ = true;
        if (run_ != nullptr && memory_ == nullptr)
            run_->before_read(type, unknown);  // who holds locks lets nobody wait
        strategy()->before_read(*this, type, unknown, at_least);
        auto const began = deadline::clock::now();
        read(type, select_by_key(type, unknown));
        if (run_ != nullptr) run_->lines().note_read(deadline::clock::now() - began);
        for (auto const raw : unknown)
            if (map_.find(type, raw) == nullptr) absences().note_key(type, raw);
    }
    std::vector<tracked_object*> result;
    for (auto const raw : raws) {
        auto* object = map_.find(type, raw);
        result.push_back(object != nullptr && has_row(*object) ? object : nullptr);
    }
    return result;
}

std::vector<tracked_object*> unit_of_work::find_by_query(data_mapper const& type, selection what) {
    fill_in_keys(type, what);
    is_open_ = true;
    bool const locks_first = strategy()->locks_before_reading(*this, type, lock_policy::optimistic);
    auto       objects = locks_first ? read_locked(type, what) : read(type, what);
    std::erase_if(objects, [](tracked_object const* object) {
        return !has_row(*object) || object->state() == object_state::added;
    });
    if (objects.empty()) absences().note_query(type, what.where);
    return objects;
}

/// Finds the keys, locks them, then reads the rows.
std::vector<tracked_object*> unit_of_work::read_locked(data_mapper const& type, selection what) {
    auto const keys = read_keys(type, what);
    if (keys.empty()) return {};
    lock_before_query(type, keys);
    what.where.push_back({type.key(), comparison::test::any_of, {keys.begin(), keys.end()}});
    return read(type, what);
}

/// Objects that the unit knows stay as they are in memory, and so must be as they were read.
void unit_of_work::lock_before_query(data_mapper const& type, std::span<std::int64_t const> keys) {
    std::vector<std::int64_t>    unknown;
    std::vector<tracked_object*> here;
    for (auto const key : keys) {
        if (auto* object = map_.find(type, key)) {
            here.push_back(object);
        } else {
            unknown.push_back(key);
        }
    }
    strategy()->before_read(*this, type, unknown, lock_policy::optimistic);
    lock_known(std::move(here), lock_policy::optimistic);
}

std::vector<std::int64_t> unit_of_work::read_keys(data_mapper const& type, selection what) {
    std::vector<std::int64_t> keys;
    what.columns = {type.key()};
    lend()->select(what, [&](std::span<value> row) { keys.push_back(type.key_in(row.front())); }, until());
    return keys;
}

/// What was read is known only when all of it was, and the strategy has agreed.
std::vector<tracked_object*> unit_of_work::read(data_mapper const& type, selection const& what) {
    std::vector<tracked_object*> fresh, objects;
    try {
        objects = loader{map_, fresh}.load(*lend(), type, what, until());
        strategy()->after_read(*this, objects);
        objects_.insert(objects_.end(), fresh.begin(), fresh.end());
    } catch (...) {
        for (auto i = fresh.size(); i-- > 0;) map_.drop(*fresh[i]);
        throw;
    }
    if (!fresh.empty()) emit("loaded", &events::loaded, fresh);
    return objects;
}

/// Copies of ids that were pending when the query was made.
void unit_of_work::fill_in_keys(data_mapper const& type, selection& what) const {
    for (auto& one : what.where)
        for (auto& with : one.with) {
            auto* raw = std::get_if<std::int64_t>(&with);
            if (raw == nullptr || !detail::is_pending_key(*raw)) continue;
            auto const field = std::find_if(type.fields().begin(), type.fields().end(),
                                            [&](auto const& each) { return each.what == one.what; });
            bool const is_reference = field != type.fields().end() && field->references != nullptr;
            *raw = known_key(is_reference ? field->references() : type, *raw);
            if (detail::is_pending_key(*raw))
                throw usage_error(type.table() + "." + one.what.name +
                                  " is compared with the pending id of an object " +
                                  "that has no row yet: nothing in the database can refer to it");
        }
}

void unit_of_work::reload(std::span<tracked_object* const> objects) {
    std::map<data_mapper const*, std::unordered_map<std::int64_t, tracked_object*>> by_type;
    for (auto* object : objects) {
        check_own(*object);
        if (object->state() == object_state::gone) continue;
        if (object->state() == object_state::added)
            throw usage_error(object->mapper().table() + " " + detail::key_text(object->raw_key()) +
                              " is new: there is nothing to read again");
        by_type[&object->mapper()][object->raw_key()] = object;
    }
    for (auto& [type, missing] : by_type) {
        std::vector<std::int64_t> keys;
        for (auto const& [key, object] : missing) keys.push_back(key);
        std::sort(keys.begin(), keys.end());
        is_open_ = true;
        strategy()->before_read(*this, *type, keys, lock_policy::optimistic);

        std::vector<tracked_object*> read_again;
        lend()->select(
            select_by_key(*type, keys),
            [&, &wanted = missing](std::span<value> row) {
                auto const found = wanted.find(std::get<std::int64_t>(row.front()));
                if (found == wanted.end()) return;
                loader::refresh(*found->second, row);
                take_back_place(*found->second);
                read_again.push_back(found->second);
                wanted.erase(found);
            },
            until());
        for (auto const& [key, object] : missing) forget(*object);
        strategy()->after_read(*this, read_again);
    }
}

/// In the identity map: a removed object that is there again, from a new one that had taken its key.
void unit_of_work::take_back_place(tracked_object& object) {
    auto* there = map_.find(object.mapper(), object.raw_key());
    if (there == &object) return;
    if (there != nullptr) forget(*there);
    map_.put(object);
}

void unit_of_work::reload(conflict_error const& refused) {
    std::vector<tracked_object*> objects;
    for (auto* object : objects_) {
        if (object->state() == object_state::gone) continue;
        auto const key = detail::key_text(object->raw_key());
        bool const refused_it = std::any_of(
            refused.conflicts().begin(), refused.conflicts().end(), [&](auto const& one) {
                bool const was_added = one.mine == access::added;
                return one.mine.has_value() && one.table == object->mapper().table() && one.key == key &&
                       was_added == (object->state() == object_state::added);
            });
        if (!refused_it) continue;
        if (object->state() == object_state::added) {
            give_up(*object);
        } else {
            objects.push_back(object);
        }
    }
    reload(objects);
}

std::string unit_of_work::key_list(data_mapper const&, std::span<std::int64_t const> raws) {
    std::string text;
    for (auto const raw : raws) text += (text.empty() ? "" : ", ") + detail::key_text(raw);
    return text;
}

}  // namespace stint
