// known_tables: the tables that the connections of one database object have asked about.
//
// Each asks once for all of them. When one finds that tables have changed, all forget. Used by all threads.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <string_view>

#include "table_facts.hpp"

namespace stint {

class known_tables {
public:
    /// Another number than before: what was known then may not be true any more.
    std::uint64_t age() const noexcept { return age_.load(std::memory_order_acquire); }

    /// Null when nobody has asked for it.
    known_table find(std::string_view table) const {
        auto const hold = std::lock_guard(mutex_);
        auto const found = tables_.find(table);
        return found == tables_.end() ? nullptr : found->second;
    }

    /// Of an answer to a question that was asked at this age.
    void keep(std::string const& table, known_table facts, std::uint64_t asked_at) {
        auto const hold = std::lock_guard(mutex_);
        if (asked_at == age()) tables_[table] = std::move(facts);
    }

    void forget() noexcept {
        auto const hold = std::lock_guard(mutex_);
        tables_.clear();
        age_.fetch_add(1, std::memory_order_release);
    }

private:
    mutable std::mutex                              mutex_;
    std::map<std::string, known_table, std::less<>> tables_{};
    std::atomic<std::uint64_t>                      age_{0};
};

}  // namespace stint
