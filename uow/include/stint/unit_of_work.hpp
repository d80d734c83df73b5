// unit_of_work: keeps track of everything that a business transaction reads and changes, and writes it
// back in one short transaction.
//
//     stint::unit_of_work work{db};
//     auto document = work.get<accounting::document>(1);   // one short read; nothing stays open
//     auto stock    = work.get(document->stock);           // the same row is the same object
//     stock.edit().quantity -= document->quantity;
//     document.edit().processed = true;
//     work.commit();                                       // all of it, or conflict_error
//
// Between its calls a unit holds no connection and no transaction; it may live for hours. commit() either writes
// everything or nothing. Refused, it leaves the unit as it was (objects, versions, handles): resolve and commit again.
// After a commit the unit goes on, with what it knows. A destructor never commits, never throws: what was not committed
// is forgotten.
//
// Handles and references into objects are good until the unit ends. It belongs to one thread at a time; the database is
// shared. Not copyable and not movable.
//
// Every function that reads or writes throws database_error when the database fails, and what the lock strategy
// throws. Which errors ask for what is in error.hpp.
// (Fowler, PoEAA ch. 11, Unit of Work; Identity Map.)
#pragma once

#include <concepts>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <stint/change.hpp>
#include <stint/commit_report.hpp>
#include <stint/counters.hpp>
#include <stint/data_mapper.hpp>
#include <stint/deadline.hpp>
#include <stint/error.hpp>
#include <stint/id.hpp>
#include <stint/lock_policy.hpp>
#include <stint/object_key.hpp>
#include <stint/query.hpp>
#include <stint/tracked.hpp>
#include <stint/unit_options.hpp>
#include <stint/write_batch.hpp>

namespace stint {

class conflict_error;
class database;
struct events;

namespace detail {

class run_loop;

/// What get() finds objects of T by.
template <class Key, class T>
concept key_of = (std::is_convertible_v<Key const&, std::int64_t> && !std::is_floating_point_v<Key>) ||
                 std::is_convertible_v<Key const&, id<T>> ||
                 std::is_convertible_v<Key const&, std::span<id<T> const>> ||
                 std::is_convertible_v<Key const&, std::vector<id<T>>>;

template <class>
inline constexpr bool is_tracked = false;
template <class T>
inline constexpr bool is_tracked<tracked<T>> = true;
template <class T>
inline constexpr bool is_pointer_like = requires(T const& given) { *given; };

}  // namespace detail

class unit_of_work final {
public:
    class body;  ///< for the library
    explicit unit_of_work(database& db, unit_options options = {});
    unit_of_work(unit_of_work const&) = delete;
    unit_of_work& operator=(unit_of_work const&) = delete;
    ~unit_of_work();

    // Reading. What answers handles can't be called on a temporary unit: they would dangle at once.

    /// The object of a key. One read, unless the unit knows it. A pending id finds the new object that it stands for.
    /// Throws not_found when there is no such row, or this unit has removed it.
    ///
    /// With a policy the object is locked before it is read, whatever its mapping declares less (exclusive_read and
    /// exclusive_write are the same here); one that the unit knows already is locked, and must be as it was read
    /// (changed_before_lock). Throws usage_error when its class, or the lock strategy, knows no offline locks.
    template <mapped T>
    tracked<T> get(id<T> key, lock_policy at_least = lock_policy::optimistic) &;
    template <mapped T>
    tracked<T> get(std::int64_t key, lock_policy at_least = lock_policy::optimistic) & {
        return get(id<T>{key}, at_least);
    }
    /// The objects of these keys, in their order, read by one statement. Throws not_found that names all
    /// that are missing.
    template <mapped T>
    std::vector<tracked<T>> get(std::span<id<T> const> keys, lock_policy at_least = lock_policy::optimistic) &;
    template <mapped T>
    std::vector<tracked<T>> get(std::vector<id<T>> const& keys, lock_policy at_least = lock_policy::optimistic) & {
        return get(std::span<id<T> const>{keys}, at_least);
    }

    /// The same; none when there is no such row.
    template <mapped T>
    std::optional<tracked<T>> try_get(id<T> key, lock_policy at_least = lock_policy::optimistic) &;
    template <mapped T>
    std::optional<tracked<T>> try_get(std::int64_t key, lock_policy at_least = lock_policy::optimistic) & {
        return try_get(id<T>{key}, at_least);
    }

    /// The objects that a query finds in the database (query.hpp): find<T>(where(..) == .., order_by(..), limit(..)).
    /// Objects that the unit knows come as they are in memory, edited or not; those that it has removed are left out;
    /// those that it has added are not found.
    template <mapped T, class... Parts>
        requires(detail::is_query_part<Parts, T> && ...)
    std::vector<tracked<T>> find(Parts... parts) &;

    /// The key that a commit of this unit gave to the object behind a pending id; any other id as it is.
    template <mapped T>
    id<T> key_of(id<T> key) const {
        return key.is_pending() ? id<T>{known_key(mapper_of<T>(), key.key())} : key;
    }
    /// The same for the key and the references of a copy that the program has of an object. One that is as the object
    /// now is in other ways, too, also shows its version.
    template <mapped T>
    void fill_in_keys(T& copy) const {
        auto&      member = copy.*mapping<T>::value.key.member;
        auto const key = member.key();
        member = key_of(member);
        finish_copy(mapper_of<T>(), &copy, key);
    }

    // Changing; nothing is sent before commit().

    /// A new object. Without a key it gets a pending id, and the database gives the key at commit.
    /// Throws usage_error when this unit has an object of that key.
    template <mapped T>
    tracked<T> add(T object) &;
    /// Deletes the object's row at commit. Without effect on an object that is removed already.
    template <mapped T>
    void remove(tracked<T> const& handle) {
        remove(handle.object());
    }

    /// Reads an object again and forgets its changes, its removal too; a new object that had taken its key is given up.
    /// False when the row is gone.
    template <mapped T>
    bool reload(tracked<T> const& handle);
    /// Reads all objects of a refused commit again and forgets their changes, a type in one statement. Those whose rows
    /// are gone become gone; new objects that exist already are given up.
    void reload(conflict_error const& refused);

    // Finishing.

    /// Writes all changes, in one transaction. Without changes nothing is sent. Throws conflict_error with every row
    /// that stood in the way; commit_in_doubt; constraint_violation, of a unique rule or a foreign key with the object
    /// that broke it (subject()), and other database errors; value_error and usage_error for objects that can't be
    /// stored. In every case but commit_in_doubt nothing was written. Rows may take unique values of each other: two
    /// more round trips find a way. Usage_error, too, in a slot of an event (events.hpp).
    commit_report commit();
    /// Forgets all changes: new objects are gone, edited and removed ones are as they were read. Also ends the
    /// doubt about a commit: if it did take place, the next one of the same objects is a conflict. Throws usage_error
    /// in a slot of an event (events.hpp), else nothing.
    void rollback();

    // Looking.

    /// What is new, changed and removed, in the order in which the objects came to the unit.
    std::vector<change> changes() const;
    bool                has_changes() const;
    /// The objects that stood in the way since the last commit, and of earlier tries: of refused commits, and of locks
    /// that came too late (changed_before_lock).
    std::vector<object_key> refused() const;
    /// The batch that commit() would send if no slot of before_flush changed anything more; asks its participants,
    /// which may take locks for it, and writes nothing.
    write_batch dry_run();
    /// What the reads and flushes of this unit asked of the database so far, with what its lock strategy and others who
    /// take part in its flushes asked during its calls. What others do for it is not its own: a lease_keeper's
    /// renewals, what slots of its events ask, opening connections.
    stint::counters counters() const noexcept;

    /// How long calls of this unit wait from now on.
    void wait_until(deadline until) noexcept;
    /// What can be listened to: include <stint/events.hpp>.
    stint::events& events();

    database&          db() const noexcept;
    std::string const& owner();

    // clang-format off: an attribute on a line of its own

    // Mistakes, each with its sentence (docs/decisions/0015).
    template <class Unit>
        requires(std::same_as<std::remove_cvref_t<Unit>, unit_of_work>)
    __attribute__((unavailable("a unit of work is not copied or moved: take it by reference, stint::unit_of_work& work")))
    unit_of_work(Unit&& other);

    template <class T>
        requires(!mapped<T>)
    __attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
    tracked<T> get(id<T> key, lock_policy at_least = {}) &;
    template <class T, class... Given>
        requires(!mapped<T>)
    __attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
    tracked<T> get(Given const&... given) &;
    template <mapped T, class Key>
        requires(!detail::key_of<Key, T>)
    __attribute__((unavailable("an object is found by a key of its own class: work.get<stock>(1), or a stint::id<stock>")))
    tracked<T> get(Key const& key, lock_policy at_least = {}) &;
    template <class T>
    __attribute__((unavailable("an id that may be none is looked at first: if (node->parent) work.get(*node->parent)")))
    tracked<T> get(std::optional<id<T>> const& key, lock_policy at_least = {}) &;
    template <mapped T>
    __attribute__((unavailable("get() takes a key; all objects of a class are found by work.find<stock>()")))
    tracked<T> get() &;
    template <class... None, class Key>
        requires(sizeof...(None) == 0)
    __attribute__((unavailable("say of which class: work.get<stock>(1)")))
    detail::any_member get(Key const& key, lock_policy at_least = {}) &;

    template <class T>
        requires(!mapped<T>)
    __attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
    std::optional<tracked<T>> try_get(id<T> key, lock_policy at_least = {}) &;
    template <class T, class... Given>
        requires(!mapped<T>)
    __attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
    std::optional<tracked<T>> try_get(Given const&... given) &;
    template <mapped T, class Key>
        requires(!detail::key_of<Key, T>)
    __attribute__((unavailable("an object is found by a key of its own class: work.try_get<stock>(1), or a stint::id<stock>")))
    std::optional<tracked<T>> try_get(Key const& key, lock_policy at_least = {}) &;
    template <class T>
    __attribute__((unavailable("an id that may be none is looked at first: if (node->parent) work.try_get(*node->parent)")))
    std::optional<tracked<T>> try_get(std::optional<id<T>> const& key, lock_policy at_least = {}) &;
    template <class... None, class Key>
        requires(sizeof...(None) == 0)
    __attribute__((unavailable("say of which class: work.try_get<stock>(1)")))
    detail::any_member try_get(Key const& key, lock_policy at_least = {}) &;

    template <class T, class... Given>
        requires(!mapped<T>)
    __attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
    std::vector<tracked<T>> find(Given const&... given) &;
    template <mapped T, class... Given>
        requires(!(detail::is_query_part<Given, T> && ...))
    __attribute__((unavailable("find() takes filters, orders and limits of its class: where(&stock::name) == \"rye\", "
                               "order_by(&stock::name), limit(10)")))
    std::vector<tracked<T>> find(Given const&... given) &;
    template <class... None, class... Given>
        requires(sizeof...(None) == 0)
    __attribute__((unavailable("say of which class: work.find<stock>()")))
    detail::any_member find(Given const&... given) &;

    template <class T>
        requires(!mapped<T> && !detail::is_pointer_like<T>)
    __attribute__((unavailable("this class, or one that it refers to, has no stint::mapping with a value")))
    tracked<T> add(T const& object) &;
    template <class Other>
        requires(!mapped<Other> && detail::is_pointer_like<Other>)
    __attribute__((unavailable("add() takes an object, no pointer and no handle: work.add(stock{.name = \"rye\"})")))
    detail::any_member add(Other const& other) &;

    template <class... None, class Other>
        requires(!detail::is_tracked<Other> && !std::is_base_of_v<tracked_object, Other>)
    __attribute__((unavailable("remove() takes a handle: work.remove(work.get<stock>(1))")))
    void remove(Other const& other);
    template <class... None, class Other>
        requires(!detail::is_tracked<Other> && !std::is_base_of_v<conflict_error, Other> &&
                 !std::is_convertible_v<Other const&, std::span<tracked_object const* const>>)
    __attribute__((unavailable("reload() takes a handle, or the conflict_error of a refused commit")))
    bool reload(Other const& other);

    // clang-format on

private:
    friend class detail::run_loop;
    unit_of_work(database& db, unit_options options, detail::run_loop& run);

    tracked_object*              find_by_key(data_mapper const& type, row_key key, lock_policy at_least);
    std::vector<tracked_object*> find_by_keys(data_mapper const& type, std::span<row_key const> keys,
                                              lock_policy at_least);
    std::vector<tracked_object*> find_by_query(data_mapper const& type, object_query query);
    tracked_object&              make(data_mapper const& type, row_key key);
    tracked_object&              adopt(tracked_object& made, row_key key);
    void                         remove(tracked_object const& object);
    void                         reload(std::span<tracked_object const* const> objects);
    row_key                      known_key(data_mapper const& type, row_key pending) const noexcept;
    void                         finish_copy(data_mapper const& type, void* copy, row_key key) const;
    static std::string           key_list(data_mapper const& type, std::span<row_key const> keys);

    std::unique_ptr<body> body_;
};

}  // namespace stint

#include <stint/detail/unit_of_work_templates.hpp>
