// lists: what is in the books: copies of stocks and documents, read without a lock.
//
//     for (auto const& open : accounting::list_documents(db, {.only_open = true}))
//         std::cout << open.id.to_string() << '\n';
#pragma once

#include <vector>

#include <stint/database.hpp>

#include "books.hpp"

namespace accounting {

struct document_filter {
    stock_id of_stock{};  ///< none: of all
    bool     only_open = false;
};

/// Ordered by their ids.
std::vector<stock>    list_stocks(stint::database& db);
std::vector<document> list_documents(stint::database& db, document_filter const& filter = {});

}  // namespace accounting
