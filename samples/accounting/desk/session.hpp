// session: what all commands have in common: which database, how to answer.
//
// Results go to `out`, as text or as one JSON document; whatever else is to be said goes to `err`.
#pragma once

#include <iosfwd>
#include <string>

#include <stint/database.hpp>

#include "show.hpp"

namespace accounting {

struct session {
    std::ostream& out;
    std::ostream& err;
    std::string   url = "sqlite:accounting.db";
    bool          as_json = false;
    std::string   log_level = "warn";

    /// Opens the books. Throws what the database throws; a file that is not there is an error then.
    stint::database open_books() const;
    /// The same, where a file that is not there is made.
    stint::database open_or_make_books() const;

    void answer(json const& document) const;
};

}  // namespace accounting
