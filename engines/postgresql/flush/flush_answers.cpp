#include "flush_answers.hpp"

#include <algorithm>
#include <cassert>
#include <charconv>

#include <stint/error.hpp>

#include "postgresql_values.hpp"

namespace stint {
namespace {

constexpr int first_of_check = 2;  ///< behind the row's number and whether it is there
constexpr int first_of_write = 1;  ///< behind the row's number

std::string_view text(PGresult const& result, int row, int column) {
    return {PQgetvalue(&result, row, column), static_cast<std::size_t>(PQgetlength(&result, row, column))};
}

std::size_t row_of(flush_step const& step, PGresult const& result, int row) {
    auto const  digits = text(result, row, 0);
    std::size_t number = 1;
    std::from_chars(digits.data(), digits.data() + digits.size(), number);
    assert(number >= 1 && number <= step.rows.size() && "rows are numbered as they were given");
    return step.rows[number - 1];
}

std::vector<value> values_of(flush_sql const& sql, PGresult const& result, int row, int first) {
    std::vector<value> values;
    values.reserve(sql.answers.size());
    for (auto const& column : sql.answers) values.push_back(from_postgresql(&result, row, first++, column.type));
    return values;
}

reason reason_for(row_shape const& shape, bool exists) {
    if (shape.action == row_action::insert) return reason::exists();
    return exists ? shape.if_different : shape.if_absent;
}

}  // namespace

flush_answers::flush_answers(write_batch const& batch) : batch_(batch) {
    done_.returned.resize(batch.size());
}

void flush_answers::take(flush_step const& step, flush_sql const& sql, PGresult const& result) {
    switch (step.form.task) {
    case flush_task::lock: return;
    case flush_task::check:
    case flush_task::look: return take_refusals(step, sql, result);
    case flush_task::write: return take_returned(step, sql, result);
    }
}

void flush_answers::take_refusals(flush_step const& step, flush_sql const& sql, PGresult const& result) {
    auto const& shape = batch_.shapes()[step.shape];
    if (shape.action == row_action::lock) return;
    for (int i = 0; i < PQntuples(&result); ++i) {
        bool const exists = PQgetisnull(&result, i, 1) == 0;
        refusal    entry{row_of(step, result, i), reason_for(shape, exists), {}};
        if (exists) entry.found = values_of(sql, result, i, first_of_check);
        refusals_.push_back(std::move(entry));
    }
}

void flush_answers::take_returned(flush_step const& step, flush_sql const& sql, PGresult const& result) {
    if (sql.answers.empty()) return;
    if (sql.lists_keys) return take_keys(step, text(result, 0, 0));
    for (int i = 0; i < PQntuples(&result); ++i)
        done_.returned[row_of(step, result, i)] = values_of(sql, result, i, first_of_write);
}

// "{7,8,9}"
void flush_answers::take_keys(flush_step const& step, std::string_view list) {
    auto const* const end = list.data() + list.size();
    auto const*       next = list.data();
    for (auto const row : step.rows) {
        std::int64_t key = 0;
        auto const   read = std::from_chars(next + 1, end, key);
        if (read.ec != std::errc{}) throw value_error("a database gave a key that is not a 64-bit number");
        done_.returned[row].emplace_back(key);
        next = read.ptr;
    }
}

flush_refused flush_answers::refused() && {
    std::ranges::sort(refusals_, {}, &refusal::row);
    auto const same_row = [](refusal const& left, refusal const& right) { return left.row == right.row; };
    refusals_.erase(std::unique(refusals_.begin(), refusals_.end(), same_row), refusals_.end());
    return {std::move(refusals_)};
}

}  // namespace stint
