// lease_book: the leases that a keeper keeps, and the news of them (private to the room).
//
// It knows neither threads nor a clock: the caller says what time it is, one caller at a time. It never calls a
// listener and never destroys one: the caller does, while nothing is locked.
//
//     state       how it is left
//     on time     a beat fails or hangs -> late; broken, or tenure used up -> ending; window over -> unreachable;
//                 gone -> lost
//     late        a beat succeeds -> on time; the rest as above
//     ending      window over -> unreachable; gone -> lost
//     over        (unreachable, lost) when that has been taken by next_word()
//
// Late is independent of ending. A lease that is kept again is a new record: renewals that were asked for before don't
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
        stint::lease lease;
        lease_news   news;
        listener     tell;
    };

    struct forgotten {
        std::optional<lease> last{};  ///< as it was last renewed; none if it wasn't kept
        listener             tell{};
    };

    explicit lease_book(lease_pace pace) noexcept : pace_(pace) {}

    /// Returns the listener that the lease had before, if it was kept.
    listener    keep(lease const& lease, listener tell, time_point now);
    forgotten   forget(lease const& lease) noexcept;
    bool        relies_on(lease const& lease, time_point now) const noexcept;
    std::size_t kept() const noexcept;
    /// Forgets all of them.
    std::vector<listener> clear();

    /// When the next beat begins; time_point::max() if there is nothing to renew.
    time_point next_beat() const noexcept;
    /// Returns the leases to renew: all whose window is not over. One of the next two functions ends the beat.
    std::vector<lease> begin_beat(time_point now);
    void               end_beat(std::span<renewal const> answers, time_point began);
    void               fail_beat(time_point now);
    /// All leases are late until the end of the next beat that succeeds.
    void be_late();

    /// Ends the leases whose window is over.
    void check(time_point now);
    /// The earliest time at which check() has something to do.
    time_point next_check() const noexcept { return next_check_; }
    /// Returns what to tell next. The last words on a lease come before all others, and the lease is then forgotten.
    std::optional<word> next_word();

private:
    struct entry {
        stint::lease              lease;
        listener                  tell;  ///< null if the lease was forgotten
        bool                      asked = false;
        bool                      late = false;
        bool                      ending = false;
        std::optional<lease_news> over{};
    };
    using key = std::tuple<std::string, std::string, std::int64_t>;
    using queue = std::deque<std::pair<std::shared_ptr<entry>, lease_news>>;

    static auto key_of(lease const& lease) noexcept { return std::tie(lease.name, lease.owner, lease.fence); }
    time_point  end_of_window(entry const& record) const noexcept { return record.lease.ends.at() - pace_.margin; }
    void        watch(entry const& record) noexcept;
    void        hasten_for(entry const& record) noexcept;
    void        apply(std::shared_ptr<entry> const& record, renewal const& answer);
    void        set_late(std::shared_ptr<entry> const& record, bool late);
    void        set_over(std::shared_ptr<entry> const& record, lease_news news);
    std::optional<word> take(queue& words);

    lease_pace                                         pace_;
    std::map<key, std::shared_ptr<entry>, std::less<>> kept_;
    queue                                              last_words_, other_words_;
    time_point                                         next_beat_ = time_point::max();
    time_point                                         next_check_ = time_point::max();
    bool                                               is_late_ = false;
};

}  // namespace stint
