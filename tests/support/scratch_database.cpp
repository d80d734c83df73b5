#include "scratch_database.hpp"

#include <vector>

void scratch_database::sql(std::string_view statement) {
    db_->lend()->execute(statement, stint::deadline::none());
}

std::string scratch_database::ask(std::string_view query) {
    std::string                     answer;
    std::vector<stint::column_type> types{{stint::data_type::text}};
    bool                            first = true;
    auto const                      take = [&](std::span<stint::value> row) {
        if (first && !stint::is_null(row.front())) answer = std::get<std::string>(row.front());
        first = false;
    };
    auto const as_text = "SELECT CAST((" + std::string(query) + ") AS TEXT)";
    db_->lend()->query(as_text, {}, types, take, stint::deadline::none());
    return answer;
}
