// least_recently_used: what a connection keeps by a key since it is likely to be used again: statements, texts of SQL.
//
//     least_recently_used<std::string, statement, std::hash<std::string_view>> kept{200};
//     auto* found = kept.find(sql);
//     if (found == nullptr) found = &kept.keep(std::string(sql), prepare(sql));
//     found->run();
//     kept.trim([](statement& dropped) {...});
//
// The rule: trim(), and nothing else, drops what is more than the capacity, the least recently used first; find() and
// keep() are uses. So a user that holds nothing trims where it keeps, and one that holds what it was given trims once
// it has let go. Until it is dropped a value stays where it is. Used by one thread.
#pragma once

#include <cassert>
#include <cstddef>
#include <functional>
#include <iterator>
#include <list>
#include <unordered_map>
#include <utility>

namespace stint {

/// Hash and Equal may take something like a key, which find() then does, too: Equal a key and that.
template <typename Key, typename Value, typename Hash = std::hash<Key>, typename Equal = std::equal_to<>>
class least_recently_used {
public:
    explicit least_recently_used(std::size_t capacity) noexcept : capacity_(capacity) {}

    std::size_t size() const noexcept { return entries_.size(); }
    bool        empty() const noexcept { return entries_.empty(); }

    /// Null: it isn't there.
    template <typename Like>
    Value* find(Like const& key) {
        auto const place = place_of(key);
        if (place == places_.end()) return nullptr;
        entries_.splice(entries_.begin(), entries_, place->second);
        return &place->second->content;
    }

    /// Of a key that isn't there.
    Value& keep(Key key, Value content) {
        assert(place_of(key) == places_.end() && "a key is kept once");
        auto const hash = Hash{}(key);
        auto       fresh = entries{};
        fresh.push_front({std::move(key), std::move(content)});
        places_.emplace(hash, fresh.begin());
        entries_.splice(entries_.begin(), fresh);
        return entries_.front().content;
    }

    /// Calls `dropping` with each before it goes.
    template <typename Dropping>
    void trim(Dropping const& dropping) {
        while (entries_.size() > capacity_) {
            auto const oldest = std::prev(entries_.end());
            dropping(oldest->content);
            places_.erase(place_of(oldest->key));
            entries_.erase(oldest);
        }
    }
    void trim() {
        trim([](Value&) {});
    }

    /// Without effect where it isn't there.
    template <typename Like>
    void drop(Like const& key) {
        auto const place = place_of(key);
        if (place == places_.end()) return;
        entries_.erase(place->second);
        places_.erase(place);
    }
    void clear() noexcept {
        places_.clear();
        entries_.clear();
    }

    template <typename Visit>
    void for_each(Visit const& visit) {
        for (auto& kept : entries_) visit(kept.content);
    }

private:
    struct entry {
        Key   key;
        Value content;
    };
    using entries = std::list<entry>;

    template <typename Like>
    auto place_of(Like const& key) {
        auto [place, last] = places_.equal_range(Hash{}(key));
        while (place != last && !Equal{}(place->second->key, key)) ++place;
        return place != last ? place : places_.end();
    }

    std::size_t                                                      capacity_;
    entries                                                          entries_{};  // the most recently used first
    std::unordered_multimap<std::size_t, typename entries::iterator> places_{};   // by hash
};

/// How many statements, or their texts, a connection keeps of each kind.
inline constexpr std::size_t statements_kept = 200;

}  // namespace stint
