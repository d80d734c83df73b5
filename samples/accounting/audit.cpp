#include "audit.hpp"

#include <algorithm>
#include <map>
#include <thread>

#include <stint/unit_of_work.hpp>

#include "mapping.hpp"
#include "refusal.hpp"
#include "work_terms.hpp"

namespace accounting {

namespace {

using versions = std::vector<stint::version_number>;

std::vector<stint::tracked<stock>> all_stocks(stint::unit_of_work& work) {
    return work.find<stock>(stint::order_by(&stock::id));
}

versions versions_of(std::vector<stint::tracked<stock>> const& stocks) {
    versions result;
    for (auto const& stock : stocks) result.push_back(stock.version());
    return result;
}

std::map<stock_id, stint::decimal> processed_by_stock(stint::unit_of_work& work) {
    std::map<stock_id, stint::decimal> sums;
    for (auto const& document : work.find<document>(stint::where(&document::processed) == true))
        sums[document->stock] += document->quantity;
    return sums;
}

versions versions_now(stint::database& db) {
    stint::unit_of_work work{db, only_looking()};
    return versions_of(all_stocks(work));
}

audited_stock compared(stock const& stock, stint::decimal const& processed) {
    return {stock.id, stock.name, stock.opening, processed, stock.quantity};
}

/// False when a stock changed while the documents were read: then the two don't belong together.
bool read_books(stint::database& db, audit_report& report) {
    stint::unit_of_work work{db, only_looking()};
    auto const          stocks = all_stocks(work);
    auto                processed = processed_by_stock(work);
    if (versions_now(db) != versions_of(stocks)) return false;

    for (auto const& stock : stocks) report.stocks.push_back(compared(*stock, processed[stock->id]));
    return true;
}

std::string complaint_about(audited_stock const& stock) {
    return "stock " + stock.id.to_string() + " (" + stock.name + ") holds " + stock.quantity.to_string() +
           " and should hold " + stock.expected().to_string();
}

}  // namespace

std::size_t audit_report::lost_updates() const {
    return static_cast<std::size_t>(
        std::count_if(stocks.begin(), stocks.end(), [](auto const& stock) { return !stock.holds(); }));
}

std::string audit_report::complaint() const {
    std::string text;
    for (auto const& stock : stocks)
        if (!stock.holds()) text += (text.empty() ? "" : "; ") + complaint_about(stock);
    return text;
}

audit_report audit(stint::database& db) {
    for (int tries = 0; tries < 20; ++tries) {
        audit_report report;
        if (read_books(db, report)) return report;
        std::this_thread::sleep_for(std::chrono::milliseconds{50});
    }
    throw books_in_use();
}

}  // namespace accounting
