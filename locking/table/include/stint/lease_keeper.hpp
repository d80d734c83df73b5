// lease_keeper: renews the leases of a process, and tells their owners in time when it can't.
//
//     stint::lease_keeper keeper{locks, {.lease = 30s}};
//     keeper.keep(one, [&](stint::lease const& of, stint::lease_news news) {
//         if (is_over(news)) form.close(of.name);
//     });
//     ...
//     keeper.forget(one);               // before its release, or it may be told lost; no call comes after this
//
//     news          when                                                              what may still be done
//     late          a renewal failed, or takes longer than a third of the lease       go on; renewing goes on, too
//     on_time       the first success after late                                      go on
//     ending        somebody breaks the lock, or its tenure is used up                save now, until lease.ends
//     unreachable   the time that can be relied on is over and no answer came         stop: it may be another's soon
//     lost          the database says that it is no longer held                       stop: others may have changed it
//
// unreachable and lost are the last words on a lease; it is forgotten with them. unreachable comes `margin` before the
// lease can end at the database, even when the renewal hangs, and also at the end of one that was ending.
//
// One thread renews, all leases in one statement a beat, on a connection of its own (in memory: the one that there is);
// another watches the steady clock and tells. A failed beat never ends renewing: it is logged and soon tried again.
// Renewing ends after `tenure`, so that a leaked lease ends, too.
//
// Shared by all threads. Listeners are called one at a time: keep them short, they delay what others are told, though
// never a renewal. They may call every function of the keeper, and destroy it. What they throw is logged.
// The destructor stops it: no call comes after that, the leases end by themselves. The database must outlive it; the
// table is only needed to make it.
// (Fowler, PoEAA ch. 16, Pessimistic Offline Lock: lock timeouts.)
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string_view>

#include <stint/held_lock.hpp>
#include <stint/lock_table.hpp>

namespace stint {

enum class lease_news : std::uint8_t { late, on_time, ending, unreachable, lost };

std::string_view to_string(lease_news news) noexcept;
/// Whether the lease can't be relied on any more.
constexpr bool is_over(lease_news news) noexcept {
    return news == lease_news::unreachable || news == lease_news::lost;
}

struct keeper_options {
    std::chrono::milliseconds lease{std::chrono::seconds{30}};  ///< each renewal is for so long
    std::chrono::milliseconds beat{0};                          ///< between renewals; 0: a third of the lease
    std::chrono::milliseconds margin{0};                      ///< told so long before the end; 0: a tenth of the lease
    std::chrono::milliseconds tenure{std::chrono::hours{8}};  ///< a lock is renewed no longer than this after its grant
};

class lease_keeper {
public:
    using listener = std::function<void(lease const&, lease_news)>;

    /// Throws usage_error for times that don't fit each other: beat and margin together leave no time in a lease. The
    /// first connection is made by the first renewal.
    explicit lease_keeper(lock_table& locks, keeper_options options = {});
    lease_keeper(lease_keeper const&) = delete;
    lease_keeper& operator=(lease_keeper const&) = delete;
    ~lease_keeper();

    /// Renews it from now on; early where it has less time left than a renewed one. One that is kept already gets the
    /// new listener. Throws usage_error once the keeper was stopped.
    void keep(lease const& one, listener tell);
    /// Answers it as it was renewed last; none: it wasn't kept. Waits for its listener where that is being called,
    /// unless by a listener.
    std::optional<lease> forget(lease const& one) noexcept;

    /// Whether it is kept and can be relied on now, margin included.
    bool        relies_on(lease const& one) const noexcept;
    std::size_t kept() const noexcept;

    /// Ends renewing and telling, for good. The leases are not released. Waits for a listener that is being called and
    /// for a renewal that is on its way, which has a third of a lease at most (a host that froze may take longer:
    /// connection.hpp). Called by a listener it waits for neither; the destructor does.
    void stop() noexcept;

private:
    class heart;
    std::shared_ptr<heart> heart_;
};

}  // namespace stint
