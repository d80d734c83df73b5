// postgresql_tables: what a connection knows of the server's tables: the types of columns, and where keys come from.
//
// An array must say what it is an array of, where a single parameter takes the type of its column; and what a column
// would round is refused before it is written. Asked once for each table and database object, for all tables of a flush
// in one round trip; what one connection learns, all know (known_tables). Forgotten when a statement no longer fits
// the tables. A name means the same table on all connections of a database object: what one session hides by a
// temporary table, or by another search_path, is noticed only when a statement fails.
#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <memory>
#include <mutex>
#include <span>
#include <string>
#include <string_view>

#include <stint/connection.hpp>
#include <stint/deadline.hpp>

#include "table_facts.hpp"

namespace stint {

/// The tables that the connections of one database object have asked about. Each asks once for all of them; when one
/// finds that tables have changed, all forget. Used by all threads.
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

class postgresql_tables {
public:
    explicit postgresql_tables(std::shared_ptr<known_tables> shared) : shared_(std::move(shared)) {}

    /// Asks for those that nobody knows.
    void learn(connection& link, std::span<std::string_view const> tables, deadline until);
    void forget() noexcept { shared_->forget(); }
    /// Of what learn() knows: another number when it was forgotten before.
    std::uint64_t age() const noexcept { return age_; }

    /// As it was learned; null: there is no such table.
    table_facts const* find(std::string_view table) const noexcept;

    /// The type's name, also for columns that aren't there: what fails is the statement.
    std::string type_of(std::string_view table, std::string_view column) const;
    /// An expression that gives a new key; null: the table has none.
    std::string const* new_key(std::string_view table, std::string_view column) const noexcept;

private:
    void ask(connection& link, std::span<std::string const> tables, deadline until);

    std::shared_ptr<known_tables>                   shared_;
    std::map<std::string, known_table, std::less<>> tables_{};  ///< copied, so that no flush waits for another
    std::uint64_t                                   age_ = 0;   ///< of the copies
};

}  // namespace stint
