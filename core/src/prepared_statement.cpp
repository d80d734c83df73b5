#include "prepared_statement.hpp"

namespace stint {

prepared_statement::prepared_statement(soci::session& session, std::string const& sql) : statement_(session) {
    statement_.alloc();
    statement_.prepare(sql);
}

void prepared_statement::resize(std::size_t parameters) {
    if (parameters == parameters_.size()) return;
    statement_.bind_clean_up();
    parameters_ = std::vector<soci_parameter>(parameters);
    bound_ = false;
}

void prepared_statement::bind_again_if_needed() {
    if (bound_) return;
    statement_.bind_clean_up();
    for (auto& parameter : parameters_) statement_.exchange(soci::use(parameter.text, parameter.indicator));
    statement_.define_and_bind();
    bound_ = true;
}

bool prepared_statement::execute() {
    // After a failure SOCI keeps the texts it had made of the parameters, and would send them again for nulls.
    bool const was_bound = std::exchange(bound_, false);
    auto const row = statement_.execute(true);
    bound_ = was_bound;
    return row;
}

}  // namespace stint
