#include <stint/unit_of_work.hpp>

#include <algorithm>
#include <map>
#include <random>
#include <unordered_map>

#include <stint/loader.hpp>
#include <stint/log.hpp>

#include "flush.hpp"

namespace stint {

namespace {

/// 128 random bits: no two business transactions share one, whatever process or machine they run in.
std::string new_owner() {
    std::random_device device;
    std::string        text;
    for (int i = 0; i < 4; ++i) {
        auto bits = device();
        for (int digit = 0; digit < 8; ++digit, bits >>= 4) text += "0123456789abcdef"[bits & 15U];
    }
    return text;
}

/// As far as this unit goes. A gone object can still be found by the pending id that it once had.
bool has_row(tracked_object const& object) {
    return object.state() != object_state::removed && object.state() != object_state::gone;
}

void log_slot_errors(char const* event, std::vector<std::exception_ptr> const& thrown) {
    for (auto const& one : thrown) {
        try {
            std::rethrow_exception(one);
        } catch (std::exception const& e) {
            logger()->error("a slot of the event '{}' threw: {}", event, e.what());
        } catch (...) {
            logger()->error("a slot of the event '{}' threw something that is not a std::exception", event);
        }
    }
}

}  // namespace

unit_of_work::unit_of_work(database& db, unit_options options) : db_(db), options_(std::move(options)) {
    if (options_.lock == nullptr) throw usage_error("a unit of work needs a lock strategy; last_write_wins is none");
}

unit_of_work::~unit_of_work() {
    if (is_open_) tell_strategy(flush_plan{{}}, flush_end::rolled_back, {});
}

events& unit_of_work::on() {
    if (events_ == nullptr) events_ = std::make_unique<events>();
    return *events_;
}

std::string const& unit_of_work::owner() {
    if (options_.owner.empty()) options_.owner = new_owner();
    return options_.owner;
}

// Reading.

tracked_object* unit_of_work::known(data_mapper const& type, std::int64_t raw) const {
    if (raw == detail::no_key) throw usage_error("an object of " + type.table() + " was asked for without a key");
    auto* object = map_.find(type, raw);
    if (object == nullptr && detail::is_pending_key(raw))
        throw usage_error(type.table() + " " + detail::key_text(raw) + " is a new object of another unit of work");
    return object;
}

tracked_object* unit_of_work::find_by_key(data_mapper const& type, std::int64_t raw) {
    if (auto* object = known(type, raw)) return has_row(*object) ? object : nullptr;
    return find_by_keys(type, {&raw, 1}).front();
}

std::vector<tracked_object*> unit_of_work::find_by_keys(data_mapper const& type, std::span<std::int64_t const> raws) {
    std::vector<std::int64_t> unknown;
    for (auto const raw : raws)
        if (known(type, raw) == nullptr) unknown.push_back(raw);
    std::sort(unknown.begin(), unknown.end());
    unknown.erase(std::unique(unknown.begin(), unknown.end()), unknown.end());

    if (!unknown.empty()) {
        is_open_ = true;
        options_.lock->before_read(*this, type, unknown);
        read(type, select_by_key(type, unknown));
    }
    std::vector<tracked_object*> result;
    for (auto const raw : raws) {
        auto* object = map_.find(type, raw);
        result.push_back(object != nullptr && has_row(*object) ? object : nullptr);
    }
    return result;
}

std::vector<tracked_object*> unit_of_work::find_by_query(data_mapper const& type, selection what) {
    is_open_ = true;
    if (options_.lock->locks_before_reading()) {
        auto const keys = read_keys(type, what);
        if (keys.empty()) return {};
        options_.lock->before_read(*this, type, keys);
        what.where.push_back({type.key(), comparison::test::any_of, {keys.begin(), keys.end()}});
    }
    auto objects = read(type, what);
    std::erase_if(objects, [](tracked_object const* object) { return !has_row(*object); });
    return objects;
}

std::vector<std::int64_t> unit_of_work::read_keys(data_mapper const& type, selection what) {
    std::vector<std::int64_t> keys;
    what.columns = {type.key()};
    db_.lend(until())->select(
        what, [&](std::span<value> row) { keys.push_back(std::get<std::int64_t>(row.front())); }, until());
    return keys;
}

std::vector<tracked_object*> unit_of_work::read(data_mapper const& type, selection const& what) {
    std::vector<tracked_object*> fresh;
    loader                       loader{map_, *this, [&](std::unique_ptr<tracked_object> object) {
                      fresh.push_back(object.get());
                      objects_.push_back(std::move(object));
                  }};
    auto const                   objects = loader.load(*db_.lend(until()), type, what, until());
    options_.lock->after_read(*this, objects);
    if (events_ != nullptr && !fresh.empty()) events_->loaded(fresh);
    return objects;
}

void unit_of_work::reload(std::span<tracked_object* const> objects) {
    std::map<data_mapper const*, std::unordered_map<std::int64_t, tracked_object*>> by_type;
    for (auto* object : objects) {
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
        options_.lock->before_read(*this, *type, keys);

        std::vector<tracked_object*> read_again;
        db_.lend(until())->select(
            select_by_key(*type, keys),
            [&, &wanted = missing](std::span<value> row) {
                auto const found = wanted.find(std::get<std::int64_t>(row.front()));
                if (found == wanted.end()) return;
                loader::refresh(*found->second, row);
                read_again.push_back(found->second);
                wanted.erase(found);
            },
            until());
        for (auto const& [key, object] : missing) forget(*object);
        options_.lock->after_read(*this, read_again);
    }
}

void unit_of_work::reload(conflict_error const& refused) {
    std::vector<tracked_object*> objects;
    for (auto const& object : objects_) {
        if (object->state() == object_state::gone) continue;
        auto const key = detail::key_text(object->raw_key());
        bool const refused_it = std::any_of(
            refused.conflicts().begin(), refused.conflicts().end(), [&](auto const& one) {
                return one.mine.has_value() && one.table == object->mapper().table() && one.key == key;
            });
        if (!refused_it) continue;
        if (object->state() == object_state::added) {
            forget(*object);
        } else {
            objects.push_back(object.get());
        }
    }
    reload(objects);
}

// Changing.

void unit_of_work::before_first_edit(tracked_object& object) {
    is_open_ = true;
    options_.lock->before_first_edit(*this, object);
}

tracked_object& unit_of_work::adopt(std::unique_ptr<tracked_object> object, std::int64_t raw) {
    auto const& type = object->mapper();
    if (raw != detail::no_key && detail::is_pending_key(raw))
        throw usage_error("a new object of " + type.table() + " came with the pending id of another");
    if (auto const* there = raw == detail::no_key ? nullptr : map_.find(type, raw);
        there != nullptr && there->state() != object_state::removed)
        throw usage_error("this unit has " + type.table() + " " + detail::key_text(raw) + " already");

    is_open_ = true;
    object->set_raw_key(raw == detail::no_key ? detail::new_pending_key() : raw);
    object->set_state(object_state::added);
    map_.put(*object);
    objects_.push_back(std::move(object));
    return *objects_.back();
}

void unit_of_work::remove(tracked_object& object) {
    switch (object.state()) {
    case object_state::removed:
    case object_state::gone: return;
    case object_state::added: forget(object); return;
    case object_state::clean: before_first_edit(object); break;
    case object_state::edited: break;
    }
    object.set_state(object_state::removed);
}

void unit_of_work::forget(tracked_object& object) noexcept {
    map_.take_out(object, object.raw_key());
    object.set_state(object_state::gone);
}

// Finishing.

void unit_of_work::refuse_in_doubt() const {
    if (in_doubt_)
        throw usage_error("an earlier commit of this unit is in doubt: look whether it took place, then roll this unit "
                          "back or go on with a fresh one");
}

commit_report unit_of_work::commit() {
    refuse_in_doubt();
    if (events_ != nullptr) events_->before_flush(*this);

    flush         changes{*this};
    commit_report report;
    if (!changes.is_empty()) {
        changes.prepare();
        flush_outcome outcome;
        try {
            outcome = changes.send();
        } catch (...) {
            tell_strategy(changes.plan(), flush_end::failed, {});
            throw;
        }
        if (auto const* refused = std::get_if<flush_refused>(&outcome)) refuse(changes, *refused);
        if (auto const* unknown = std::get_if<flush_in_doubt>(&outcome)) doubt(changes, *unknown);
        report = changes.apply(std::get<flush_done>(outcome));
        has_committed_ = true;
    }
    is_open_ = false;
    tell_strategy(changes.plan(), flush_end::committed, {});
    if (events_ != nullptr) {
        report.slot_errors = events_->committed(report);
        log_slot_errors("committed", report.slot_errors);
    }
    return report;
}

void unit_of_work::refuse(flush& refused, flush_refused const& why) {
    tell_strategy(refused.plan(), flush_end::refused, why.rows);
    conflict_error error{refused.conflicts(why)};
    logger()->info("{}: {}", db_.address(), error.what());
    if (events_ != nullptr) log_slot_errors("conflict", events_->conflict(error.conflicts()));
    throw error;
}

void unit_of_work::doubt(flush& unknown, flush_in_doubt const& why) {
    in_doubt_ = true;
    tell_strategy(unknown.plan(), flush_end::in_doubt, {});
    try {
        std::rethrow_exception(why.cause);
    } catch (...) {
        std::throw_with_nested(commit_in_doubt{db_.address()});
    }
}

void unit_of_work::tell_strategy(flush_plan const& plan, flush_end how, std::span<refusal const> refusals) noexcept {
    try {
        options_.lock->after_flush(*this, plan, how, refusals);
    } catch (std::exception const& e) {
        logger()->error("the lock strategy failed after the end of a flush: {}", e.what());
    } catch (...) {
        logger()->error("the lock strategy threw something that is not a std::exception after the end of a flush");
    }
}

void unit_of_work::rollback() {
    for (auto const& object : objects_) {
        if (object->state() == object_state::gone) continue;
        if (object->state() == object_state::added) {
            forget(*object);
            continue;
        }
        if (object->snapshot() != nullptr) object->restore_snapshot();
        object->settle();
    }
    for (auto const& object : objects_)  // a removed object takes back its place from a new one of the same key
        if (object->state() != object_state::gone) map_.put(*object);
    is_open_ = false;
    in_doubt_ = false;
    tell_strategy(flush_plan{{}}, flush_end::rolled_back, {});
    if (events_ != nullptr) log_slot_errors("rolled_back", events_->rolled_back());
}

// Looking.

std::vector<change> unit_of_work::changes() const {
    std::vector<change> result;
    for (auto const& one : collect_changes(objects_)) result.push_back(describe(one));
    return result;
}

bool unit_of_work::has_changes() const {
    return std::any_of(objects_.begin(), objects_.end(), [](auto const& object) { return has_changed(*object); });
}

write_batch unit_of_work::dry_run() {
    flush changes{*this};
    if (changes.is_empty()) return {};
    changes.prepare();
    return changes.batch();
}

std::string unit_of_work::key_list(data_mapper const&, std::span<std::int64_t const> raws) {
    std::string text;
    for (auto const raw : raws) text += (text.empty() ? "" : ", ") + detail::key_text(raw);
    return text;
}

}  // namespace stint
