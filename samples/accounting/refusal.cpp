#include "refusal.hpp"

namespace accounting {

namespace {

std::string holder_of(stint::held_lock const& now) {
    return now.owner.empty() ? "nobody holds it" : to_string(now);
}

std::string holder_and_fence_of(stint::held_lock const& now) {
    return now.owner.empty() ? holder_of(now) : to_string(now) + ", fence " + std::to_string(now.fence);
}

}  // namespace

no_such_document::no_such_document(document_id document)
    : refusal("there is no document " + document.to_string()), document_(document) {}

no_such_stock::no_such_stock(stock_id stock) : refusal("there is no stock " + stock.to_string()), stock_(stock) {}

already_processed::already_processed(document_id document)
    : refusal("document " + document.to_string() + " is already processed"), document_(document) {}

not_enough_in_stock::not_enough_in_stock(accounting::document const& wanted, accounting::stock const& stock)
    : refusal("not enough in stock " + stock.id.to_string() + " (" + stock.name + "): document " +
              wanted.id.to_string() + " takes " + wanted.quantity.to_string() + ", " + stock.quantity.to_string() +
              " is there"),
      document_(wanted.id), stock_(stock.id), wanted_(wanted.quantity), in_stock_(stock.quantity) {}

not_the_holder::not_the_holder(std::string const& owner, stint::held_lock now)
    : refusal(owner + " doesn't hold " + now.name + ": " + holder_of(now)), now_(std::move(now)) {}

lock_changed_hands::lock_changed_hands(std::int64_t fence, stint::held_lock now)
    : refusal(now.name + " isn't held with fence " + std::to_string(fence) + " any more: " + holder_and_fence_of(now)),
      now_(std::move(now)) {}

not_ready_for_race::not_ready_for_race()
    : refusal("the race needs documents 1 and 2, both open and of one stock: run 'accounting init' first") {}

books_in_use::books_in_use()
    : refusal("somebody writes into the books faster than they can be read: audit again when the clerks pause") {}

}  // namespace accounting
