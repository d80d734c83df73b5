#include <stint/unit_of_work.hpp>

#include <algorithm>

#include <stint/detail/run_loop.hpp>
#include <stint/lock_table.hpp>
#include <stint/log.hpp>

#include "absence.hpp"
#include "flush.hpp"
#include "owner.hpp"
#include "pending_change.hpp"
#include "unit_defaults.hpp"

namespace stint {

namespace {

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

unit_of_work::unit_of_work(database& db, unit_options options)
    : db_(db), share_(db.share()), options_(detail::with_defaults(std::move(options), db)) {}

unit_of_work::~unit_of_work() {
    if (is_open_) tell_strategy(flush_plan{{}}, flush_end::rolled_back, {});
}

void unit_of_work::check_own(tracked_object const& object) const {
    if (!object.belongs_to(*this))
        throw usage_error(object.mapper().table() + " " + detail::key_text(object.raw_key()) +
                          " is an object of another unit of work");
}

events& unit_of_work::on() {
    if (events_ == nullptr) events_ = std::make_unique<events>();
    return *events_;
}

std::string const& unit_of_work::owner() {
    if (options_.owner.empty()) options_.owner = detail::new_owner();
    return options_.owner;
}

// Changing.

void unit_of_work::before_first_edit(tracked_object& object) {
    is_open_ = true;
    auto* const one = &object;
    noting_changed({&one, 1}, [&] { strategy()->before_first_edit(*this, object); });
}

void unit_of_work::check_new(data_mapper const& type, std::int64_t raw) const {
    if (raw == detail::no_key) return;
    if (detail::is_pending_key(raw))
        throw usage_error("a new object of " + type.table() + " came with the pending id of another");
    if (auto const* there = map_.find(type, raw); there != nullptr && there->state() != object_state::removed)
        throw usage_error("this unit has " + type.table() + " " + detail::key_text(raw) + " already");
}

tracked_object& unit_of_work::adopt(tracked_object& made, std::int64_t raw) {
    is_open_ = true;
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

void unit_of_work::remove(tracked_object& object) {
    check_own(object);
    switch (object.state()) {
    case object_state::removed:
    case object_state::gone: return;
    case object_state::added: give_up(object); return;
    case object_state::clean: before_first_edit(object); break;
    case object_state::edited: break;
    }
    object.set_state(object_state::removed);
}

void unit_of_work::forget(tracked_object& object) noexcept {
    map_.take_out(object, object.raw_key());
    object.set_state(object_state::gone);
}

/// A new object goes; a removed one whose key it had taken is found by it again.
void unit_of_work::give_up(tracked_object& added) {
    forget(added);
    for (auto* object : objects_)
        if (object->state() == object_state::removed && object->raw_key() == added.raw_key() &&
            &object->mapper() == &added.mapper())
            map_.put(*object);
}

/// A reference that stood for a new object becomes the key that the object was given.
void unit_of_work::fill_in_keys() {
    if (!map_.has_pending()) return;
    for (auto* object : objects_) {
        bool const may_have_new_ones = object->state() == object_state::added || object->has_snapshot();
        if (object->state() != object_state::gone && may_have_new_ones)
            fill_in_references(object->mapper(), object->mutable_object());
    }
}

void unit_of_work::fill_in_references(data_mapper const& type, void* object) const {
    auto const fields = type.fields();
    for (auto const i : type.references()) {
        auto const raw = fields[i].referred(object);
        if (raw && detail::is_pending_key(*raw)) fields[i].set(object, known_key(fields[i].references(), *raw));
    }
}

/// A copy that was made before the commit, and says the same as the object, also shows its version.
void unit_of_work::finish_copy(data_mapper const& type, void* copy, std::int64_t raw) const {
    fill_in_references(type, copy);
    auto const* const object = map_.find(type, raw);
    if (object == nullptr || object->state() == object_state::gone) return;
    bool const is_same = std::ranges::all_of(type.fields(),
                                             [&](auto const& field) { return field.same(copy, object->object()); });
    if (is_same) type.show_version(copy, object->version());
}

/// The key that the object behind a pending id was given; the pending id itself while there is none.
std::int64_t unit_of_work::known_key(data_mapper const& type, std::int64_t pending) const noexcept {
    auto const* object = map_.find(type, pending);
    return object != nullptr ? object->raw_key() : pending;
}

// Finishing.

void unit_of_work::refuse_in_doubt() const {
    if (in_doubt_)
        throw usage_error("an earlier commit of this unit is in doubt: look whether it took place, then roll this unit "
                          "back or go on with a fresh one");
}

void unit_of_work::refuse_in_slot(char const* function) const {
    if (event_ != nullptr)
        throw usage_error(
            std::string(function) + "() was called in a slot of the event '" + event_ +
            "': the call that told it has not ended; call it when that has returned (events.hpp says what a "
            "slot may do)");
}

/// What a program wrote into a member that shows the version is no change: the library's own number stands there again.
void unit_of_work::show_versions() noexcept {
    if (!map_.shows_versions()) return;
    for (auto* object : objects_)
        if (object->has_snapshot() || object->state() == object_state::added)
            object->mapper().show_version(object->mutable_object(), object->version());
}

commit_report unit_of_work::commit() {
    refuse_in_slot("commit");
    refuse_in_doubt();
    emit("before_flush", &events::before_flush, *this);

    show_versions();
    fill_in_keys();
    flush changes{*this};
    auto  report = changes.is_empty() ? changes.apply({}) : send(changes);
    is_open_ = false;
    tell_strategy(changes.plan(), flush_end::committed, {});
    report.slot_errors = emit("committed", &events::committed, report);
    log_slot_errors("committed", report.slot_errors);
    return report;
}

commit_report unit_of_work::send(flush& changes) {
    is_open_ = true;
    flush_outcome outcome;
    try {
        changes.prepare();
        outcome = changes.send();
    } catch (...) {
        tell_strategy(changes.plan(), flush_end::failed, {});
        throw;
    }
    if (auto const* refused = std::get_if<flush_refused>(&outcome)) refuse(changes, *refused);
    if (auto const* unknown = std::get_if<flush_in_doubt>(&outcome)) doubt(changes, *unknown);
    auto const report = changes.apply(std::get<flush_done>(outcome));
    has_committed_ = true;
    options_.refused_before.clear();
    refused_.clear();
    absences_.reset();
    return report;
}

deadline unit_of_work::lock_wait() const noexcept {
    if (options_.wait) return deadline::after(*options_.wait);
    return run_ != nullptr ? run_->until() : deadline::after(std::chrono::seconds::zero());
}

detail::absences& unit_of_work::absences() {
    if (absences_ == nullptr) absences_ = std::make_unique<detail::absences>();
    return *absences_;
}

bool unit_of_work::had_looked_for(tracked_object const& object) const {
    return absences_ != nullptr && absences_->has_key(object);
}

bool unit_of_work::had_looked_for(tracked_object const& object, std::span<std::string const> columns) const {
    return absences_ != nullptr && absences_->has_values(object, columns);
}

void unit_of_work::note_refused(object_key const& one) {
    if (std::find(refused_.begin(), refused_.end(), one) == refused_.end()) refused_.push_back(one);
}

std::vector<object_key> unit_of_work::refused() const {
    auto all = options_.refused_before;
    for (auto const& one : refused_)
        if (std::find(all.begin(), all.end(), one) == all.end()) all.push_back(one);
    return all;
}

void unit_of_work::refuse(flush& refused, flush_refused const& why) {
    tell_strategy(refused.plan(), flush_end::refused, why.rows);
    for (auto const& one : refused.objects_in_the_way(why)) note_refused(one);
    auto conflicts = refused.conflicts(why);
    look_at_locks(conflicts);
    conflict_error error{std::move(conflicts)};
    logger()->info("{}: {}", db_.address(), error.what());
    log_slot_errors("conflict", emit("conflict", &events::conflict, error.conflicts()));
    throw error;
}

/// Only the database's clock knows how long they are held. What can't be looked at stays as the refusal told it.
void unit_of_work::look_at_locks(std::vector<conflict>& conflicts) {
    std::vector<std::string> names;
    for (auto const& one : conflicts)
        if (one.lock) names.push_back(one.lock->name);
    if (names.empty()) return;
    try {
        auto const here = detail::count_scope{counted_};
        auto const held = lock_table{db_}.find(names, until());
        for (auto& one : conflicts) {
            if (!one.lock) continue;
            auto const found = std::find_if(held.begin(), held.end(),
                                            [&](auto const& lock) { return lock.name == one.lock->name; });
            bool const is_same = found != held.end() && found->fence == one.lock->fence;
            if (is_same || one.why == reason::lock_lost())  // what bound the commit is told as it was found
                one.lock = found != held.end() ? *found : held_lock{.name = one.lock->name};
        }
    } catch (error const& e) {
        logger()->warn("{}: the locks that refused a commit could not be looked at: {}", db_.address(), e.what());
    }
}

void unit_of_work::doubt(flush& unknown, flush_in_doubt const& why) {
    in_doubt_ = true;
    has_committed_ = true;  // perhaps
    is_open_ = false;       // what the strategy holds may be needed still: the unit's end tells no other
    tell_strategy(unknown.plan(), flush_end::in_doubt, {});
    try {
        std::rethrow_exception(why.cause);
    } catch (commit_in_doubt const&) {
        throw;
    } catch (std::exception const& cause) {
        std::throw_with_nested(commit_in_doubt{db_.address(), cause.what()});
    }
}

void unit_of_work::tell_strategy(flush_plan const& plan, flush_end how, std::span<refusal const> refusals) noexcept {
    try {
        strategy()->after_flush(*this, plan, how, refusals);
    } catch (std::exception const& e) {
        logger()->error("the lock strategy failed after the end of a flush: {}", e.what());
    } catch (...) {
        logger()->error("the lock strategy threw something that is not a std::exception after the end of a flush");
    }
}

void unit_of_work::rollback() {
    refuse_in_slot("rollback");
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
    is_open_ = false;
    in_doubt_ = false;
    absences_.reset();
    tell_strategy(flush_plan{{}}, flush_end::rolled_back, {});
    log_slot_errors("rolled_back", emit("rolled_back", &events::rolled_back));
}

// Looking.

std::vector<change> unit_of_work::changes() const {
    std::vector<change> result;
    auto const          all = collect_changes(objects_);
    for (auto const& one : all.list) result.push_back(describe(one));
    return result;
}

bool unit_of_work::has_changes() const {
    return std::any_of(objects_.begin(), objects_.end(), [](auto const& object) { return has_changed(*object); });
}

write_batch unit_of_work::dry_run() {
    fill_in_keys();
    flush changes{*this};
    if (changes.is_empty()) return {};
    is_open_ = true;
    try {
        changes.prepare();
    } catch (...) {
        tell_strategy(changes.plan(), flush_end::not_sent, {});
        throw;
    }
    tell_strategy(changes.plan(), flush_end::not_sent, {});
    return changes.batch();
}

}  // namespace stint
