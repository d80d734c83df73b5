// The books of a small store: stocks, and documents that take from them.
//
// Plain structs: they know no database. How they are stored is said in mapping.hpp, what may be done with them in
// process_document.hpp.
// (Fowler, PoEAA ch. 9, Domain Model.)
#pragma once

#include <string>

#include <stint/decimal.hpp>
#include <stint/id.hpp>

namespace accounting {

struct stock {
    stint::id<stock> id;
    std::string      name;
    stint::decimal   opening;   ///< what was there before the first document; never changes, so that audits can count
    stint::decimal   quantity;  ///< what is there now
};

struct document {
    stint::id<document>          id;
    stint::decimal               quantity;  ///< what it takes off its stock
    bool                         processed = false;
    stint::id<accounting::stock> stock;
};

using stock_id = stint::id<stock>;
using document_id = stint::id<document>;

/// How many decimals every quantity in the books has.
inline constexpr int quantity_decimals = 2;

}  // namespace accounting
