#include "portable_executor.hpp"

#include <algorithm>
#include <array>
#include <map>
#include <numeric>

#include <stint/error.hpp>
#include <stint/log.hpp>
#include <stint/transaction.hpp>

#include "locking_pass.hpp"
#include "sql.hpp"

namespace stint {
namespace {

class executor {
public:
    executor(connection& on, dialect const& spelling, write_batch const& batch, deadline until)
        : on_(on), spelling_(spelling), batch_(batch), until_(until), seen_(batch.size(), false),
          writes_(batch.shapes().size()) {
        done_.returned.resize(batch.size());
    }

    flush_outcome run();

private:
    struct found_row {
        bool               there = false;
        bool               holds = true;  ///< all conditions
        std::vector<value> report{};
    };

    bool                     writes_in_lock_order() const;
    std::vector<std::size_t> write_order() const;
    void                     check_before_writing();
    void                     write_all();
    void                     look_at_the_rest();

    void          check(std::size_t row, std::optional<row_lock> lock);
    void          write(std::size_t row);
    std::uint64_t send_write(std::size_t row);
    std::uint64_t send_insert_again(std::size_t row);
    refusal       diagnosed(std::size_t row);

    found_row              look(std::size_t row, std::optional<row_lock> lock);
    std::optional<refusal> judged(std::size_t row, found_row found) const;
    bool                   can_be_looked_at(std::size_t row) const;

    row_statement const& write_statement(std::size_t shape);
    row_statement const& check_statement(std::size_t shape, std::optional<row_lock> lock);
    std::vector<value>   parameters(row_statement const& statement, std::size_t row) const;
    value const&         resolved(value const& v) const;

    connection&        on_;
    dialect const&     spelling_;
    write_batch const& batch_;
    deadline           until_;

    std::vector<bool>    seen_;  ///< checked or written
    flush_done           done_;
    std::vector<refusal> refusals_;

    std::vector<std::optional<row_statement>>                                writes_;  ///< by shape
    std::map<std::pair<std::size_t, std::optional<row_lock>>, row_statement> checks_;
};

flush_outcome executor::run() {
    auto work = transaction(on_, isolation::read_committed, until_);
    check_before_writing();
    if (refusals_.empty()) write_all();
    if (!refusals_.empty()) {
        look_at_the_rest();
        std::ranges::sort(refusals_, {}, &refusal::row);
        return flush_refused{std::move(refusals_)};
    }
    try {
        work.commit();
    } catch (connection_error const& e) {
        if (e.how() != connection_error::kind::lost) throw;
        return flush_in_doubt{std::current_exception()};
    }
    return std::move(done_);
}

void executor::check_before_writing() {
    if (spelling_.locks_rows() && !needs_locking_pass(batch_)) return;
    for (auto const& [row, lock] : spelling_.locks_rows() ? locking_pass(batch_) : guards(batch_)) check(row, lock);
}

std::vector<std::size_t> executor::write_order() const {
    bool const locks_while_writing = spelling_.locks_rows() && !needs_locking_pass(batch_);
    if (locks_while_writing && batch_[0].shape.action == row_action::update) return in_lock_order(batch_);
    std::vector<std::size_t> rows(batch_.size());
    std::iota(rows.begin(), rows.end(), std::size_t{0});
    return rows;
}

void executor::write_all() {
    for (auto const row : write_order()) {
        if (!batch_[row].shape.writes()) continue;
        write(row);
        if (!refusals_.empty()) return;
    }
}

// Writing on after a refusal could fail at a constraint that the refused row would have cleared.
void executor::look_at_the_rest() {
    for (auto const row : independent_rows(batch_)) {
        if (!seen_[row]) check(row, std::nullopt);
    }
}

void executor::check(std::size_t row, std::optional<row_lock> lock) {
    seen_[row] = true;
    if (auto refused = judged(row, look(row, lock))) refusals_.push_back(std::move(*refused));
}

void executor::write(std::size_t row) {
    seen_[row] = true;
    auto const& shape = batch_[row].shape;
    auto        written = send_write(row);
    if (written == 0 && !shape.key_given && spelling_.gives_taken_keys()) written = send_insert_again(row);
    if (written != 1) refusals_.push_back(diagnosed(row));
}

std::uint64_t executor::send_write(std::size_t row) {
    auto const& statement = write_statement(batch_.shape_of(row));
    auto const  with = parameters(statement, row);
    if (statement.types.empty()) return on_.execute(statement.sql, with, until_);

    std::uint64_t rows = 0;
    auto&         returned = done_.returned[row];
    on_.query(
        statement.sql, with, statement.types,
        [&](std::span<value> values) {
            returned.assign(std::make_move_iterator(values.begin()), std::make_move_iterator(values.end()));
            ++rows;
        },
        until_);
    return rows;
}

std::uint64_t executor::send_insert_again(std::size_t row) {
    auto const& shape = batch_[row].shape;
    on_.query(
        spelling_.skip_taken_keys(shape.table, shape.key.front().name), {}, std::array{column_type{}}, [](auto) {},
        until_);
    return send_write(row);
}

refusal executor::diagnosed(std::size_t row) {
    if (!can_be_looked_at(row)) return {row, reason::suppressed(), {}};
    auto found = look(row, std::nullopt);
    auto report = found.report;
    return judged(row, std::move(found)).value_or(refusal{row, reason::suppressed(), std::move(report)});
}

bool executor::can_be_looked_at(std::size_t row) const {
    auto const& [shape, key, conditions, assignments] = batch_[row];
    return shape.key_given &&
           std::ranges::none_of(key, [](value const& v) { return std::holds_alternative<key_of_row>(v); });
}

executor::found_row executor::look(std::size_t row, std::optional<row_lock> lock) {
    auto const& statement = check_statement(batch_.shape_of(row), lock);
    auto const& shape = batch_[row].shape;
    found_row   found;
    on_.query(
        statement.sql, parameters(statement, row), statement.types,
        [&](std::span<value> values) {
            auto const conditions = values.first(shape.conditions.size());
            auto const report = values.subspan(conditions.size(), shape.report.size());
            found.there = true;
            found.holds = std::ranges::all_of(conditions, [](value const& v) { return v == value(true); });
            found.report.assign(std::make_move_iterator(report.begin()), std::make_move_iterator(report.end()));
        },
        until_);
    return found;
}

std::optional<refusal> executor::judged(std::size_t row, found_row found) const {
    auto const& shape = batch_[row].shape;
    switch (shape.action) {
    case row_action::lock: return {};
    case row_action::forbid:
        if (!found.there || !found.holds) return {};
        return refusal{row, shape.if_different, std::move(found.report)};
    case row_action::insert:
        if (!found.there) return {};
        return refusal{row, reason::exists(), std::move(found.report)};
    default: break;
    }
    if (!found.there) return refusal{row, shape.if_absent, {}};
    if (!found.holds) return refusal{row, shape.if_different, std::move(found.report)};
    return {};
}

row_statement const& executor::write_statement(std::size_t shape) {
    auto& known = writes_[shape];
    if (!known) known = write_sql(batch_.shapes()[shape], spelling_);
    return *known;
}

row_statement const& executor::check_statement(std::size_t shape, std::optional<row_lock> lock) {
    auto const place = std::pair(shape, lock);
    auto const known = checks_.find(place);
    if (known != checks_.end()) return known->second;
    return checks_.emplace(place, check_sql(batch_.shapes()[shape], lock, spelling_)).first->second;
}

std::vector<value> executor::parameters(row_statement const& statement, std::size_t row) const {
    auto const& [shape, key, conditions, assignments] = batch_[row];
    std::array const   parts{key, conditions, assignments};
    std::vector<value> result;
    result.reserve(statement.bindings.size());
    for (auto const& binding : statement.bindings) {
        auto const& given = parts[static_cast<std::size_t>(binding.of)][binding.index];
        result.push_back(stored(resolved(given), *binding.where));
    }
    return result;
}

value const& executor::resolved(value const& v) const {
    auto const* const reference = std::get_if<key_of_row>(&v);
    if (!reference) return v;
    auto const& target = batch_[reference->row];
    return target.shape.key_given ? resolved(target.key.front()) : done_.returned[reference->row].front();
}

}  // namespace

flush_outcome run_portably(connection& on, dialect const& spelling, write_batch const& batch, deadline until) {
    if (batch.empty()) return flush_done{};
    auto const log = logger();
    if (log->should_log(spdlog::level::debug)) log->debug("flush:\n{}", to_string(batch));
    return executor(on, spelling, batch, until).run();
}

}  // namespace stint
