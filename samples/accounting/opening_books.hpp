// Books to begin with: the two stocks and documents of the example, or any number of generated ones.
//
//     accounting::write_books(db, accounting::example_books());
//
// Generated books are the same on every machine. Each stock holds more than all of its documents take.
#pragma once

#include <cstddef>
#include <vector>

#include <stint/database.hpp>

#include "books.hpp"

namespace accounting {

struct opening_books {
    std::vector<stock>    stocks;
    std::vector<document> documents;
};

/// Stocks 1: 56.40 and 2: 26.80; documents 1: 15.60 and 2: 26.10, both on stock 1.
opening_books example_books();

/// `stocks` is at least 1.
opening_books generated_books(std::size_t stocks, std::size_t documents);

/// Drops the tables with all that is in them, locks too, creates them and writes these books.
void write_books(stint::database& db, opening_books const& books);

}  // namespace accounting
