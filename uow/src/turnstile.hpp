// turnstiles: where runs of one process wait for each other, so that an object that all of them want is read by one at
// a time (private to the room).
//
// An object has a turnstile while somebody stands at it: a run that was refused because of the object comes first, and
// whoever wants to read it joins. A place lasts as long as its run. When a turn ends, or is overdue,
// the next one's begins.
//
//     place      begins when                                           then
//     waiting    it joins                                              the turn of the one before ends: in turn
//     in turn    nobody is in turn, or whoever is has been for 100 ms  its run ends: gone; 100 ms pass: overdue
//     overdue    its turn has lasted 100 ms, or its commit is under    its run ends: gone
//                way and will be done when the next one has read
//
// Nothing is held in the database meanwhile, and nothing is kept of an object at which nobody stands. Which process is
// faster is not decided here. All functions may be called by any thread; a place belongs to its run's.
#pragma once

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <cstddef>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <span>
#include <unordered_map>

#include <stint/database.hpp>
#include <stint/deadline.hpp>
#include <stint/object_key.hpp>

namespace stint::detail {

class turnstile_place;

class turnstiles final : public database::service {
public:
    using clock = deadline::clock;
    static constexpr std::chrono::milliseconds longest_turn{100};

    explicit turnstiles(database& /*host*/) {}

    /// Whether nobody stands anywhere: the usual case, and cheap.
    bool are_quiet() const noexcept { return lines_here_.load(std::memory_order_relaxed) == 0; }

    /// At the end of the line of one of these objects that has one; null: none has.
    std::unique_ptr<turnstile_place> join(std::span<object_key const> objects);
    /// The same; the first of them gets a line where none has.
    std::unique_ptr<turnstile_place> join_or_begin(std::span<object_key const> objects);

    /// What a read, and a commit, take when nothing holds them up: what pauses are measured by. Follows shorter ones
    /// soon, longer ones slowly.
    void                      note_read(clock::duration took) noexcept { usual_read_.note(took); }
    void                      note_commit(clock::duration took) noexcept { usual_commit_.note(took); }
    std::chrono::microseconds usual_read() const noexcept { return usual_read_.get(); }
    std::chrono::microseconds usual_commit() const noexcept { return usual_commit_.get(); }

    std::size_t lines() const;

private:
    friend class turnstile_place;

    class usual_time {
    public:
        void                      note(clock::duration took) noexcept;
        std::chrono::microseconds get() const noexcept;

    private:
        std::atomic<std::int64_t> nanoseconds_{0};
    };
    struct line {
        std::deque<turnstile_place*> waiting{};
        turnstile_place*             in_turn = nullptr;
        clock::time_point            turn_ends{};
        std::size_t                  places = 0;      // waiting, in turn, overdue
        std::size_t                  calm_turns = 0;  // that ended without a refusal, one after the other
    };
    using line_map = std::unordered_map<object_key, line>;

    std::unique_ptr<turnstile_place> join(line_map::iterator found);
    void                             admit_next(line& queue);
    void                             leave(turnstile_place& place) noexcept;
    void                             count_lines() noexcept;

    mutable std::mutex       mutex_;
    line_map                 lines_;
    std::atomic<std::size_t> lines_here_{0};
    usual_time               usual_read_, usual_commit_;
};

/// A run's place in a line; given up when it is destroyed.
class turnstile_place {
public:
    turnstile_place(turnstiles& lines, object_key object) : turnstiles_(lines), object_(object) {}
    turnstile_place(turnstile_place const&) = delete;
    turnstile_place& operator=(turnstile_place const&) = delete;
    ~turnstile_place() { turnstiles_.leave(*this); }

    object_key const& object() const noexcept { return object_; }
    /// Until it is in turn; false: the deadline passed before.
    bool wait(deadline until);
    /// Where the turns before ended well, so that nobody else seems to be at work on the object, and commits take
    /// longer than waking a thread (0.4 ms), the next one's begins so soon that its read reaches the database just when
    /// this commit is done.
    void begin_commit();
    void note_refusal();

private:
    friend class turnstiles;

    turnstiles&             turnstiles_;
    object_key              object_;
    turnstiles::line*       line_ = nullptr;
    std::condition_variable called_;
    bool                    is_admitted_ = false;
    bool                    was_refused_ = false;  // in its turn
};

}  // namespace stint::detail
