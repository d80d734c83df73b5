// What is done with a document: its quantity is taken off its stock, once.
//
//     stint::run(db, [](stint::unit_of_work& work) { accounting::process_document(work, document_id{1}); });
//
// These functions read and change objects of a unit of work; the caller commits. They throw a refusal (refusal.hpp)
// where a rule of the books forbids it, and what the unit throws.
// (Fowler, PoEAA ch. 9, Transaction Script over a Domain Model.)
#pragma once

#include <stint/unit_of_work.hpp>

#include "books.hpp"
#include "mapping.hpp"

namespace accounting {

/// Takes a document off its stock.
void process_document(stint::unit_of_work& work, document_id key);

/// The first half: a document that can be processed. Throws no_such_document, already_processed.
stint::tracked<document> open_document(stint::unit_of_work& work, document_id key);

/// The second half. Throws not_enough_in_stock.
void take_off(stint::tracked<document> document, stint::tracked<stock> stock);

}  // namespace accounting
