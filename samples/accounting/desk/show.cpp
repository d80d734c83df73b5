#include "show.hpp"

#include "mapping.hpp"

namespace accounting {

namespace {

json to_json(stint::conflict const& conflict) {
    json result{{"table", conflict.table}, {"key", conflict.key}, {"reason", conflict.reason.name()}};
    if (conflict.expected) result["expected"] = conflict.expected->value();
    if (conflict.found) result["found"] = conflict.found->value();
    return result;
}

json to_json(step const& step) {
    json result{{"who", step.clerk}, {"event", step.event}, {"what", step.words}};
    for (auto const& conflict : step.conflicts) result["conflicts"].push_back(to_json(conflict));
    return result;
}

}  // namespace

json to_json(std::vector<stock> const& stocks) {
    auto list = json::array();
    for (auto const& stock : stocks)
        list.push_back({{"id", stock.id.value()},
                        {"name", stock.name},
                        {"opening", quantity_text(stock.opening)},
                        {"quantity", quantity_text(stock.quantity)}});
    return list;
}

json to_json(std::vector<document> const& documents) {
    auto list = json::array();
    for (auto const& document : documents)
        list.push_back({{"id", document.id.value()},
                        {"stock", document.stock.value()},
                        {"quantity", quantity_text(document.quantity)},
                        {"processed", document.processed}});
    return list;
}

json to_json(audit_report const& report) {
    auto list = json::array();
    for (auto const& stock : report.stocks)
        list.push_back({{"id", stock.id.value()},
                        {"opening", quantity_text(stock.opening)},
                        {"processed", quantity_text(stock.processed)},
                        {"quantity", quantity_text(stock.quantity)},
                        {"expected", quantity_text(stock.expected())}});
    return {{"ok", report.ok()}, {"stocks", std::move(list)}};
}

json to_json(std::vector<step> const& steps) {
    auto list = json::array();
    for (auto const& step : steps) list.push_back(to_json(step));
    return list;
}

text_table to_table(std::vector<stock> const& stocks) {
    text_table table{{"stock", align::right}, {"name"}, {"opening", align::right}, {"quantity", align::right}};
    for (auto const& stock : stocks)
        table.row({stock.id.to_string(), stock.name, quantity_text(stock.opening), quantity_text(stock.quantity)});
    return table;
}

text_table to_table(std::vector<document> const& documents) {
    text_table table{{"document", align::right}, {"stock", align::right}, {"quantity", align::right}, {"state"}};
    for (auto const& document : documents)
        table.row({document.id.to_string(), document.stock.to_string(), quantity_text(document.quantity),
                   document.processed ? "processed" : "open"});
    return table;
}

text_table to_table(audit_report const& report) {
    text_table table{{"stock", align::right},
                     {"name"},
                     {"opening", align::right},
                     {"processed", align::right},
                     {"expected", align::right},
                     {"quantity", align::right},
                     {"audit"}};
    for (auto const& stock : report.stocks)
        table.row({stock.id.to_string(), stock.name, quantity_text(stock.opening), quantity_text(stock.processed),
                   quantity_text(stock.expected()), quantity_text(stock.quantity), stock.holds() ? "ok" : "WRONG"});
    return table;
}

std::string quantity_text(stint::decimal const& quantity) {
    return quantity.rescaled(quantity_decimals).to_string();
}

}  // namespace accounting
