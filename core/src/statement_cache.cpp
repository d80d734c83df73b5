#include "statement_cache.hpp"

namespace stint {

prepared_statement* statement_cache::find(std::string_view sql) {
    auto const found = by_sql_.find(sql);
    if (found == by_sql_.end()) return nullptr;
    entries_.splice(entries_.begin(), entries_, found->second);
    return found->second->statement.get();
}

prepared_statement& statement_cache::keep(std::string_view sql, std::unique_ptr<prepared_statement> statement) {
    entries_.push_front({std::string(sql), std::move(statement)});
    by_sql_.emplace(entries_.front().sql, entries_.begin());
    return *entries_.front().statement;
}

void statement_cache::drop_oldest() {
    by_sql_.erase(entries_.back().sql);
    entries_.pop_back();
}

void statement_cache::drop(std::string_view sql) {
    auto const found = by_sql_.find(sql);
    if (found == by_sql_.end()) return;
    auto const at = found->second;
    by_sql_.erase(found);
    entries_.erase(at);
}

void statement_cache::clear() noexcept {
    by_sql_.clear();
    entries_.clear();
}

}  // namespace stint
