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
    void       unmake(tracked_object const& one) noexcept override {
        if (&records_.back() == &one) records_.pop_back();
    }

    void*        object(tracked_object& one) const noexcept override { return &typed(one).get(); }
    std::int64_t key_member(tracked_object const& one) const noexcept override {
        return (static_cast<record<T> const&>(one).get().*mapping<T>::value.key.member).raw();
    }
    void show_key(tracked_object& one, std::int64_t raw) const noexcept override {
        typed(one).get().*mapping<T>::value.key.member = id<T>::from_raw(raw);
    }

    void const*     snapshot(snapshot_number which) const noexcept override { return &snapshots_[index(which)]; }
    snapshot_number take_snapshot(tracked_object const& of) override {
        snapshots_.push_back(static_cast<record<T> const&>(of).get());
        return snapshot_number{static_cast<std::uint32_t>(snapshots_.size())};
    }
    void take_snapshot_again(tracked_object const& of, snapshot_number which) override {
        snapshots_[index(which)] = static_cast<record<T> const&>(of).get();
    }
    void restore(tracked_object& one, snapshot_number which) const override {
        typed(one).get() = snapshots_[index(which)];
    }

private:
    static record<T>&  typed(tracked_object& one) noexcept { return static_cast<record<T>&>(one); }
    static std::size_t index(snapshot_number which) noexcept { return static_cast<std::size_t>(which) - 1; }

    block_deque<record<T>> records_;
    block_deque<T>         snapshots_;
};

}  // namespace stint::detail
