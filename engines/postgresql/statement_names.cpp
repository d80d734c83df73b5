#include "statement_names.hpp"

#include <utility>

namespace stint {

std::string statement_names::next(user whose) {
    if (!can_be_relied_on_) return {};
    auto& names = names_of(whose);
    return std::string(names.prefix) + std::to_string(++names.count);
}

void statement_names::let_go(user whose, pipeline_statement& statement) {
    if (std::exchange(statement.prepared, false)) names_of(whose).unused.push_back(statement.name);
}

void statement_names::renew(user whose, pipeline_statement& statement) {
    let_go(whose, statement);
    statement.name = next(whose);
}

std::vector<std::string> statement_names::take_unused(user whose) noexcept {
    return std::exchange(names_of(whose).unused, {});
}

}  // namespace stint
