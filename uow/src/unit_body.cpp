#include "unit_body.hpp"

#include <algorithm>

#include <stint/detail/run_loop.hpp>
#include <stint/log.hpp>

#include "owner.hpp"
#include "unit_defaults.hpp"

namespace stint {

void log_slot_errors(char const* event, std::vector<std::exception_ptr> const& thrown) {
    for (auto const& each : thrown) {
        try {
            std::rethrow_exception(each);
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

events& unit_of_work::body::on() {
    if (events_ == nullptr) events_ = std::make_unique<events>();
    return *events_;
}

std::string const& unit_of_work::body::owner() {
    if (options_.owner.empty()) options_.owner = detail::new_owner();
    return options_.owner;
}

deadline unit_of_work::body::lock_wait() const noexcept {
    if (options_.wait) return deadline::after(*options_.wait);
    return run_ != nullptr ? run_->until() : deadline::after(std::chrono::seconds::zero());
}

bool unit_of_work::body::rerun_waits_for(tracked_object const& object) const {
    bool const is_read_again = object.state() != object_state::added || memory_.had_looked_for(object);
    return is_read_again && options_.lock->locks_after_refusal(object.mapper());
}

void unit_of_work::body::note_refused(object_key const& object) {
    if (std::ranges::find(refused_, object) == refused_.end()) refused_.push_back(object);
}

std::vector<object_key> unit_of_work::body::refused() const {
    auto all = options_.refused_before;
    for (auto const& object : refused_)
        if (std::ranges::find(all, object) == all.end()) all.push_back(object);
    return all;
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

}  // namespace stint
