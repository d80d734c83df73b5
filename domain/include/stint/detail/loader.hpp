// loader: makes objects of rows, each row once.
//
// Reads a selection and answers the records in the order of the rows. A row whose object is known already
// leaves it as it is in memory: its edits and the version it was read in. Used by one thread at a time.
// (Fowler, PoEAA ch. 10, Data Mapper: "finder"; ch. 11, Identity Map.)
#pragma once

#include <span>
#include <vector>

#include <stint/connection.hpp>
#include <stint/data_mapper.hpp>
#include <stint/detail/identity_map.hpp>
#include <stint/selection.hpp>

namespace stint {

/// The rows of these keys. A read of all columns by key, of any number of keys, in one statement.
selection select_by_key(data_mapper const& type, std::span<row_key const> keys);

class loader {
public:
    /// What it makes is in this map, and listed in `fresh`, also when it throws.
    loader(identity_map& known, std::vector<tracked_object*>& fresh) : known_(known), fresh_(fresh) {}

    /// Throws database_error, and schema_error or value_error for a row that does not fit the class.
    std::vector<tracked_object*> load(connection& from, data_mapper const& type, selection const& rows, deadline until);

    /// Makes an object what a row, read as its mapper's columns(), says: clean, its changes forgotten.
    static void refresh(tracked_object& object, std::span<value> row);

private:
    tracked_object& object_of(data_mapper const& type, std::span<value> row);

    identity_map&                 known_;
    std::vector<tracked_object*>& fresh_;
};

}  // namespace stint
