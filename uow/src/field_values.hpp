// field_values: what a flush writes into the fields of its objects, where a reference may be to an object whose key the
// database gives in the same flush (private to the room).
#pragma once

#include <cstddef>
#include <unordered_map>
#include <utility>
#include <vector>

#include <stint/detail/identity_map.hpp>
#include <stint/tracked.hpp>
#include <stint/value.hpp>

namespace stint {

class field_values {
public:
    /// `known` must live as long as this.
    explicit field_values(identity_map const& known) noexcept : known_(known) {}

    /// Throws usage_error for a reference that can't be stored, value_error for a value.
    value content(tracked_object const& object, std::size_t field);
    /// The object's key, or the place of the row that inserts it.
    value key_of(tracked_object const& object);
    /// An object is inserted by this row of the batch, and the database gives its key.
    void note_new_row(tracked_object const& added, std::size_t row) { new_rows_.emplace_back(&added, row); }

private:
    value       key_of_new(tracked_object const& object, std::size_t field, row_key key);
    std::size_t row_of(tracked_object const& added);

    identity_map const&                                        known_;
    std::vector<std::pair<tracked_object const*, std::size_t>> new_rows_;
    std::unordered_map<tracked_object const*, std::size_t>     row_of_;  // the first indexed_ of them
    std::size_t                                                indexed_ = 0;
};

}  // namespace stint
