// lease_keeper: renews the leases of a process, and tells their owners in time when it can't.
//
//     stint::lease_keeper keeper{locks, {.lease = 30s}};
//     keeper.keep(mine, [&](stint::lease const& lease, stint::lease_news news) {
//         if (is_over(news)) form.close(lease.name);
//     });
//     ...
//     keeper.forget(mine);              // before its release, or it may be told lost; no call comes after this
//
// Shared by all threads. The database must outlive it; the lock table is needed only to make it. The destructor stops
// it: no call comes after that, and the leases end by themselves. What it promises: docs/locking.md.
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

/// unreachable and lost are the last words on a lease: the keeper then forgets it. unreachable comes `margin` before
/// the lease can end at the database, even when the renewal hangs, and also at the end of a lease that was ending.
enum class lease_news : std::uint8_t {
    late,         ///< a renewal failed, or takes longer than a third of the lease: go on; so does renewing
    on_time,      ///< the first success after late: go on
    ending,       ///< somebody breaks the lock, or its tenure is used up: save now, until lease.ends
    unreachable,  ///< the time that can be relied on is over and no answer came: stop, it may soon be somebody else's
    lost,         ///< the database says that it is no longer held: stop, others may have changed the object
};

std::string_view to_string(lease_news news) noexcept;
/// Whether the lease can no longer be relied on.
constexpr bool is_over(lease_news news) noexcept {
    return news == lease_news::unreachable || news == lease_news::lost;
}

struct keeper_options {
    std::chrono::milliseconds lease{std::chrono::seconds{30}};  ///< the length of each renewal
    std::chrono::milliseconds beat{0};                          ///< the time between renewals; 0: a third of the lease
    std::chrono::milliseconds margin{0};                      ///< how long before its end it is over; 0: a tenth of it
    std::chrono::milliseconds tenure{std::chrono::hours{8}};  ///< a lock is renewed no longer than this after its grant
};

/// One thread renews, all leases in one statement for each beat; another watches the steady clock and tells. A beat
/// that fails never ends renewing: it is logged, and soon tried again. `tenure` ends renewing, so that a leaked lease
/// ends.
class lease_keeper {
public:
    /// Listeners are called one at a time. Keep them short: they delay what others are told, but never a renewal. They
    /// may call every function of the keeper, and destroy it. What they throw is logged.
    using listener = std::function<void(lease const&, lease_news)>;

    /// Throws usage_error if beat and margin together leave no time in a lease. The first renewal makes the connection.
    explicit lease_keeper(lock_table& locks, keeper_options options = {});
    lease_keeper(lease_keeper const&) = delete;
    lease_keeper& operator=(lease_keeper const&) = delete;
    ~lease_keeper();

    /// Renews the lease from now on, early if it has less time left than a renewed one. A lease that is kept already
    /// gets the new listener. Throws usage_error once the keeper was stopped.
    void keep(lease const& lease, listener tell);
    /// Returns the lease as it was last renewed; none if it wasn't kept. Waits while its listener is being called,
    /// unless a listener calls this.
    std::optional<lease> forget(lease const& lease) noexcept;

    /// Whether the lease is kept and can be relied on now, margin included.
    bool        relies_on(lease const& lease) const noexcept;
    std::size_t kept() const noexcept;

    /// Ends renewing and telling, for good. The leases are not released. Waits for a listener that is being called, and
    /// for a renewal under way, which takes a third of a lease at most (longer if the host froze: docs/engines.md).
    /// When a listener calls it, it waits for neither; the destructor does.
    void stop() noexcept;

private:
    class heart;
    std::shared_ptr<heart> heart_;
};

}  // namespace stint
