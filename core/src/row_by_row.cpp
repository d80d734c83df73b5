#include "row_by_row.hpp"

#include <algorithm>
#include <cassert>
#include <numeric>

#include <stint/error.hpp>
#include <stint/log.hpp>
#include <stint/transaction.hpp>

#include "locking_pass.hpp"
#include "table_check.hpp"

namespace stint {
namespace {

class executor {
public:
    executor(connection& db, dialect const& spelling, batch_in_hand& work, row_runner& runner, deadline until)
        : db_(db), spelling_(spelling), work_(work), batch_(work.batch), runner_(runner), until_(until),
          seen_(batch_.size(), false) {}

    flush_outcome run();

private:
    std::optional<flush_outcome> attempt();
    void                         start_again_row_by_row();

    std::vector<std::size_t> write_order() const;
    void                     check_before_writing();
    void                     write_all();
    void                     look_at_the_rest();

    std::uint64_t write_once(std::size_t index, write_batch::row const& row);

    void    check(std::size_t row, std::optional<row_lock> lock);
    void    write(std::size_t index, write_batch::row const& row);
    void    write_together(std::size_t first, std::size_t count);
    void    tell_subject(constraint_violation& refused, std::size_t row) const;
    refusal diagnosed(std::size_t row);

    std::optional<refusal> judged(std::size_t row, found_row found) const;
    bool                   can_be_looked_at(std::size_t row) const;
    std::size_t            new_rows_from(std::size_t first) const;

    connection&        db_;
    dialect const&     spelling_;
    batch_in_hand&     work_;
    write_batch const& batch_;
    row_runner&        runner_;
    deadline           until_;

    std::vector<bool>    seen_;  ///< checked or written
    std::vector<refusal> refusals_;
    bool                 together_ = true;    ///< rows may be written together
    bool                 uncertain_ = false;  ///< some were, and it isn't known what became of each
};

flush_outcome executor::run() {
    if (auto outcome = attempt()) return std::move(*outcome);
    start_again_row_by_row();
    return *attempt();
}

void executor::start_again_row_by_row() {
    together_ = uncertain_ = false;
    seen_.assign(batch_.size(), false);
    refusals_.clear();
    work_.done.returned.assign(batch_.size(), {});
}

/// Nothing when it has to be done again row by row.
std::optional<flush_outcome> executor::attempt() {
    auto work = transaction(db_, isolation::read_committed, until_);
    check_before_writing();
    if (refusals_.empty()) write_all();
    if (uncertain_) return {};
    if (!refusals_.empty()) {
        look_at_the_rest();
        std::ranges::sort(refusals_, {}, &refusal::row);
        return flush_refused{std::move(refusals_)};
    }
    try {
        work.commit();
    } catch (constraint_violation& refused) {
        refused.tell_subject(refused.subject());
        throw;
    } catch (commit_in_doubt const&) {
        return flush_in_doubt{std::current_exception()};
    }
    return std::move(work_.done);
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
    auto const order = write_order();
    for (std::size_t next = 0; next < order.size() && refusals_.empty() && !uncertain_;) {
        auto const index = order[next];
        auto const together = new_rows_from(index);
        assert((together == 0 || order[next + together - 1] == index + together - 1) &&
               "no order takes new rows apart");
        if (together != 0) write_together(index, together);
        else if (batch_[index].shape.writes()) write(index, batch_[index]);
        next += std::max<std::size_t>(together, 1);
    }
}

bool refers_to_rows_from(std::size_t first, write_batch::row const& row) noexcept {
    return std::ranges::any_of(row.assignments, [&](value const& v) {
        auto const* const reference = std::get_if<key_of_row>(&v);
        return reference != nullptr && reference->row >= first;
    });
}

/// How many can be written together; the keys that one refers to must be known by then.
std::size_t executor::new_rows_from(std::size_t first) const {
    auto const shape = batch_.shape_of(first);
    if (!together_ || !runner_.writes_together(shape)) return 0;
    auto end = first + 1;
    while (end < batch_.size() && batch_.shape_of(end) == shape && !refers_to_rows_from(first, batch_[end])) ++end;
    return end - first;
}

void executor::write_together(std::size_t first, std::size_t count) {
    std::fill_n(seen_.begin() + static_cast<std::ptrdiff_t>(first), count, true);
    uncertain_ = !runner_.write_together(first, std::span(work_.done.returned).subspan(first, count));
}

// Writing on after a refusal could fail at a constraint that the refused row would have cleared.
void executor::look_at_the_rest() {
    for (auto const row : independent_rows(batch_)) {
        if (!seen_[row]) check(row, std::nullopt);
    }
}

void executor::check(std::size_t row, std::optional<row_lock> lock) {
    seen_[row] = true;
    if (auto refused = judged(row, runner_.look(batch_.shape_of(row), batch_[row], lock)))
        refusals_.push_back(std::move(*refused));
}

void executor::write(std::size_t index, write_batch::row const& row) {
    seen_[index] = true;
    auto written = write_once(index, row);
    if (written == 0 && !row.shape.key_given && spelling_.gives_taken_keys()) {
        runner_.skip_taken_keys(row.shape);
        written = write_once(index, row);
    }
    if (written != 1) refusals_.push_back(diagnosed(index));
}

// A table that gives a new row no key lets it be NULL, or refuses that.
std::uint64_t executor::write_once(std::size_t index, write_batch::row const& row) {
    auto& returned = work_.done.returned[index];
    try {
        auto const written = runner_.write(batch_.shape_of(index), row, returned);
        if (written == 1) check_returned(row, returned, db_.engine());
        return written;
    } catch (constraint_violation& refused) {
        tell_subject(refused, index);
        if (!row.shape.key_given && lacks_key(refused, row.shape)) refuse_without_key(row.shape, db_.engine());
        throw;
    }
}

// What can't be asked any more isn't known; the violation must be told all the same.
void executor::tell_subject(constraint_violation& refused, std::size_t row) const {
    auto const written = work_.written(row);
    try {
        refused.tell_subject(spelling_.broken_rule(db_, written, refused));
    } catch (error const& e) {
        logger()->debug("the rule that a row of {} broke could not be looked up: {}", written.shape.table, e.what());
        refused.tell_subject(written.subject());
    }
}

refusal executor::diagnosed(std::size_t row) {
    if (!can_be_looked_at(row)) return {row, reason::suppressed(), {}};
    auto found = runner_.look(batch_.shape_of(row), batch_[row], std::nullopt);
    auto report = found.report;
    return judged(row, std::move(found)).value_or(refusal{row, reason::suppressed(), std::move(report)});
}

bool executor::can_be_looked_at(std::size_t row) const {
    auto const& [shape, key, conditions, assignments] = batch_[row];
    return shape.key_given &&
           std::ranges::none_of(key, [](value const& v) { return std::holds_alternative<key_of_row>(v); });
}

std::optional<refusal> executor::judged(std::size_t row, found_row found) const {
    auto const& shape = batch_[row].shape;
    switch (shape.action) {
    case row_action::lock: return {};
    case row_action::forbid:
        if (!found.exists || !found.holds) return {};
        return refusal{row, shape.if_different, std::move(found.report)};
    case row_action::insert:
        if (!found.exists) return {};
        return refusal{row, reason::exists(), std::move(found.report)};
    default: break;
    }
    if (!found.exists) return refusal{row, shape.if_absent, {}};
    if (!found.holds) return refusal{row, shape.if_different, std::move(found.report)};
    return {};
}

}  // namespace

value const& batch_in_hand::resolved(value const& v) const {
    auto const* const reference = std::get_if<key_of_row>(&v);
    if (!reference) return v;
    auto const target = batch[reference->row];
    if (target.shape.key_given) return resolved(target.key.front());
    assert(!done.returned[reference->row].empty() && "a new row is inserted before the rows that refer to it");
    return done.returned[reference->row].front();
}

written_row batch_in_hand::written(std::size_t index) const {
    auto const  row = batch[index];
    written_row result{row.shape, {}, {}};
    for (auto const& part : row.key) result.key.push_back(resolved(part));
    auto given = row.assignments.begin();
    for (auto const& target : row.shape.assignments) {
        result.assigned.emplace_back();
        if (target.origin == assignment::source::given) result.assigned.back() = resolved(*given);
        if (target.takes_value()) ++given;
    }
    assert(given == row.assignments.end() && "a value for each assignment that takes one");
    return result;
}

flush_outcome run_row_by_row(connection& db, dialect const& spelling, batch_in_hand& work, row_runner& runner,
                             deadline until) {
    return executor(db, spelling, work, runner, until).run();
}

void log_flush(write_batch const& batch) {
    auto const log = logger();
    if (log->should_log(spdlog::level::debug)) log->debug("flush:\n{}", to_string(batch));
}

}  // namespace stint
