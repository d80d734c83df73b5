// tracked<T>: a handle to an object that a unit of work looks after.
//
//     auto stock = work.get<accounting::stock>(1);
//     stock->quantity;                    // read
//     stock.edit().quantity -= sold;      // the only way to change it, so that no change is forgotten
//
// The handle is a pointer: copy it freely, use it while its unit lives, in the unit's thread. The object itself is a
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

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>
#include <string_view>

#include <stint/id.hpp>
#include <stint/mapping.hpp>
#include <stint/version.hpp>

namespace stint {

class data_mapper;
class tracked_object;

/// Is told when an object is about to be edited for the first time, while it is still as it was read.
class edit_listener {
public:
    /// What it throws stops the edit.
    virtual void before_first_edit(tracked_object& object) = 0;

protected:
    ~edit_listener() = default;
};

enum class object_state : std::uint8_t { clean, edited, added, removed, gone };
std::string_view to_string(object_state state) noexcept;

/// What a unit of work knows of one object, without its type. Applications use tracked<T>.
class tracked_object {
public:
    tracked_object(tracked_object const&) = delete;
    tracked_object& operator=(tracked_object const&) = delete;
    virtual ~tracked_object() = default;

    data_mapper const& mapper() const noexcept { return *mapper_; }
    object_state       state() const noexcept { return state_; }
    version_number     version() const noexcept { return version_; }
    /// The key that the object was read by or added with, whatever its member says now.
    std::int64_t raw_key() const noexcept { return raw_key_; }

    virtual void const* object() const noexcept = 0;
    /// The object as the database had it; null where nobody has edited it.
    virtual void const*  snapshot() const noexcept = 0;
    void const*          base() const noexcept { return snapshot() != nullptr ? snapshot() : object(); }
    virtual std::int64_t key_member() const noexcept = 0;

    // For the unit of work and the loader.
    bool          belongs_to(edit_listener const& unit) const noexcept { return listener_ == &unit; }
    virtual void* mutable_object() noexcept = 0;
    void          set_raw_key(std::int64_t raw);        ///< also in the object's member
    void          set_version(version_number version);  ///< also in the object's member, if one shows it
    void          set_state(object_state state) noexcept { state_ = state; }
    void          begin_edit();
    /// The object is as the database has it now: a reference that edit() gave is compared with this from here on.
    void settle();
    /// The object becomes what it was before it was edited.
    virtual void restore_snapshot() = 0;

protected:
    tracked_object(data_mapper const& mapper, edit_listener& listener) noexcept
        : mapper_(&mapper), listener_(&listener) {}

private:
    virtual void take_snapshot() = 0;
    virtual void show_key(std::int64_t raw) noexcept = 0;

    data_mapper const* mapper_;
    edit_listener*     listener_;
    std::int64_t       raw_key_ = detail::no_key;
    version_number     version_;
    object_state       state_ = object_state::clean;
    bool               handed_out_ = false;  // somebody may hold a mutable reference
};

template <class T>
class tracked;

namespace detail {

template <class T>
class record final : public tracked_object {
public:
    record(data_mapper const& mapper, edit_listener& listener) : tracked_object(mapper, listener) {}

    static std::unique_ptr<tracked_object> make(data_mapper const& mapper, edit_listener& listener) {
        return std::make_unique<record>(mapper, listener);
    }

    void const*  object() const noexcept override { return &object_; }
    void const*  snapshot() const noexcept override { return snapshot_.get(); }
    std::int64_t key_member() const noexcept override { return (object_.*mapping<T>::value.key.member).raw(); }
    void*        mutable_object() noexcept override { return &object_; }
    void         restore_snapshot() override { object_ = *snapshot_; }

    T&       get() noexcept { return object_; }
    T const& get() const noexcept { return object_; }

private:
    void take_snapshot() override {
        if (snapshot_ == nullptr) {
            snapshot_ = std::make_unique<T>(object_);
        } else {
            *snapshot_ = object_;
        }
    }
    void show_key(std::int64_t raw) noexcept override { object_.*mapping<T>::value.key.member = id<T>::from_raw(raw); }

    T                  object_{};
    std::unique_ptr<T> snapshot_;
};

}  // namespace detail

template <class T>
class tracked {
public:
    T const& operator*() const noexcept { return record_->get(); }
    T const* operator->() const noexcept { return &record_->get(); }

    /// The object, to be changed. The first call takes a snapshot, and asks the lock strategy.
    T& edit() const {
        record_->begin_edit();
        return record_->get();
    }

    stint::id<T>   id() const noexcept { return stint::id<T>::from_raw(record_->raw_key()); }
    version_number version() const noexcept { return record_->version(); }
    object_state   state() const noexcept { return record_->state(); }

    /// Two handles are equal when they are of the same object.
    friend bool operator==(tracked const&, tracked const&) noexcept = default;

    /// For the library.
    explicit tracked(tracked_object& object) noexcept : record_(static_cast<detail::record<T>*>(&object)) {}
    tracked_object& object() const noexcept { return *record_; }

private:
    detail::record<T>* record_;
};

}  // namespace stint
