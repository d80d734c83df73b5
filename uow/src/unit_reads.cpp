// How a unit of work reads: one object for one row, the lock strategy asked before and after.

#include <algorithm>
#include <map>
#include <unordered_map>

#include <stint/detail/loader.hpp>
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

}  // namespace

tracked_object* unit_of_work::body::find_by_key(data_mapper const& type, std::int64_t raw, lock_policy at_least) {
    auto* object = memory_.known(type, raw);
    if (object == nullptr) return find_by_keys(type, {&raw, 1}, at_least).front();
    if (at_least != lock_policy::optimistic) lock_known({object}, at_least);
    return has_row(*object) ? object : nullptr;
}

/// A new object has no row that others could lock or change.
void unit_of_work::body::lock_known(std::vector<tracked_object*> objects, lock_policy at_least) {
    std::erase_if(objects, [](auto const* one) { return !has_row(*one) || one->state() == object_state::added; });
    if (objects.empty()) return;
    is_open_ = true;
    noting_changed(objects, [&] { strategy()->lock_known(*this, objects, at_least); });
}

std::vector<tracked_object*> unit_of_work::body::find_by_keys(data_mapper const&            type,
                                                              std::span<std::int64_t const> raws,
                                                              lock_policy                   at_least) {
    std::vector<std::int64_t>    unknown;
    std::vector<tracked_object*> here;
    for (auto const raw : raws) {
        if (auto* object = memory_.known(type, raw)) {
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
        if (run_ != nullptr && lock_memory_ == nullptr)
            run_->before_read(type, unknown);  // who holds locks lets nobody wait
        strategy()->before_read(*this, type, unknown, at_least);
        auto const began = deadline::clock::now();
        read(type, select_by_key(type, unknown));
        if (run_ != nullptr) run_->lines().note_read(deadline::clock::now() - began);
        for (auto const raw : unknown)
            if (memory_.map().find(type, raw) == nullptr) memory_.note_absent(type, raw);
    }
    std::vector<tracked_object*> result;
    for (auto const raw : raws) {
        auto* object = memory_.map().find(type, raw);
        result.push_back(object != nullptr && has_row(*object) ? object : nullptr);
    }
    return result;
}

std::vector<tracked_object*> unit_of_work::body::find_by_query(data_mapper const& type, selection what) {
    memory_.fill_in_keys(type, what);
    is_open_ = true;
    bool const locks_first = strategy()->locks_before_reading(*this, type, lock_policy::optimistic);
    auto       objects = locks_first ? read_locked(type, what) : read(type, what);
    std::erase_if(objects, [](tracked_object const* object) {
        return !has_row(*object) || object->state() == object_state::added;
    });
    if (objects.empty()) memory_.note_absent(type, what.where);
    return objects;
}

/// Finds the keys, locks them, then reads the rows.
std::vector<tracked_object*> unit_of_work::body::read_locked(data_mapper const& type, selection what) {
    auto const keys = read_keys(type, what);
    if (keys.empty()) return {};
    lock_before_query(type, keys);
    what.where.push_back({type.key(), comparison::test::any_of, {keys.begin(), keys.end()}});
    return read(type, what);
}

/// Objects that the unit knows stay as they are in memory, and so must be as they were read.
void unit_of_work::body::lock_before_query(data_mapper const& type, std::span<std::int64_t const> keys) {
    std::vector<std::int64_t>    unknown;
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

std::vector<std::int64_t> unit_of_work::body::read_keys(data_mapper const& type, selection what) {
    std::vector<std::int64_t> keys;
    what.columns = {type.key()};
    lend()->select(what, [&](std::span<value> row) { keys.push_back(type.key_in(row.front())); }, until());
    return keys;
}

/// What was read is known only when all of it was, and the strategy has agreed.
std::vector<tracked_object*> unit_of_work::body::read(data_mapper const& type, selection const& what) {
    std::vector<tracked_object*> fresh, objects;
    try {
        objects = loader{memory_.map(), fresh}.load(*lend(), type, what, until());
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
    std::map<data_mapper const*, std::unordered_map<std::int64_t, tracked_object*>> by_type;
    for (auto const* object : objects) {
        check_own(*object);
        if (object->state() == object_state::gone) continue;
        if (object->state() == object_state::added)
            throw usage_error(object->mapper().table() + " " + detail::key_text(object->raw_key()) +
                              " is new: there is nothing to read again");
        by_type[&object->mapper()][object->raw_key()] = &unit_memory::own(*object);
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
                memory_.take_back_place(*found->second);
                read_again.push_back(found->second);
                wanted.erase(found);
            },
            until());
        for (auto const& [key, object] : missing) memory_.forget(*object);
        strategy()->after_read(*this, read_again);
    }
}

void unit_of_work::body::reload(conflict_error const& refused) {
    std::vector<tracked_object*> objects;
    for (auto* object : memory_.objects()) {
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
            memory_.give_up(*object);
        } else {
            objects.push_back(object);
        }
    }
    reload(objects);
}

}  // namespace stint
