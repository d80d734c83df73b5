// How a unit of work reads: one object for one row, the lock strategy asked before and after. A row whose object is
// known already leaves it as it is in memory: its edits, and the version it was read in.
// (Fowler, PoEAA ch. 10, Data Mapper: "finder"; ch. 11, Identity Map.)

#include <algorithm>
#include <functional>
#include <map>
#include <unordered_map>

#include <stint/detail/run_loop.hpp>
#include <stint/error.hpp>

#include "turnstile.hpp"
#include "unit_body.hpp"

namespace stint {

namespace {

/// As far as this unit goes. A gone object can still be found by the pending id that it once had.
bool has_row(tracked_object const& object) {
    return object.state() != object_state::removed && object.state() != object_state::gone;
}

/// Locked and read in one order by everybody.
void sort_keys(data_mapper const& type, std::vector<row_key>& keys) {
    std::ranges::sort(keys, [&](row_key left, row_key right) { return type.precedes(left, right); });
}

/// The rows of these keys, of any number of them, in one statement.
selection select_by_key(data_mapper const& type, std::span<row_key const> keys) {
    selection rows{.table = type.table(), .columns = {type.columns().begin(), type.columns().end()}};
    rows.where.push_back(type.is_any_of(keys));
    return rows;
}

/// The object is what the row says: clean, its changes forgotten.
void refresh(tracked_object& object, std::span<value> row) {
    object.mapper().load(object, row);
    object.settle();
}

/// The object of a row. One that is made is in the map and in `fresh`, also when this throws.
tracked_object& object_of(data_mapper const& type, std::span<value> row, identity_map& known,
                          std::vector<tracked_object*>& fresh) {
    auto const key = type.key_in(row);
    if (auto* object = known.find(type, key)) return *object;
    auto& object = known.make(type);
    fresh.push_back(&object);
    refresh(object, row);
    known.put(object);
    return object;
}

}  // namespace

tracked_object* unit_of_work::body::find_by_key(data_mapper const& type, row_key key, lock_policy at_least) {
    auto* object = memory_.known(type, key);
    if (object == nullptr) return find_by_keys(type, {&key, 1}, at_least).front();
    if (at_least != lock_policy::optimistic) lock_known({object}, at_least);
    return has_row(*object) ? object : nullptr;
}

/// A new object has no row that others could lock or change.
void unit_of_work::body::lock_known(std::vector<tracked_object*> objects, lock_policy at_least) {
    std::erase_if(objects,
                  [](auto const* object) { return !has_row(*object) || object->state() == object_state::added; });
    if (objects.empty()) return;
    is_open_ = true;
    noting_changed(objects, [&] { strategy()->lock_known(*this, objects, at_least); });
}

std::vector<tracked_object*> unit_of_work::body::find_by_keys(data_mapper const& type, std::span<row_key const> keys,
                                                              lock_policy at_least) {
    std::vector<row_key>         unknown;
    std::vector<tracked_object*> here;
    for (auto const key : keys) {
        if (auto* object = memory_.known(type, key)) {
            here.push_back(object);
        } else {
            unknown.push_back(key);
        }
    }
    if (at_least != lock_policy::optimistic) lock_known(std::move(here), at_least);
    sort_keys(type, unknown);
    unknown.erase(std::unique(unknown.begin(), unknown.end()), unknown.end());

    if (!unknown.empty()) {
        is_open_ = true;
        if (run_ != nullptr && lock_memory_ == nullptr)
            run_->before_read(type, unknown);  // who holds locks lets nobody wait
        strategy()->before_read(*this, type, unknown, at_least);
        auto const began = deadline::clock::now();
        read(type, select_by_key(type, unknown));
        if (run_ != nullptr) run_->lines().note_read(deadline::clock::now() - began);
        for (auto const key : unknown)
            if (memory_.map().find(type, key) == nullptr) memory_.note_absent(type, key);
    }
    std::vector<tracked_object*> result;
    for (auto const key : keys) {
        auto* object = memory_.map().find(type, key);
        result.push_back(object != nullptr && has_row(*object) ? object : nullptr);
    }
    return result;
}

std::vector<tracked_object*> unit_of_work::body::find_by_query(data_mapper const& type, object_query query) {
    memory_.fill_in_keys(query);
    is_open_ = true;
    bool const locks_first = strategy()->locks_before_reading(*this, type, lock_policy::optimistic);
    auto       objects = locks_first ? read_locked(type, query.rows) : read(type, query.rows);
    std::erase_if(objects, [](tracked_object const* object) {
        return !has_row(*object) || object->state() == object_state::added;
    });
    if (objects.empty()) memory_.note_absent(type, query.rows.where);
    return objects;
}

/// Finds the keys, locks them, then reads the rows.
std::vector<tracked_object*> unit_of_work::body::read_locked(data_mapper const& type, selection rows) {
    auto const keys = read_keys(type, rows);
    if (keys.empty()) return {};
    lock_before_query(type, keys);
    rows.where.push_back(type.is_any_of(keys));
    return read(type, rows);
}

/// Objects that the unit knows stay as they are in memory, and so must be as they were read.
void unit_of_work::body::lock_before_query(data_mapper const& type, std::span<row_key const> keys) {
    std::vector<row_key>         unknown;
    std::vector<tracked_object*> here;
    for (auto const key : keys) {
        if (auto* object = memory_.map().find(type, key)) {
            here.push_back(object);
        } else {
            unknown.push_back(key);
        }
    }
    strategy()->before_read(*this, type, unknown, lock_policy::optimistic);
    lock_known(std::move(here), lock_policy::optimistic);
}

std::vector<row_key> unit_of_work::body::read_keys(data_mapper const& type, selection rows) {
    std::vector<row_key> keys;
    rows.columns = {type.key()};
    lend()->select(rows, [&](std::span<value> row) { keys.push_back(type.key_in(row)); }, deadline());
    return keys;
}

/// What was read is known only when all of it was, and the strategy has agreed.
std::vector<tracked_object*> unit_of_work::body::read(data_mapper const& type, selection const& rows) {
    std::vector<tracked_object*> fresh, objects;
    auto const take = [&](std::span<value> row) { objects.push_back(&object_of(type, row, memory_.map(), fresh)); };
    try {
        lend()->select(rows, std::cref(take), deadline());  // a reference needs no memory of its own in a row_sink
        strategy()->after_read(*this, objects);
        memory_.add_read(fresh);
    } catch (...) {
        for (auto i = fresh.size(); i-- > 0;) memory_.map().drop(*fresh[i]);
        throw;
    }
    if (!fresh.empty()) emit("loaded", &events::loaded, fresh);
    return objects;
}

void unit_of_work::body::reload(std::span<tracked_object const* const> objects) {
    std::map<data_mapper const*, std::unordered_map<row_key, tracked_object*>> by_type;
    for (auto const* object : objects) {
        check_own(*object);
        if (object->state() == object_state::gone) continue;
        if (object->state() == object_state::added)
            throw usage_error(object->name() + " is new: there is nothing to read again");
        by_type[&object->mapper()][object->key()] = &unit_memory::own(*object);
    }
    for (auto& [type, missing] : by_type) {
        std::vector<row_key> keys;
        for (auto const& [key, object] : missing) keys.push_back(key);
        sort_keys(*type, keys);
        is_open_ = true;
        strategy()->before_read(*this, *type, keys, lock_policy::optimistic);

        std::vector<tracked_object*> read_again;
        lend()->select(
            select_by_key(*type, keys),
            [&, from = type, &wanted = missing](std::span<value> row) {
                auto const found = wanted.find(from->key_in(row));
                if (found == wanted.end()) return;
                refresh(*found->second, row);
                memory_.take_back_place(*found->second);
                read_again.push_back(found->second);
                wanted.erase(found);
            },
            deadline());
        for (auto const& [key, object] : missing) memory_.forget(*object);
        strategy()->after_read(*this, read_again);
    }
}

void unit_of_work::body::reload(conflict_error const& refused) {
    std::vector<tracked_object*> objects;
    for (auto* object : memory_.objects()) {
        if (object->state() == object_state::gone) continue;
        auto const key = object->mapper().key_text(object->key());
        bool const refused_it = std::any_of(
            refused.conflicts().begin(), refused.conflicts().end(), [&](auto const& conflict) {
                bool const was_added = conflict.access == access::added;
                return conflict.access.has_value() && conflict.table == object->mapper().table() &&
                       conflict.key == key && was_added == (object->state() == object_state::added);
            });
        if (!refused_it) continue;
        if (object->state() == object_state::added) {
            memory_.give_up(*object);
        } else {
            objects.push_back(object);
        }
    }
    reload(objects);
}

}  // namespace stint
