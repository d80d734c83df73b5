// tracked<T>: a handle to an object that a unit of work looks after.
//
//     auto stock = work.get<accounting::stock>(1);
//     stock->quantity;                    // read
//     stock.edit().quantity -= sold;      // the only way to change it, so that no change is forgotten
//
// The handle is a pointer: copy it freely, use it while its unit lives, in the unit's thread. Code that is compiled
// without NDEBUG asserts that the unit still lives, wherever it uses a handle. The object itself is a
// plain T at a fixed place; a reference that edit() gave stays good until the unit ends, and what is changed through it
// after a commit belongs to the next one.
//
//     state     means                                       edit() makes it    commit
//     clean     as it was read                              edited             checks it where reads are verified
//     edited    edit() was called since                     edited             writes the changed columns
//     added     new in this unit                            added              inserts it: clean
//     removed   to be deleted                               (refused)          deletes it: gone
//     gone      no row: deleted, or its insert rolled back  (refused)          leaves it alone
//
// edit() throws usage_error where it is refused, and what a lock strategy throws that was asked first.
// (Fowler, PoEAA ch. 11, Unit of Work: object registration.)
#pragma once

#include <cassert>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>

#include <boost/intrusive/unordered_set_hook.hpp>

#include <stint/detail/lifetime.hpp>
#include <stint/detail/object_store.hpp>
#include <stint/id.hpp>
#include <stint/mapping.hpp>
#include <stint/version.hpp>

namespace stint {

enum class object_state : std::uint8_t { clean, edited, added, removed, gone };
std::string_view to_string(object_state state) noexcept;

/// By which the identity map finds an object, without a node of its own.
using identity_hook =
    boost::intrusive::unordered_set_base_hook<boost::intrusive::link_mode<boost::intrusive::normal_link>>;

/// What a unit of work knows of one object, without its type. Applications use tracked<T>.
class tracked_object : public identity_hook {
public:
    tracked_object(tracked_object const&) = delete;
    tracked_object& operator=(tracked_object const&) = delete;

    data_mapper const& mapper() const noexcept { return store_.mapper(); }
    object_state       state() const noexcept { return state_; }
    version_number     version() const noexcept { return version_; }
    /// The key that the object was read by or added with, whatever its member says now.
    row_key key() const noexcept { return key_; }
    /// The same, with its class.
    object_key identity() const noexcept { return {&mapper(), key_}; }
    /// For people: "stocks 1".
    std::string name() const;

    void const* object() const noexcept { return store_.content(const_cast<tracked_object&>(*this)); }
    bool        has_snapshot() const noexcept { return snapshot_ != snapshot_number::none; }
    /// The object as the database had it; null where nobody has edited it.
    void const* snapshot() const noexcept { return has_snapshot() ? store_.snapshot(snapshot_) : nullptr; }
    void const* base() const noexcept { return has_snapshot() ? store_.snapshot(snapshot_) : object(); }
    row_key     key_member() const noexcept { return store_.key_member(*this); }

    bool                    belongs_to(edit_listener const& unit) const noexcept { return &store_.listener() == &unit; }
    detail::lifetime::stamp unit() const noexcept { return store_.unit(); }

    // For the unit of work; nobody else has one that isn't const.
    object_store& store() noexcept { return store_; }
    void*         mutable_object() noexcept { return store_.content(*this); }
    void          set_key(row_key key);                 ///< also in the object's member
    void          set_version(version_number version);  ///< also in the object's member, if one shows it
    void          set_state(object_state state) noexcept { state_ = state; }
    void          begin_edit();
    /// The object is as the database has it now: a reference that edit() gave is compared with this from here on.
    void settle();
    /// The object becomes what it was before it was edited.
    void restore_snapshot() { store_.restore(*this, snapshot_); }

protected:
    explicit tracked_object(object_store& store) noexcept : store_(store) {}
    ~tracked_object() = default;

private:
    void take_snapshot();

    object_store&   store_;
    row_key         key_{};
    version_number  version_;
    snapshot_number snapshot_ = snapshot_number::none;
    object_state    state_ = object_state::clean;
    bool            handed_out_ = false;  // somebody may hold a mutable reference
};

template <class T>
class tracked;

namespace detail {

/// An object of class T where its store keeps it.
template <class T>
class record final : public tracked_object {
public:
    explicit record(object_store& store) : tracked_object(store) {}

    T&       get() noexcept { return object_; }
    T const& get() const noexcept { return object_; }

private:
    T object_{};
};

}  // namespace detail

template <class T>
class tracked {
public:
    // clang shows the line of operator-> where somebody assigns to a member.
    T const& operator*() const noexcept { return record().get(); }
    T const* operator->() const noexcept { return &record().get(); }  // const: edit() gives the object to change

    /// The object, to be changed. The first call takes a snapshot, and asks the lock strategy.
    T& edit() const {
        record().begin_edit();
        return record_->get();
    }

    stint::id<T>   id() const noexcept { return stint::id<T>{record().key()}; }
    version_number version() const noexcept { return record().version(); }
    object_state   state() const noexcept { return record().state(); }

    /// Two handles are equal when they are of the same object.
    friend bool operator==(tracked const&, tracked const&) noexcept = default;

    /// For the library.
    explicit tracked(tracked_object& object) noexcept
        : record_(static_cast<detail::record<T>*>(&object)), unit_(object.unit()) {}
    tracked_object const& object() const noexcept { return record(); }

private:
    detail::record<T>& record() const noexcept {
        assert(!detail::lifetime::is_over(unit_) &&
               "a handle was used after its unit of work had ended; keep a copy of the object, or its id");
        return *record_;
    }

    detail::record<T>*      record_;
    detail::lifetime::stamp unit_;
};

}  // namespace stint
