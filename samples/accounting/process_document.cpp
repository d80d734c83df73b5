#include "process_document.hpp"

#include "refusal.hpp"

namespace accounting {

void process_document(stint::unit_of_work& work, document_id key) {
    auto const document = open_document(work, key);
    take_off(document, work.get(document->stock));
}

stint::tracked<document> open_document(stint::unit_of_work& work, document_id key) {
    auto const document = work.try_get(key);
    if (!document) throw no_such_document(key);
    if ((*document)->processed) throw already_processed(key);
    return *document;
}

void take_off(stint::tracked<document> document, stint::tracked<stock> stock) {
    if (stock->quantity < document->quantity) throw not_enough_in_stock(*document, *stock);
    stock.edit().quantity -= document->quantity;
    document.edit().processed = true;
}

}  // namespace accounting
