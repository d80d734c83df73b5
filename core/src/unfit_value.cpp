#include "unfit_value.hpp"

#include <exception>
#include <utility>

#include "written_row.hpp"

namespace stint {
namespace {

class row_check {
public:
    row_check(write_batch::row const& row, table_facts const* facts, dialect const& spelling)
        : row_(row), table_(facts), spelling_(spelling) {}

    unfit_value run() {
        for (std::size_t i = 0; i < row_.key.size(); ++i) look_at(row_.key[i], row_.shape.key[i]);
        std::size_t given = 0;
        for (auto const& condition : row_.shape.conditions)
            if (condition.takes_value()) look_at(row_.conditions[given++], condition.column);
        given = 0;
        for (auto const& assigned : row_.shape.assignments)
            if (assigned.takes_value()) look_at(row_.assignments[given++], assigned.column);
        if (!found_.subject.columns.empty()) name_row();
        return std::move(found_);
    }

private:
    void look_at(value const& v, column const& column) {
        auto problem = spelling_.why_unfit(v, column.type, table_ != nullptr ? table_->find(column.name) : nullptr);
        if (problem.empty()) return;
        if (found_.subject.columns.empty()) found_.problem = std::move(problem);
        found_.subject.columns.push_back(column.name);
    }
    void name_row() {
        auto subject = as_given(row_).subject();
        subject.columns = std::move(found_.subject.columns);
        found_.subject = std::move(subject);
    }

    write_batch::row const& row_;
    table_facts const*      table_;
    dialect const&          spelling_;
    unfit_value             found_{};
};

}  // namespace

std::optional<unfit_value> find_unfit_value(write_batch const& batch, find_table const& find, dialect const& spelling) {
    for (std::size_t i = 0; i < batch.size(); ++i) {
        auto const row = batch[i];
        if (auto found = row_check(row, find(row.shape.table), spelling).run(); !found.subject.columns.empty())
            return found;
    }
    return {};
}

void throw_unfit(unfit_value const& unfit) {
    auto const& [table, key, columns, rule] = unfit.subject;
    std::throw_with_nested(value_error(table + '.' + columns.front() + (key.empty() ? " of a new row" : " of " + key) +
                                           ' ' + unfit.problem + ": nothing was written; give it another value",
                                       unfit.subject));
}

}  // namespace stint
