#include "refusal.hpp"

namespace accounting {

no_such_document::no_such_document(document_id document)
    : refusal("there is no document " + document.to_string()), document_(document) {}

already_processed::already_processed(document_id document)
    : refusal("document " + document.to_string() + " is already processed"), document_(document) {}

not_enough_in_stock::not_enough_in_stock(accounting::document const& wanted, accounting::stock const& from)
    : refusal("not enough in stock " + from.id.to_string() + " (" + from.name + "): document " + wanted.id.to_string() +
              " takes " + wanted.quantity.to_string() + ", " + from.quantity.to_string() + " is there"),
      document_(wanted.id), stock_(from.id), wanted_(wanted.quantity), there_(from.quantity) {}

not_ready_for_race::not_ready_for_race()
    : refusal("the race needs documents 1 and 2, both open and of one stock: run 'accounting init' first") {}

books_in_use::books_in_use()
    : refusal("somebody writes into the books faster than they can be read: audit again when the clerks pause") {}

}  // namespace accounting
