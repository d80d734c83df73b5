// statement_cache: the prepared statements of one connection, by their SQL; the least recently used go first.
#pragma once

#include <cstddef>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

namespace stint {

/// How many one connection keeps.
inline constexpr std::size_t statements_kept = 200;

/// Whoever uses a statement for longer than a call holds it, and has it even when it was dropped here.
template <typename Statement>
class statement_cache {
public:
    explicit statement_cache(std::size_t capacity) : capacity_(capacity) {}

    /// Null when it isn't there.
    std::shared_ptr<Statement> find(std::string_view sql) {
        auto const found = by_sql_.find(sql);
        if (found == by_sql_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, found->second);
        return found->second->statement;
    }

    std::shared_ptr<Statement> keep(std::string_view sql, std::shared_ptr<Statement> statement) {
        entries_.push_front({std::string(sql), std::move(statement)});
        by_sql_.emplace(entries_.front().sql, entries_.begin());
        return entries_.front().statement;
    }

    template <typename Visit>
    void for_each(Visit const& visit) {
        for (auto& [sql, statement] : entries_) visit(*statement);
    }

    bool is_full() const noexcept { return entries_.size() >= capacity_; }

    std::shared_ptr<Statement> drop_oldest() {
        auto oldest = std::move(entries_.back().statement);
        by_sql_.erase(entries_.back().sql);
        entries_.pop_back();
        return oldest;
    }

    void drop(std::string_view sql) {
        auto const found = by_sql_.find(sql);
        if (found == by_sql_.end()) return;
        auto const at = found->second;
        by_sql_.erase(found);
        entries_.erase(at);
    }

private:
    struct entry {
        std::string                sql;
        std::shared_ptr<Statement> statement;
    };
    using entries = std::list<entry>;  // the most recently used first

    std::size_t                                                      capacity_;
    entries                                                          entries_;
    std::unordered_map<std::string_view, typename entries::iterator> by_sql_;
};

}  // namespace stint
