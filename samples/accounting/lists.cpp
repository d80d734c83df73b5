#include "lists.hpp"

#include <stint/unit_of_work.hpp>

#include "mapping.hpp"
#include "work_terms.hpp"

namespace accounting {

namespace {

template <class T>
std::vector<T> copies(std::vector<stint::tracked<T>> const& found) {
    std::vector<T> result;
    for (auto const& object : found) result.push_back(*object);
    return result;
}

}  // namespace

std::vector<stock> list_stocks(stint::database& db) {
    stint::unit_of_work work{db, only_looking()};
    return copies(work.find<stock>(stint::order_by(&stock::id)));
}

std::vector<document> list_documents(stint::database& db, document_filter const& filter) {
    stint::unit_of_work     work{db, only_looking()};
    stint::filter<document> wanted;
    if (!filter.of_stock.is_none()) wanted = wanted && stint::where(&document::stock) == filter.of_stock;
    if (filter.only_open) wanted = wanted && stint::where(&document::processed) == false;
    return copies(work.find<document>(wanted, stint::order_by(&document::id)));
}

}  // namespace accounting
