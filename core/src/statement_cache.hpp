// statement_cache: the prepared statements of one connection, by their SQL; the least recently used go first.
#pragma once

#include <cstddef>
#include <functional>
#include <list>
#include <memory>
#include <string>
#include <string_view>
#include <unordered_map>

#include "prepared_statement.hpp"

namespace stint {

class statement_cache {
public:
    explicit statement_cache(std::size_t capacity) : capacity_(capacity) {}

    /// Null when it isn't there.
    prepared_statement* find(std::string_view sql);
    prepared_statement& keep(std::string_view sql, std::unique_ptr<prepared_statement> statement);

    bool is_full() const noexcept { return entries_.size() >= capacity_; }
    void drop_oldest();
    void drop(std::string_view sql);
    void clear() noexcept;

    template <typename Function>
    void for_each(Function const& function) {
        for (auto& kept : entries_) function(*kept.statement);
    }

private:
    struct entry {
        std::string                         sql;
        std::unique_ptr<prepared_statement> statement;
    };
    using entries = std::list<entry>;  // the most recently used first

    std::size_t                                             capacity_;
    entries                                                 entries_;
    std::unordered_map<std::string_view, entries::iterator> by_sql_;
};

}  // namespace stint
