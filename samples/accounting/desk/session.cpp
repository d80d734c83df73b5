#include "session.hpp"

#include <ostream>

namespace accounting {

namespace {

/// An engine makes a file that is not there, unless it is told not to.
std::string of_existing_books(std::string const& url) {
    bool const says_how_itself = url.find('?') != std::string::npos;
    bool const is_a_file = url.starts_with("sqlite:") && url != "sqlite::memory:";
    return is_a_file && !says_how_itself ? url + "?mode=rw" : url;
}

}  // namespace

stint::database session::open_books() const {
    return stint::database{of_existing_books(url)};
}

stint::database session::open_or_make_books() const {
    return stint::database{url};
}

void session::answer(json const& document) const {
    out << document.dump(2, ' ', false, json::error_handler_t::replace) << '\n';
}

}  // namespace accounting
