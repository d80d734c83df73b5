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
// shared. Not copyable and not movable, because its objects know it.
//
// Every function that reads or writes throws database_error when the database fails, and what the lock strategy
// throws. Which errors ask for what is in error.hpp.
// (Fowler, PoEAA ch. 11, Unit of Work; Identity Map.)
#pragma once

#include <concepts>
#include <cstdint>
#include <deque>
#include <initializer_list>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include <stint/change.hpp>
#include <stint/conflict.hpp>
#include <stint/counters.hpp>
#include <stint/data_mapper.hpp>
#include <stint/database.hpp>
#include <stint/deadline.hpp>
#include <stint/detail/count_scope.hpp>
#include <stint/events.hpp>
#include <stint/id.hpp>
#include <stint/identity_map.hpp>
#include <stint/lock_error.hpp>
#include <stint/lock_policy.hpp>
#include <stint/lock_strategy.hpp>
#include <stint/query.hpp>
#include <stint/tracked.hpp>
#include <stint/unit_options.hpp>
#include <stint/write_batch.hpp>

namespace stint {

class flush;

namespace detail {
class absences;
class run_loop;
}  // namespace detail

namespace detail {

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

class unit_of_work final : private edit_listener, private lock_context {
public:
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
        return id<T>::from_raw(key.is_pending() ? known_key(mapper_of<T>(), key.raw()) : key.raw());
    }
    /// The same for the key and the references of a copy that the program has of an object. One that is as the object
    /// now is in other ways, too, also shows its version.
    template <mapped T>
    void fill_in_keys(T& copy) const {
        auto&      key = copy.*mapping<T>::value.key.member;
        auto const raw = key.raw();
        key = key_of(key);
        finish_copy(mapper_of<T>(), &copy, raw);
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
    /// Whether a commit of this unit has written something, or is in doubt.
    bool has_committed() const noexcept { return has_committed_; }
    /// The batch that commit() would send if no slot of before_flush changed anything more; asks the lock strategy,
    /// which may take locks for it, and writes nothing.
    write_batch dry_run();
    /// What the reads and flushes of this unit asked of the database so far, with what its lock strategy asked during
    /// its calls. What others do for it is not its own: a lease_keeper's renewals, what slots of its events ask,
    /// opening connections.
    stint::counters counters() const noexcept { return counted_; }

    /// How long calls of this unit wait from now on.
    void    wait_until(deadline until) noexcept { options_.until = until; }
    events& on();

    database& db() noexcept override { return db_; }
    /// What keeps others off this unit.
    std::shared_ptr<lock_strategy> const& strategy_in_use() const noexcept { return options_.lock; }
    std::string const&                    owner() override;
    verify                                verification() const noexcept override { return *options_.verify; }
    deadline                              until() const noexcept override { return options_.until; }
    std::string const&                    label() const noexcept override { return options_.label; }

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
                 !std::is_convertible_v<Other const&, std::span<tracked_object* const>>)
    __attribute__((unavailable("reload() takes a handle, or the conflict_error of a refused commit")))
    bool reload(Other const& other);

    // clang-format on

private:
    deadline                      lock_wait() const noexcept override;
    std::span<object_key const>   refused_before() const noexcept override { return options_.refused_before; }
    std::span<object_key const>   refused_here() const noexcept override { return refused_; }
    std::unique_ptr<lock_memory>& memory() noexcept override { return memory_; }

    friend class flush;
    friend class detail::run_loop;

    // What is asked through them is counted.
    detail::counting<lock_strategy*> strategy() {
        return {counted_, [&] { return options_.lock.get(); }};
    }
    detail::counting<database::lease> lend() {
        return {counted_, [&] { return db_.lend(until()); }};
    }

    void before_first_edit(tracked_object& object) override;

    tracked_object*              known(data_mapper const& type, std::int64_t raw) const;
    tracked_object*              find_by_key(data_mapper const& type, std::int64_t raw, lock_policy at_least);
    std::vector<tracked_object*> find_by_keys(data_mapper const& type, std::span<std::int64_t const> raws,
                                              lock_policy at_least);
    void                         lock_known(std::vector<tracked_object*> objects, lock_policy at_least);
    std::vector<tracked_object*> read_locked(data_mapper const& type, selection what);
    void                         lock_before_query(data_mapper const& type, std::span<std::int64_t const> keys);
    template <class Lock>
    void                         noting_changed(std::span<tracked_object* const> objects, Lock lock);
    std::vector<tracked_object*> find_by_query(data_mapper const& type, selection what);
    std::vector<tracked_object*> read(data_mapper const& type, selection const& what);
    std::vector<std::int64_t>    read_keys(data_mapper const& type, selection what);
    void                         reload(std::span<tracked_object* const> objects);
    void                         remove(tracked_object& object);
    void                         check_new(data_mapper const& type, std::int64_t raw) const;
    tracked_object&              adopt(tracked_object& made, std::int64_t raw);
    void                         forget(tracked_object& object) noexcept;
    void                         give_up(tracked_object& added);
    void                         take_back_place(tracked_object& object);
    void                         fill_in_keys();
    void                         fill_in_keys(data_mapper const& type, selection& what) const;
    void                         fill_in_references(data_mapper const& type, void* object) const;
    void                         finish_copy(data_mapper const& type, void* copy, std::int64_t raw) const;
    std::int64_t                 known_key(data_mapper const& type, std::int64_t pending) const noexcept;
    void                         check_own(tracked_object const& object) const;
    void                         refuse_in_doubt() const;
    void                         refuse_in_slot(char const* function) const;
    template <class Signal, class... Facts>
    auto              emit(char const* event, Signal events::* signal, Facts&&... facts);
    void              show_versions() noexcept;
    commit_report     send(flush& changes);
    void              tell_strategy(flush_plan const& plan, flush_end how, std::span<refusal const> refusals) noexcept;
    detail::absences& absences();
    bool              had_looked_for(tracked_object const& object) const;
    bool              had_looked_for(tracked_object const& object, std::span<std::string const> columns) const;
    void              note_refused(object_key const& one);
    void              look_at_locks(std::vector<conflict>& conflicts);
    [[noreturn]] void refuse(flush& refused, flush_refused const& why);
    [[noreturn]] void doubt(flush& unknown, flush_in_doubt const& why);

    static std::string key_list(data_mapper const& type, std::span<std::int64_t const> raws);

    database&                         db_;
    std::shared_ptr<void const>       share_;  // of the database, so that its end notices this unit
    unit_options                      options_;
    stint::counters                   counted_{};
    identity_map                      map_{*this};
    std::deque<tracked_object*>       objects_;  // in the order in which they came
    std::unique_ptr<events>           events_;
    char const*                       event_ = nullptr;  // whose slots are being called
    std::unique_ptr<lock_memory>      memory_;
    std::vector<object_key>           refused_;
    bool                              has_committed_ = false;
    bool                              is_open_ = false;  // the strategy is owed an end
    bool                              in_doubt_ = false;
    std::unique_ptr<detail::absences> absences_;  // what was looked for and wasn't there
    detail::run_loop*                 run_ = nullptr;
};

/// Calls the slots of an event, and knows meanwhile which.
template <class Signal, class... Facts>
auto unit_of_work::emit(char const* event, Signal events::* signal, Facts&&... facts) {
    struct calling {
        char const*& current;
        char const*  before;
        ~calling() { current = before; }
    };
    if (events_ == nullptr) return typename Signal::result_type();
    calling const slots{event_, std::exchange(event_, event)};
    return (*events_.*signal)(std::forward<Facts>(facts)...);
}

/// Runs what locks objects that the unit knows; notes the one that was changed before.
template <class Lock>
void unit_of_work::noting_changed(std::span<tracked_object* const> objects, Lock lock) {
    try {
        lock();
    } catch (changed_before_lock const& e) {
        for (auto const* one : objects)
            if (e.is_of(*one)) note_refused({&one->mapper(), one->raw_key()});
        throw;
    }
}

template <mapped T>
tracked<T> unit_of_work::get(id<T> key, lock_policy at_least) & {
    auto const& type = mapper_of<T>();
    if (auto* object = find_by_key(type, key.raw(), at_least)) return tracked<T>{*object};
    throw not_found(type.table(), key.to_string());
}

template <mapped T>
std::vector<tracked<T>> unit_of_work::get(std::span<id<T> const> keys, lock_policy at_least) & {
    auto const&               type = mapper_of<T>();
    std::vector<std::int64_t> raws;
    for (auto const& key : keys) raws.push_back(key.raw());

    std::vector<tracked<T>>   result;
    std::vector<std::int64_t> missing;
    auto const                objects = find_by_keys(type, raws, at_least);
    for (std::size_t i = 0; i < objects.size(); ++i) {
        if (objects[i] != nullptr) {
            result.push_back(tracked<T>{*objects[i]});
        } else {
            missing.push_back(raws[i]);
        }
    }
    if (!missing.empty()) throw not_found(type.table(), key_list(type, missing));
    return result;
}

template <mapped T>
std::optional<tracked<T>> unit_of_work::try_get(id<T> key, lock_policy at_least) & {
    auto* object = find_by_key(mapper_of<T>(), key.raw(), at_least);
    if (object == nullptr) return std::nullopt;
    return tracked<T>{*object};
}

template <mapped T, class... Parts>
    requires(detail::is_query_part<Parts, T> && ...)
std::vector<tracked<T>> unit_of_work::find(Parts... parts) & {
    auto const              found = find_by_query(mapper_of<T>(), select_where<T>(std::move(parts)...));
    std::vector<tracked<T>> result;
    result.reserve(found.size());
    for (auto* object : found) result.push_back(tracked<T>{*object});
    return result;
}

template <mapped T>
tracked<T> unit_of_work::add(T object) & {
    auto const  raw = (object.*mapping<T>::value.key.member).raw();
    auto const& type = mapper_of<T>();
    check_new(type, raw);
    auto& made = map_.make(type);
    static_cast<detail::record<T>&>(made).get() = std::move(object);
    return tracked<T>{adopt(made, raw)};
}

template <mapped T>
bool unit_of_work::reload(tracked<T> const& handle) {
    tracked_object* const one = &handle.object();
    reload(std::span{&one, 1});
    return handle.state() != object_state::gone;
}

}  // namespace stint
