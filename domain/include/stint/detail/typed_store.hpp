// typed_store<T>: what an object_store knows of its class T.
//
// Blocks of objects in a deque: it never moves what it holds, and a block costs the heap one header.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>

#include <boost/container/deque.hpp>

#include <stint/detail/object_store.hpp>
#include <stint/mapping.hpp>
#include <stint/tracked.hpp>

namespace stint::detail {

/// Blocks of some kilobytes: few for the heap, and little lost where a unit reads one object.
constexpr std::size_t elements_of_block(std::size_t size) noexcept {
    auto const wanted = std::size_t{8192} / size;
    return wanted < 8 ? 8 : wanted > 64 ? 64 : wanted;
}

template <class Element>
using block_deque = boost::container::deque<
    Element, void, boost::container::deque_options_t<boost::container::block_size<elements_of_block(sizeof(Element))>>>;

template <class T>
class typed_store final : public object_store {
public:
    using object_store::object_store;

    static std::unique_ptr<object_store> for_unit(data_mapper const& mapper, edit_listener& listener) {
        return std::make_unique<typed_store>(mapper, listener);
    }

    record<T>& make() override { return records_.emplace_back(*this); }
    void       unmake(tracked_object const& object) noexcept override {
        if (&records_.back() == &object) records_.pop_back();
    }

    void*   content(tracked_object& object) const noexcept override { return &typed(object).get(); }
    row_key key_member(tracked_object const& object) const noexcept override {
        return (typed(object).get().*mapping<T>::value.key.member).key();
    }
    void show_key(tracked_object& object, row_key key) const noexcept override {
        typed(object).get().*mapping<T>::value.key.member = id<T>{key};
    }

    void const*     snapshot(snapshot_number number) const noexcept override { return &snapshots_[index(number)]; }
    snapshot_number take_snapshot(tracked_object const& object) override {
        snapshots_.push_back(typed(object).get());
        return snapshot_number{static_cast<std::uint32_t>(snapshots_.size())};
    }
    void take_snapshot_again(tracked_object const& object, snapshot_number number) override {
        snapshots_[index(number)] = typed(object).get();
    }
    void restore(tracked_object& object, snapshot_number number) const override {
        typed(object).get() = snapshots_[index(number)];
    }

private:
    static record<T>&       typed(tracked_object& object) noexcept { return static_cast<record<T>&>(object); }
    static record<T> const& typed(tracked_object const& object) noexcept {
        return static_cast<record<T> const&>(object);
    }
    static std::size_t index(snapshot_number number) noexcept { return static_cast<std::size_t>(number) - 1; }

    block_deque<record<T>> records_;
    block_deque<T>         snapshots_;
};

}  // namespace stint::detail
