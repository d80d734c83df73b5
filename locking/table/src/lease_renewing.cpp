#include "lease_renewing.hpp"

#include <algorithm>

namespace stint {

lease_renewing::lease_renewing(database& db, keeper_options const& options)
    : db_(db, "a lease_keeper"), calls_(db_), lease_(options.lease),
      tenure_(std::min<std::chrono::milliseconds>(options.tenure, lock_table::longest_lease)) {}

std::vector<renewal> lease_renewing::send(std::span<lease const> leases, deadline until) {
    auto const renew = [&](lock_store const& store, connection& link) {
        return store.renew_free(link, leases, lease_, tenure_, until);
    };
    bool const is_only_one = db_.kind().max_connections() < 2;
    return is_only_one ? calls_.send(renew, until) : calls_.send_on(connected(until), renew, until);
}

connection& lease_renewing::connected(deadline until) {
    if (own_ && !own_->is_clean()) own_.reset();
    if (!own_) own_ = db_.connect(until);
    return *own_;
}

}  // namespace stint
