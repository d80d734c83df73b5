// unit_of_work::body: the inside of a unit of work (private to the room).
//
//     unit_body.cpp    what it is asked by its objects, its participants and its run; its handle
//     unit_reads.cpp   reading
//     commit.cpp       committing, step by step
//
// (Coplien, Advanced C++: Handle/Body.)
#pragma once

#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <stint/counters.hpp>
#include <stint/database.hpp>
#include <stint/deadline.hpp>
#include <stint/detail/count_scope.hpp>
#include <stint/events.hpp>
#include <stint/extension/flush_plan.hpp>
#include <stint/extension/lock_strategy.hpp>
#include <stint/extension/unit_context.hpp>
#include <stint/lock_error.hpp>
#include <stint/unit_of_work.hpp>
#include <stint/unit_options.hpp>

#include "participant_list.hpp"
#include "pending_change.hpp"
#include "unit_memory.hpp"

namespace stint {

class unit_of_work::body final : public edit_listener, private unit_context {
public:
    /// `unit` is its handle; `run` is the stint::run that made the unit, or null. All must live as long as it.
    body(unit_of_work& unit, database& db, unit_options options, detail::run_loop* run);
    body(body const&) = delete;
    body& operator=(body const&) = delete;
    ~body();

    database&              db() noexcept override { return db_; }
    std::string const&     owner() override;
    verify                 verification() const noexcept override { return *options_.verify; }
    stint::deadline        deadline() const noexcept override { return options_.deadline; }
    void                   wait_until(stint::deadline until) noexcept { options_.deadline = until; }
    unit_options const&    options() const noexcept { return options_; }
    unit_memory&           memory_of_objects() noexcept { return memory_; }
    stint::counters const& counted() const noexcept { return counted_; }
    stint::events&         events();
    /// Whether a commit has written something, or is in doubt.
    bool has_committed() const noexcept { return has_committed_; }
    /// What stood in the way since the last commit, and of earlier tries.
    std::vector<object_key> refused() const;

    // What is asked through it is counted.
    detail::counting<database::lease> lend() {
        return {counted_, [&] { return db_.lend(deadline()); }};
    }

    // Reading.

    tracked_object*              find_by_key(data_mapper const& type, row_key key, lock_policy at_least);
    std::vector<tracked_object*> find_by_keys(data_mapper const& type, std::span<row_key const> keys,
                                              lock_policy at_least);
    std::vector<tracked_object*> find_by_query(data_mapper const& type, object_query query);
    void                         reload(std::span<tracked_object const* const> objects);
    void                         reload(conflict_error const& refused);

    // Changing.

    void            before_first_edit(tracked_object const& object) override;
    tracked_object& add(tracked_object& made, row_key key);
    void            remove(tracked_object const& object);

    // Finishing.

    commit_report commit();
    write_batch   dry_run();
    void          rollback();

private:
    /// One attempt to commit: what each step makes, for the next.
    struct attempt;

    std::string const&            label() const noexcept override { return options_.label; }
    stint::deadline               lock_wait() const noexcept override;
    std::span<object_key const>   refused_before() const noexcept override { return options_.refused_before; }
    std::span<object_key const>   refused_here() const noexcept override { return refused_; }
    bool                          rerun_waits_for(tracked_object const& object) const override;
    std::unique_ptr<lock_memory>& memory() noexcept override { return lock_memory_; }

    detail::counting<lock_strategy*> strategy() {
        return {counted_, [&] { return options_.lock.get(); }};
    }
    void check_own(tracked_object const& object) const;

    void                         lock_known(std::vector<tracked_object*> objects, lock_policy at_least);
    std::vector<tracked_object*> read(data_mapper const& type, selection const& rows);
    std::vector<tracked_object*> read_locked(data_mapper const& type, selection rows);
    std::vector<row_key>         read_keys(data_mapper const& type, selection rows);
    void                         lock_before_query(data_mapper const& type, std::span<row_key const> keys);
    template <class Lock>
    void noting_changed(std::span<tracked_object const* const> objects, Lock lock);
    void note_refused(object_key const& object);

    void              refuse_in_doubt() const;
    void              refuse_in_slot(char const* function) const;
    attempt           collect();
    void              prepare(attempt& now);
    commit_report     flush(attempt& now);
    flush_outcome     send(attempt& now);
    [[noreturn]] void refuse(attempt const& now, flush_refused const& outcome);
    [[noreturn]] void doubt(attempt const& now, flush_in_doubt const& outcome);
    void              tell(flush_plan const& plan, flush_end end, std::span<refusal const> refusals = {}) noexcept;

    template <class Signal, class... Facts>
    auto emit(char const* event, Signal stint::events::* signal, Facts&&... facts);

    unit_of_work&                  unit_;
    database&                      db_;
    std::shared_ptr<void const>    share_;  // of the database, so that its end notices this unit
    unit_options                   options_;
    stint::counters                counted_{};
    unit_memory                    memory_{*this};
    participant_list               participants_;
    std::unique_ptr<stint::events> events_;
    char const*                    event_ = nullptr;  // whose slots are being called
    std::unique_ptr<lock_memory>   lock_memory_;
    std::vector<object_key>        refused_;
    detail::run_loop*              run_;
    bool                           has_committed_ = false;
    bool                           is_open_ = false;  // the participants are owed an end
    bool                           in_doubt_ = false;
};

/// Calls the slots of an event, and knows meanwhile which.
template <class Signal, class... Facts>
auto unit_of_work::body::emit(char const* event, Signal stint::events::* signal, Facts&&... facts) {
    struct calling {
        char const*& current;
        char const*  before;
        ~calling() { current = before; }
    };
    if (events_ == nullptr) return typename Signal::result_type();
    calling const slots{event_, std::exchange(event_, event)};
    return (*events_.*signal)(std::forward<Facts>(facts)...);
}

/// Calls what locks these objects; notes the one that turns out to have been changed before.
template <class Lock>
void unit_of_work::body::noting_changed(std::span<tracked_object const* const> objects, Lock lock) {
    try {
        lock();
    } catch (changed_before_lock const& e) {
        for (auto const* object : objects)
            if (e.is_of(*object)) note_refused(object->identity());
        throw;
    }
}

/// What slots threw when nobody could hear it.
void log_slot_errors(char const* event, std::vector<std::exception_ptr> const& thrown);

}  // namespace stint
