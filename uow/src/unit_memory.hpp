// unit_memory: what a unit of work knows: its objects, the keys that they are found by, and what it looked for and did
// not find (private to the room).
#pragma once

#include <span>
#include <string>
#include <vector>

#include <stint/data_mapper.hpp>
#include <stint/detail/identity_map.hpp>
#include <stint/detail/object_store.hpp>
#include <stint/query.hpp>
#include <stint/selection.hpp>
#include <stint/tracked.hpp>

#include "pending_change.hpp"

namespace stint {

/// What a unit looked for and did not find. Whoever adds such an object, and is told that it exists, was overtaken: a
/// new try finds it. Without having looked it is a duplicate, which no new try cures.
class absences {
public:
    void note_key(data_mapper const& type, row_key key) { keys_.push_back({&type, key}); }
    /// A query that found nothing.
    void note_query(data_mapper const& type, std::vector<comparison> const& where) {
        queries_.push_back({&type, where});
    }

    bool has_key(tracked_object const& object) const;
    /// Whether one of the queries asked for the values that the object has in one or more of these columns, and in none
    /// of them for another.
    bool has_values(tracked_object const& object, std::span<std::string const> columns) const;

private:
    struct query {
        data_mapper const*      type;
        std::vector<comparison> where;
    };

    std::vector<object_key> keys_;
    std::vector<query>      queries_;
};

class unit_memory {
public:
    /// For objects whose edits this listener is told of.
    explicit unit_memory(edit_listener& listener) noexcept : map_(listener) {}

    identity_map&       map() noexcept { return map_; }
    identity_map const& map() const noexcept { return map_; }
    /// In the order in which they came.
    object_list const& objects() const noexcept { return objects_; }

    /// The object of a key that somebody asks for, or null. Throws usage_error for no key, and for
    /// the pending key of another unit's object.
    tracked_object* known(data_mapper const& type, row_key key) const;

    /// Throws usage_error for a key that a new object can't have.
    void            check_new(data_mapper const& type, row_key key) const;
    tracked_object& add(tracked_object& made, row_key key);
    /// What was read: they are in the map already.
    void add_read(std::span<tracked_object* const> fresh) {
        objects_.insert(objects_.end(), fresh.begin(), fresh.end());
    }
    /// A unit changes its own objects; whoever else has one has it const.
    static tracked_object& own(tracked_object const& object) noexcept { return const_cast<tracked_object&>(object); }
    /// Its row is gone, or will never be.
    void forget(tracked_object& object) noexcept;
    /// A new object goes; a removed one whose key it had taken is found by it again.
    void give_up(tracked_object& added);
    /// A removed object that is there again, from a new one that had taken its key.
    void take_back_place(tracked_object& object);

    /// The key that the object behind a pending id was given; the pending id itself while there is none.
    row_key known_key(data_mapper const& type, row_key pending) const noexcept;
    /// A new object was inserted; it is found by its pending key, too, which copies of its id have.
    void give_key(tracked_object& object, row_key given);
    /// References that stood for new objects become the keys that these were given.
    void fill_in_keys();
    /// Copies of ids that were pending when the query was made. Throws usage_error for one that nothing can refer to.
    void fill_in_keys(object_query& query) const;
    /// A copy that was made before the commit, and says the same as the object, also shows its version.
    void finish_copy(data_mapper const& type, void* copy, row_key key) const;
    /// What a program wrote into a member that shows the version is no change: the library's own number stands there
    /// again.
    void show_versions() noexcept;

    /// All are as the database has them now.
    void settle_all();
    /// All are as they were read; new ones are gone.
    void restore_all();

    void note_absent(data_mapper const& type, row_key key) { absences_.note_key(type, key); }
    void note_absent(data_mapper const& type, std::vector<comparison> const& where) {
        absences_.note_query(type, where);
    }
    void forget_absences() noexcept { absences_ = {}; }
    bool had_looked_for(tracked_object const& object) const { return absences_.has_key(object); }
    /// The same by the values of these columns.
    bool had_looked_for(tracked_object const& object, std::span<std::string const> columns) const {
        return absences_.has_values(object, columns);
    }

private:
    void fill_in_references(data_mapper const& type, void* object) const;

    identity_map map_;
    object_list  objects_;
    absences     absences_;
};

}  // namespace stint
