// absences: what a unit of work looked for and did not find (private to the room).
//
// Whoever adds such an object, and is told that it exists, was overtaken: a new try finds it. Without having looked it
// is a duplicate, which no new try cures.
#pragma once

#include <span>
#include <string>
#include <vector>

#include <stint/data_mapper.hpp>
#include <stint/object_key.hpp>
#include <stint/selection.hpp>
#include <stint/tracked.hpp>

namespace stint::detail {

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

}  // namespace stint::detail
