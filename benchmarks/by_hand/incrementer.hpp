// incrementer: one client that adds 1 to the hot row, again and again until it lands, by hand on PostgreSQL.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <mutex>
#include <string>
#include <vector>

namespace bench {

/// Adds 1. For one thread; keeps a connection.
using incrementer = std::function<void()>;

/// Read, BEGIN, UPDATE where the version is the one that was read, COMMIT: four round trips, as other mappers do it.
/// When somebody was faster, ROLLBACK and again at once.
incrementer increment_interactively(std::string const& url);
/// BEGIN, SELECT FOR UPDATE, UPDATE, COMMIT.
incrementer increment_locked(std::string const& url);

/// So many of them, for any number of threads: who comes first gets the next that is free.
class incrementer_pool {
public:
    incrementer_pool(incrementer (*make)(std::string const&), std::string const& url, std::size_t size);

    void increment();

private:
    std::size_t take();
    void        give_back(std::size_t index);

    std::vector<incrementer> all_;
    std::mutex               mutex_;
    std::condition_variable  returned_;
    std::vector<std::size_t> free_;
    std::uint64_t            last_ticket_ = 0;
    std::uint64_t            served_ = 0;
};

}  // namespace bench
