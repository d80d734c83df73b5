// lease_renewing: sends the renewals of a keeper, on a connection of its own (private to the room).
//
// If a database has only one connection (in memory), it is borrowed from the pool. After a connection broke, the next
// call opens a new one. Used by one thread.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include <stint/connection.hpp>
#include <stint/lease_keeper.hpp>
#include <stint/lock_table.hpp>

#include "lock_calls.hpp"

namespace stint {

class lease_renewing {
public:
    lease_renewing(database& db, keeper_options const& options);

    /// Throws whatever the database throws.
    std::vector<renewal> send(std::span<lease const> leases, deadline until);
    void                 disconnect() noexcept { own_.reset(); }

private:
    connection& connected(deadline until);

    database::guest             db_;
    lock_calls                  calls_;
    std::chrono::milliseconds   lease_;
    std::chrono::milliseconds   tenure_;
    std::unique_ptr<connection> own_;
};

}  // namespace stint
