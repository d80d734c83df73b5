// lease_book: the leases that a keeper keeps, and what is to be said of them (private to the room).
//
// It knows neither threads nor a clock: whoever calls says what time it is, one caller at a time. It never calls a
// listener and never destroys one: that is up to the caller, at a moment when nothing is locked.
//
//     state       how it is left
//     on time     a beat fails or hangs -> late; broken, or tenure used up -> ending; window over -> unreachable;
//                 gone -> lost
//     late        a beat succeeds -> on time; the rest as above
//     ending      window over -> unreachable; gone -> lost
//     over        (unreachable, lost) when that has been taken by next_word()
//
// Late is independent of ending. A lease that is kept again is another one: answers to what was asked before don't
// touch it.
#pragma once

#include <cstddef>
#include <deque>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <tuple>
#include <vector>

#include <stint/lease_keeper.hpp>

#include "lease_pace.hpp"

namespace stint {

class lease_book {
public:
    using time_point = deadline::clock::time_point;
    using listener = std::shared_ptr<lease_keeper::listener const>;

    struct word {
        lease      of;
        lease_news news;
        listener   tell;
    };

    struct forgotten {
        std::optional<lease> last{};  ///< as it was renewed last; none: it wasn't kept
        listener             tell{};
    };

    explicit lease_book(lease_pace pace) noexcept : pace_(pace) {}

    /// Answers the listener that it had before, if it was kept.
    listener    keep(lease const& one, listener tell, time_point now);
    forgotten   forget(lease const& one) noexcept;
    bool        relies_on(lease const& one, time_point now) const noexcept;
    std::size_t kept() const noexcept;
    /// Forgets all of them.
    std::vector<listener> clear();

    /// When the next beat begins; time_point::max() when there is nothing to renew.
    time_point next_beat() const noexcept;
    /// What to ask for: all whose window is not over. Each beat is then ended by one of the two others.
    std::vector<lease> begin_beat(time_point now);
    void               end_beat(std::span<renewal const> answers, time_point began);
    void               fail_beat(time_point now);
    /// Until the end of the next beat that succeeds.
    void be_late();

    /// Ends the leases whose window is over.
    void check(time_point now);
    /// When check() has something to do, at the earliest.
    time_point next_check() const noexcept { return next_check_; }
    /// What is to be told next. The last words on a lease come before all others, and the lease is forgotten with them.
    std::optional<word> next_word();

private:
    struct entry {
        lease                     one;
        listener                  tell;  ///< none: it was forgotten
        bool                      asked = false;
        bool                      late = false;
        bool                      ending = false;
        std::optional<lease_news> over{};
    };
    using key = std::tuple<std::string, std::string, std::int64_t>;
    using queue = std::deque<std::pair<std::shared_ptr<entry>, lease_news>>;

    static auto         key_of(lease const& one) noexcept { return std::tie(one.name, one.owner, one.fence); }
    time_point          end_of_window(entry const& one) const noexcept { return one.one.ends.at() - pace_.margin; }
    void                watch(entry const& one) noexcept;
    void                hasten_for(entry const& one) noexcept;
    void                apply(std::shared_ptr<entry> const& one, renewal const& answer);
    void                set_late(std::shared_ptr<entry> const& one, bool late);
    void                set_over(std::shared_ptr<entry> const& one, lease_news how);
    std::optional<word> take(queue& from);

    lease_pace                                         pace_;
    std::map<key, std::shared_ptr<entry>, std::less<>> kept_;
    queue                                              last_words_, other_words_;
    time_point                                         next_beat_ = time_point::max();
    time_point                                         next_check_ = time_point::max();
    bool                                               is_late_ = false;
};

}  // namespace stint
