#include <stint/detail/key_index.hpp>

#include <utility>

namespace stint {

void key_index::put(tracked_object& object) {
    if (object.key().is_pending()) {
        pending_[object.key()] = &object;
        return;
    }
    if (given_.size() >= size_ + size_ / 2) grow();
    auto const [place, is_new] = given_.insert(object);
    if (is_new || &*place == &object) return;
    given_.erase(place);
    given_.insert(object);
}

void key_index::take_out(tracked_object const& object, row_key key) noexcept {
    if (find(key) != &object) return;
    if (key.is_pending()) {
        pending_.erase(key);
    } else {
        given_.erase(key);
    }
}

tracked_object* key_index::find_pending(row_key key) const noexcept {
    auto const found = pending_.find(key);
    return found == pending_.end() ? nullptr : found->second;
}

void key_index::grow() {
    auto const size = table::suggested_upper_bucket_count(size_ + 1);
    auto       more = std::make_unique<bucket[]>(size);
    given_.rehash(table::bucket_traits(more.get(), size));
    buckets_ = std::move(more);
    size_ = size;
}

}  // namespace stint
