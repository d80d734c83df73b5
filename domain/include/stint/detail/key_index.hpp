// key_index: finds the objects of one class by key (a part of identity_map).
//
// Objects with a given key are linked into a hash table through themselves, so that they cost no node: with their
// share of the buckets 5 to 11 bytes each. New objects are found by their pending keys in a map beside it, also after
// they were given a key. Used by one thread at a time.
// (Boost.Intrusive.)
#pragma once

#include <cstddef>
#include <memory>
#include <unordered_map>

#include <boost/intrusive/unordered_set.hpp>

#include <stint/object_key.hpp>
#include <stint/tracked.hpp>

namespace stint {

class key_index {
public:
    key_index() = default;
    key_index(key_index const&) = delete;
    key_index& operator=(key_index const&) = delete;

    /// The object that stands under this key, or null.
    tracked_object* find(row_key key) const noexcept {
        if (key.is_pending()) return find_pending(key);
        auto const found = given_.find(key);
        return found == given_.end() ? nullptr : const_cast<tracked_object*>(&*found);
    }

    /// Enters an object under its key, in place of another that may stand there.
    void put(tracked_object& object);
    /// Takes an object out, unless another has taken its place.
    void take_out(tracked_object const& object, row_key key) noexcept;

    /// Whether any object was ever new here.
    bool has_pending() const noexcept { return !pending_.empty(); }

private:
    struct by_key {
        using type = row_key;
        type operator()(tracked_object const& object) const noexcept { return object.key(); }
    };
    /// Keys that follow each other stay together in memory; a prime number of buckets spreads those that are multiples.
    struct itself {
        std::size_t operator()(row_key key) const noexcept { return key.hash(); }
    };
    using table =
        boost::intrusive::unordered_set<tracked_object, boost::intrusive::base_hook<identity_hook>,
                                        boost::intrusive::key_of_value<by_key>, boost::intrusive::hash<itself>>;
    using bucket = table::bucket_type;

    static constexpr std::size_t first_buckets = 17;

    tracked_object* find_pending(row_key key) const noexcept;
    void            grow();

    std::size_t                                  size_ = first_buckets;
    std::unique_ptr<bucket[]>                    buckets_ = std::make_unique<bucket[]>(first_buckets);
    table                                        given_{table::bucket_traits(buckets_.get(), first_buckets)};
    std::unordered_map<row_key, tracked_object*> pending_;
};

}  // namespace stint
