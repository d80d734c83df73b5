#include "portable_executor.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <optional>

#include "row_by_row.hpp"
#include "sql.hpp"

namespace stint {
namespace {

// Through the seam itself: a connection's execute and query.
class portable_runner final : public row_runner {
public:
    portable_runner(connection& db, dialect const& spelling, batch_in_hand const& work, deadline until)
        : db_(db), spelling_(spelling), work_(work), until_(until), writes_(work.batch.shapes().size()) {}

    std::uint64_t write(std::size_t shape, write_batch::row const& row, std::vector<value>& returned) override;
    found_row     look(std::size_t shape, write_batch::row const& row, std::optional<row_lock> lock) override;
    void          skip_taken_keys(row_shape const& shape) override;

private:
    row_statement const& write_statement(std::size_t shape);
    row_statement const& check_statement(std::size_t shape, std::optional<row_lock> lock);
    std::vector<value>   parameters(row_statement const& statement, write_batch::row const& row) const;

    connection&          db_;
    dialect const&       spelling_;
    batch_in_hand const& work_;
    deadline             until_;

    std::vector<std::optional<row_statement>>                                writes_;  ///< by shape
    std::map<std::pair<std::size_t, std::optional<row_lock>>, row_statement> checks_;
};

std::uint64_t portable_runner::write(std::size_t shape, write_batch::row const& row, std::vector<value>& returned) {
    auto const& statement = write_statement(shape);
    auto const  bound = parameters(statement, row);
    if (statement.types.empty()) return db_.execute(statement.sql, bound, until_);

    std::uint64_t rows = 0;
    db_.query(
        statement.sql, bound, statement.types,
        [&](std::span<value> values) {
            returned.assign(std::make_move_iterator(values.begin()), std::make_move_iterator(values.end()));
            ++rows;
        },
        until_);
    return rows;
}

void portable_runner::skip_taken_keys(row_shape const& shape) {
    db_.query(
        spelling_.skip_taken_keys(shape.table, shape.key.front().name), {}, std::array{column_type{}}, [](auto) {},
        until_);
}

found_row portable_runner::look(std::size_t shape, write_batch::row const& row, std::optional<row_lock> lock) {
    auto const& statement = check_statement(shape, lock);
    found_row   found;
    db_.query(
        statement.sql, parameters(statement, row), statement.types,
        [&](std::span<value> values) {
            auto const conditions = values.first(row.shape.conditions.size());
            auto const report = values.subspan(conditions.size(), row.shape.report.size());
            found.exists = true;
            found.holds = std::ranges::all_of(conditions, [](value const& v) { return v == value(true); });
            found.report.assign(std::make_move_iterator(report.begin()), std::make_move_iterator(report.end()));
        },
        until_);
    return found;
}

row_statement const& portable_runner::write_statement(std::size_t shape) {
    auto& known = writes_[shape];
    if (!known) known = write_sql(work_.batch.shapes()[shape], spelling_);
    return *known;
}

row_statement const& portable_runner::check_statement(std::size_t shape, std::optional<row_lock> lock) {
    auto const place = std::pair(shape, lock);
    auto const known = checks_.find(place);
    if (known != checks_.end()) return known->second;
    return checks_.emplace(place, check_sql(work_.batch.shapes()[shape], lock, spelling_)).first->second;
}

std::vector<value> portable_runner::parameters(row_statement const& statement, write_batch::row const& row) const {
    std::vector<value> result;
    result.reserve(statement.bindings.size());
    for (auto const& binding : statement.bindings) {
        auto v = stored(work_.given(row, binding), *binding.column);
        if (auto const* const number = std::get_if<decimal>(&v)) v = spelling_.kept_form(*number);
        result.push_back(std::move(v));
    }
    return result;
}

}  // namespace

flush_outcome run_portably(connection& db, dialect const& spelling, write_batch const& batch, deadline until) {
    if (batch.empty()) return flush_done{};
    log_flush(batch);
    auto work = batch_in_hand(batch);
    auto runner = portable_runner(db, spelling, work, until);
    return run_row_by_row(db, spelling, work, runner, until);
}

}  // namespace stint
