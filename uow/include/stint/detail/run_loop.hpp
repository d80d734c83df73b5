// run_loop: the tries of one stint::run, which is a template around it.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <span>

#include <stint/database.hpp>
#include <stint/error.hpp>
#include <stint/unit_of_work.hpp>

namespace stint {

struct run_options {
    /// How long after the first try began another may begin, or wait in line; unit.deadline limits it, too. None: until
    /// unit.deadline, or 30 s if that is none. A try under way is not cut off.
    std::optional<std::chrono::milliseconds> patience{};
    /// The largest number of runs of the function, at least one. None: as many as fit into the time.
    std::optional<std::size_t> attempts{};
    unit_options               unit{};  ///< for every fresh unit
    /// Called before each new try: the last one's failure, and how many tries there were. An exception ends the run.
    std::function<void(error const& failure, std::size_t tries)> before_retry{};
};

namespace detail {

class turnstile_place;
class turnstiles;

/// Returns the unit of the run on this database that this thread is inside of; null if there is none. Throws
/// usage_error if the inner run asks for what that unit can't give.
unit_of_work* unit_to_join(database& db, run_options const& inner, bool wants_to_act_after_commit);

class run_loop {
public:
    run_loop(database& db, run_options const& options);
    run_loop(run_loop const&) = delete;
    run_loop& operator=(run_loop const&) = delete;
    ~run_loop();

    /// A fresh unit, for the next try.
    unit_of_work& begin();
    unit_of_work& work() noexcept { return *work_; }
    database&     db() const noexcept { return db_; }
    void          commit();
    /// In the clause that caught it: ends the try, and waits for the next one's turn; throws it on where none is to be.
    void go_on_after(error const& failure);

    /// What a run that joins asks for and its unit doesn't have; null: nothing.
    char const* other_than(unit_options const& inner);

    /// While it lives, runs of this thread on this database join the unit.
    class inside {
    public:
        explicit inside(run_loop& loop) noexcept;
        inside(inside const&) = delete;
        inside& operator=(inside const&) = delete;
        ~inside();

    private:
        friend unit_of_work* stint::detail::unit_to_join(database& db, run_options const& inner,
                                                         bool wants_to_act_after_commit);

        run_loop& loop_;
        inside*   outer_;
    };

    // Asked by its unit.

    stint::deadline deadline() const noexcept { return deadline_; }
    turnstiles&     lines() const noexcept { return turnstiles_; }
    /// Before objects are read: waits its turn where others wait for one of them.
    void before_read(data_mapper const& type, std::span<row_key const> keys);

private:
    bool is_to_go_on(error const& failure) const;
    void wait_for_next_try(error const& failure);
    bool stand_in_line();
    bool stands_in_line_for(object_key const& object) const;
    void pause(std::chrono::microseconds longest);

    database&                        db_;
    run_options const&               options_;
    unit_options                     unit_;
    stint::deadline                  deadline_;
    turnstiles&                      turnstiles_;
    std::unique_ptr<turnstile_place> place_;  // in the one line in which it stands
    std::unique_ptr<unit_of_work>    work_;
    std::size_t                      tries_ = 0;
};

}  // namespace detail

}  // namespace stint
