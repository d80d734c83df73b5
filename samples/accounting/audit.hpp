// audit: proves that no update was lost. A stock must hold what it opened with less what its processed documents took.
//
//     auto const report = accounting::audit(db);
//     if (!report.ok()) ...
//
// It may run while clerks work: it reads until what it has seen belongs together, or gives up with books_in_use.
#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include <stint/database.hpp>

#include "books.hpp"

namespace accounting {

struct audited_stock {
    stock_id       id;
    std::string    name;
    stint::decimal opening;
    stint::decimal processed;  ///< what its processed documents took
    stint::decimal quantity;   ///< what it holds

    stint::decimal expected() const { return opening - processed; }
    bool           holds() const { return quantity == expected(); }
};

struct audit_report {
    std::vector<audited_stock> stocks;

    /// Of how many stocks updates were lost (or made twice).
    std::size_t lost_updates() const;
    bool        ok() const { return lost_updates() == 0; }
    /// What is wrong, in words; empty when nothing is.
    std::string complaint() const;
};

audit_report audit(stint::database& db);

}  // namespace accounting
