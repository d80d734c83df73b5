#include "unit_body.hpp"

#include <algorithm>
#include <utility>

#include <stint/detail/run_loop.hpp>
#include <stint/log.hpp>

#include "unit_defaults.hpp"

namespace stint {

void log_slot_errors(char const* event, std::vector<std::exception_ptr> const& thrown) {
    for (auto const& exception : thrown) {
        try {
            std::rethrow_exception(exception);
        } catch (std::exception const& e) {
            logger()->error("a slot of the event '{}' threw: {}", event, e.what());
        } catch (...) {
            logger()->error("a slot of the event '{}' threw something that is not a std::exception", event);
        }
    }
}

unit_of_work::body::body(unit_of_work& unit, database& db, unit_options options, detail::run_loop* run)
    : unit_(unit), db_(db), share_(db.share()), options_(detail::with_defaults(std::move(options), db)),
      participants_(*this, options_, memory_), run_(run) {}

unit_of_work::body::~body() {
    if (is_open_) tell({}, flush_end::rolled_back);
}

events& unit_of_work::body::events() {
    if (events_ == nullptr) events_ = std::make_unique<stint::events>();
    return *events_;
}

std::string const& unit_of_work::body::owner() {
    if (options_.owner.empty()) options_.owner = detail::new_owner();
    return options_.owner;
}

deadline unit_of_work::body::lock_wait() const noexcept {
    if (options_.wait) return deadline::after(*options_.wait);
    return run_ != nullptr ? run_->deadline() : deadline::after(std::chrono::seconds::zero());
}

bool unit_of_work::body::rerun_waits_for(tracked_object const& object) const {
    bool const is_read_again = object.state() != object_state::added || memory_.had_looked_for(object);
    return is_read_again && options_.lock->locks_after_refusal(object.mapper());
}

void unit_of_work::body::note_refused(object_key const& object) {
    if (std::ranges::find(refused_, object) == refused_.end()) refused_.push_back(object);
}

std::vector<object_key> unit_of_work::body::refused() const {
    auto keys = options_.refused_before;
    for (auto const& object : refused_)
        if (std::ranges::find(keys, object) == keys.end()) keys.push_back(object);
    return keys;
}

void unit_of_work::body::check_own(tracked_object const& object) const {
    if (!object.belongs_to(*this)) throw usage_error(object.name() + " is an object of another unit of work");
}

void unit_of_work::body::refuse_in_slot(char const* function) const {
    if (event_ != nullptr)
        throw usage_error(
            std::string(function) + "() was called in a slot of the event '" + event_ +
            "': the call that told it has not ended; call it when that has returned (events.hpp says what a "
            "slot may do)");
}

// Changing.

void unit_of_work::body::before_first_edit(tracked_object const& object) {
    is_open_ = true;
    auto* const edited = &object;
    noting_changed({&edited, 1}, [&] { strategy()->before_first_edit(*this, object); });
}

tracked_object& unit_of_work::body::add(tracked_object& made, row_key key) {
    is_open_ = true;
    return memory_.add(made, key);
}

void unit_of_work::body::remove(tracked_object const& object) {
    check_own(object);
    auto& own = unit_memory::own(object);
    switch (object.state()) {
    case object_state::removed:
    case object_state::gone: return;
    case object_state::added: memory_.give_up(own); return;
    case object_state::clean: before_first_edit(object); break;
    case object_state::edited: break;
    }
    own.set_state(object_state::removed);
}

void unit_of_work::body::rollback() {
    refuse_in_slot("rollback");
    memory_.restore_all();
    is_open_ = false;
    in_doubt_ = false;
    memory_.forget_absences();
    tell({}, flush_end::rolled_back);
    log_slot_errors("rolled_back", emit("rolled_back", &events::rolled_back));
}

// The handle.

unit_of_work::unit_of_work(database& db, unit_options options)
    : body_(std::make_unique<body>(*this, db, std::move(options), nullptr)) {}

unit_of_work::unit_of_work(database& db, unit_options options, detail::run_loop& run)
    : body_(std::make_unique<body>(*this, db, std::move(options), &run)) {}

unit_of_work::~unit_of_work() = default;

tracked_object* unit_of_work::find_by_key(data_mapper const& type, row_key key, lock_policy at_least) {
    return body_->find_by_key(type, key, at_least);
}

std::vector<tracked_object*> unit_of_work::find_by_keys(data_mapper const& type, std::span<row_key const> keys,
                                                        lock_policy at_least) {
    return body_->find_by_keys(type, keys, at_least);
}

std::vector<tracked_object*> unit_of_work::find_by_query(data_mapper const& type, object_query query) {
    return body_->find_by_query(type, std::move(query));
}

row_key unit_of_work::known_key(data_mapper const& type, row_key pending) const noexcept {
    return body_->memory_of_objects().known_key(type, pending);
}

void unit_of_work::finish_copy(data_mapper const& type, void* copy, row_key key) const {
    body_->memory_of_objects().finish_copy(type, copy, key);
}

std::string unit_of_work::key_list(data_mapper const& type, std::span<row_key const> keys) {
    std::string text;
    for (auto const key : keys) text += (text.empty() ? "" : ", ") + type.key_text(key);
    return text;
}

tracked_object& unit_of_work::make(data_mapper const& type, row_key key) {
    body_->memory_of_objects().check_new(type, key);
    return body_->memory_of_objects().map().make(type);
}

tracked_object& unit_of_work::adopt(tracked_object& made, row_key key) {
    return body_->add(made, key);
}

void unit_of_work::remove(tracked_object const& object) {
    body_->remove(object);
}

void unit_of_work::reload(std::span<tracked_object const* const> objects) {
    body_->reload(objects);
}

void unit_of_work::reload(conflict_error const& refused) {
    body_->reload(refused);
}

commit_report unit_of_work::commit() {
    return body_->commit();
}

void unit_of_work::rollback() {
    body_->rollback();
}

std::vector<change> unit_of_work::changes() const {
    std::vector<change> result;
    auto const          pending_changes = collect_changes(body_->memory_of_objects().objects());
    for (auto const& pending : pending_changes.list) result.push_back(describe(pending));
    return result;
}

bool unit_of_work::has_changes() const {
    return std::ranges::any_of(body_->memory_of_objects().objects(),
                               [](auto const* object) { return has_changed(*object); });
}

std::vector<object_key> unit_of_work::refused() const {
    return body_->refused();
}

write_batch unit_of_work::dry_run() {
    return body_->dry_run();
}

stint::counters unit_of_work::counters() const noexcept {
    return body_->counted();
}

void unit_of_work::wait_until(deadline until) noexcept {
    body_->wait_until(until);
}

events& unit_of_work::events() {
    return body_->events();
}

database& unit_of_work::db() const noexcept {
    return body_->db();
}

std::string const& unit_of_work::owner() {
    return body_->owner();
}

}  // namespace stint
