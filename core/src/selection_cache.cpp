#include "selection_cache.hpp"

#include <algorithm>
#include <functional>
#include <string_view>
#include <vector>

namespace stint {
namespace {

// Selections from one table are few: equality tells them apart.
std::size_t hash_of(selection const& what) noexcept {
    auto const parts = what.columns.size() + 31 * (what.where.size() + 31 * what.order_by.size());
    return std::hash<std::string_view>{}(what.table) + parts;
}

bool asks_for_null(comparison const& one) noexcept {
    return one.with.size() == 1 && is_null(one.with.front());
}

bool same_text(comparison const& left, comparison const& right) noexcept {
    return left.how == right.how && left.what == right.what && asks_for_null(left) == asks_for_null(right);
}

bool same_text(ordering const& left, ordering const& right) noexcept {
    return left.descending == right.descending && left.what == right.what;
}

template <typename Part>
bool same_texts(std::vector<Part> const& left, std::vector<Part> const& right) noexcept {
    return std::ranges::equal(left, right, [](Part const& one, Part const& other) { return same_text(one, other); });
}

bool same_text(selection const& left, selection const& right) noexcept {
    return left.table == right.table && left.columns == right.columns && same_texts(left.where, right.where) &&
           same_texts(left.order_by, right.order_by) && has_limit(left) == has_limit(right);
}

}  // namespace

std::shared_ptr<select_text const> selection_cache::rendered(selection const& what, dialect const& spelling) {
    auto const hash = hash_of(what);
    auto const [first, last] = entries_.equal_range(hash);
    auto const known = std::find_if(first, last, [&](auto const& one) { return same_text(one.second.like, what); });
    if (known != last) return known->second.text;

    auto const text = std::make_shared<select_text const>(select_sql(what, spelling));
    if (entries_.size() >= capacity_) entries_.clear();
    auto like = what;
    for (auto& one : like.where) {
        if (!asks_for_null(one)) one.with.clear();  // values may be large
    }
    entries_.emplace(hash, entry{std::move(like), text});
    return text;
}

}  // namespace stint
