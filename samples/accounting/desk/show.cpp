#include "show.hpp"

#include "mapping.hpp"

namespace accounting {

namespace {

json to_json(stint::conflict const& one) {
    json result{{"table", one.table}, {"key", one.key}, {"reason", one.why.name()}};
    if (one.expected) result["expected"] = one.expected->value();
    if (one.found) result["found"] = one.found->value();
    return result;
}

json to_json(step const& one) {
    json result{{"who", one.who}, {"event", one.event}, {"what", one.what}};
    for (auto const& each : one.conflicts) result["conflicts"].push_back(to_json(each));
    return result;
}

}  // namespace

json to_json(std::vector<stock> const& stocks) {
    auto list = json::array();
    for (auto const& one : stocks)
        list.push_back({{"id", one.id.value()},
                        {"name", one.name},
                        {"opening", quantity_text(one.opening)},
                        {"quantity", quantity_text(one.quantity)}});
    return list;
}

json to_json(std::vector<document> const& documents) {
    auto list = json::array();
    for (auto const& one : documents)
        list.push_back({{"id", one.id.value()},
                        {"stock", one.stock.value()},
                        {"quantity", quantity_text(one.quantity)},
                        {"processed", one.processed}});
    return list;
}

json to_json(audit_report const& report) {
    auto list = json::array();
    for (auto const& one : report.stocks)
        list.push_back({{"id", one.id.value()},
                        {"opening", quantity_text(one.opening)},
                        {"processed", quantity_text(one.processed)},
                        {"quantity", quantity_text(one.quantity)},
                        {"expected", quantity_text(one.expected())}});
    return {{"ok", report.ok()}, {"stocks", std::move(list)}};
}

json to_json(std::vector<step> const& steps) {
    auto list = json::array();
    for (auto const& one : steps) list.push_back(to_json(one));
    return list;
}

text_table to_table(std::vector<stock> const& stocks) {
    text_table table{{"stock", align::right}, {"name"}, {"opening", align::right}, {"quantity", align::right}};
    for (auto const& one : stocks)
        table.row({one.id.to_string(), one.name, quantity_text(one.opening), quantity_text(one.quantity)});
    return table;
}

text_table to_table(std::vector<document> const& documents) {
    text_table table{{"document", align::right}, {"stock", align::right}, {"quantity", align::right}, {"state"}};
    for (auto const& one : documents)
        table.row({one.id.to_string(), one.stock.to_string(), quantity_text(one.quantity),
                   one.processed ? "processed" : "open"});
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
    for (auto const& one : report.stocks)
        table.row({one.id.to_string(), one.name, quantity_text(one.opening), quantity_text(one.processed),
                   quantity_text(one.expected()), quantity_text(one.quantity), one.holds() ? "ok" : "WRONG"});
    return table;
}

std::string quantity_text(stint::decimal const& quantity) {
    return quantity.rescaled(quantity_decimals).to_string();
}

}  // namespace accounting
