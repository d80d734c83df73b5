#include "flush_script.hpp"

#include <algorithm>
#include <cassert>
#include <functional>
#include <numeric>
#include <optional>
#include <span>

#include "locking_pass.hpp"

namespace stint {
namespace {

// From where on one statement over arrays beats a statement a row.
constexpr std::size_t set_begins_at = rows_kept_in_order;

// As much as is turned into text and waits for its way out at once.
constexpr std::size_t rows_of_a_set = 4000;
constexpr std::size_t bytes_of_a_set = 1'000'000;

std::size_t bytes_of(write_batch::row const& row) {
    std::size_t sum = 0;
    for (auto const part : {row.key, row.conditions, row.assignments}) {
        for (auto const& v : part) {
            auto const* const text = std::get_if<std::string>(&v);
            sum += text ? text->size() : sizeof(value);
        }
    }
    return sum;
}

// Among the values that a statement of this form is given.
bool has_nulls(write_batch const& batch, std::span<std::size_t const> rows, flush_form const& form) {
    auto const among = [](std::span<value const> values) { return std::ranges::any_of(values, is_null); };
    return std::ranges::any_of(rows, [&](std::size_t index) {
        auto const row = batch[index];
        return among(row.key) || (form.task != flush_task::lock && among(row.conditions)) ||
               (form.task == flush_task::write && among(row.assignments));
    });
}

bool same_key_columns(write_batch const& batch, std::span<row_to_check const> rows) {
    auto const& first = batch[rows.front().row].shape.key;
    return std::ranges::all_of(rows, [&](row_to_check const& entry) { return batch[entry.row].shape.key == first; });
}

bool same_shape(write_batch const& batch, std::span<row_to_check const> rows) {
    auto const first = batch.shape_of(rows.front().row);
    return std::ranges::all_of(
        rows, [&](row_to_check const& entry) { return entry.lock && batch.shape_of(entry.row) == first; });
}

// Takes the rows at the front that are alike.
template <typename Row, typename Alike>
std::span<Row const> take_run(std::span<Row const>& rows, Alike const& alike) {
    auto const end = std::ranges::find_if_not(rows, [&](Row const& row) { return alike(row, rows.front()); });
    auto const run = rows.first(static_cast<std::size_t>(end - rows.begin()));
    rows = rows.subspan(run.size());
    return run;
}

// Rows that can be refused, together with the others of their shape.
template <typename Rows, typename Index = std::identity>
std::vector<std::vector<std::size_t>> judged_by_shape(write_batch const& batch, Rows const& rows, Index index = {}) {
    std::vector<std::vector<std::size_t>> result(batch.shapes().size());
    for (auto const& row : rows) result[batch.shape_of(std::invoke(index, row))].push_back(std::invoke(index, row));
    std::erase_if(result, [&](auto const& of_shape) {
        return of_shape.empty() || batch[of_shape.front()].shape.action == row_action::lock;
    });
    return result;
}

class script_writer {
public:
    explicit script_writer(write_batch const& batch) : batch_(batch) {}

    flush_script write() &&;

private:
    void                       note_references();
    std::optional<std::size_t> row_without_key(value const& v) const;

    void check_tables();
    void check_table(std::span<row_to_check const> rows);
    void lock_together(std::span<row_to_check const> rows);
    void judge(std::span<row_to_check const> rows);

    void write_runs(bool are_locked);
    void write_run(std::span<std::size_t const> rows, std::optional<row_lock> lock);
    bool has_places_twice(std::span<std::size_t const> rows) const;
    void keep_keys(std::span<std::size_t const> rows);

    std::vector<bool> references_of(std::span<std::size_t const> rows) const;
    void              add(std::vector<flush_step>& to, flush_form form, std::span<std::size_t const> rows);

    write_batch const& batch_;
    std::vector<bool>  referred_{};  ///< by row: another one needs its key, which the database gives; empty: none
    std::uint32_t      kept_ = 0;    ///< keys
    flush_script       result_{};
};

flush_script script_writer::write() && {
    note_references();
    bool const locks_first = needs_locking_pass(batch_);
    if (locks_first) check_tables();
    write_runs(locks_first);
    return std::move(result_);
}

void script_writer::note_references() {
    referred_.assign(batch_.size(), false);
    for (std::size_t i = 0; i < batch_.size(); ++i) {
        auto const row = batch_[i];
        for (auto const part : {row.key, row.assignments})
            for (auto const& v : part)
                if (auto const referred = row_without_key(v)) referred_[*referred] = true;
    }
}

// The new row whose key the value stands for, where the database gives that key.
std::optional<std::size_t> script_writer::row_without_key(value const& v) const {
    auto const* const reference = std::get_if<key_of_row>(&v);
    if (!reference) return {};
    auto const row = root_of(batch_, *reference);
    return batch_[row].shape.key_given ? std::nullopt : std::optional(row);
}

// Adds statements of this form for these rows: one, or as many as memory asks for, or one for each row.
void script_writer::add(std::vector<flush_step>& to, flush_form form, std::span<std::size_t const> rows) {
    form.as_set = rows.size() >= set_begins_at;
    form.has_nulls = form.as_set && has_nulls(batch_, rows, form);
    result_.has_sets = result_.has_sets || form.as_set;
    std::size_t bytes = 0;
    for (auto const row : rows) {
        bytes += bytes_of(batch_[row]);
        bool const fits = form.as_set && !to.empty() && row != rows.front() && bytes < bytes_of_a_set &&
                          to.back().rows.size() < rows_of_a_set;
        if (!fits) {
            to.push_back({.shape = batch_.shape_of(row), .form = form});
            bytes = 0;
        }
        to.back().rows.push_back(row);
    }
}

// Checks.

void script_writer::check_tables() {
    auto const pass = locking_pass(batch_);
    auto const same_table = [this](row_to_check const& left, row_to_check const& right) {
        return batch_[left.row].shape.table == batch_[right.row].shape.table;
    };
    for (auto rest = std::span(pass); !rest.empty();) check_table(take_run(rest, same_table));
}

void script_writer::check_table(std::span<row_to_check const> rows) {
    if (rows.size() >= set_begins_at && same_key_columns(batch_, rows) && !same_shape(batch_, rows)) {
        lock_together(rows);
        return judge(rows);
    }
    std::vector<std::size_t> together;
    bool const               is_set = rows.size() >= set_begins_at && same_shape(batch_, rows);
    for (auto const& [row, lock] : rows) {
        result_.can_refuse = result_.can_refuse || batch_[row].shape.action != row_action::lock;
        together.push_back(row);
        if (is_set) continue;
        add(result_.checks, {.task = flush_task::check, .lock = lock}, together);
        together.clear();
    }
    if (is_set) add(result_.checks, {.task = flush_task::check, .lock = rows.front().lock}, together);
}

void script_writer::lock_together(std::span<row_to_check const> rows) {
    std::vector<std::size_t> held;
    std::vector<row_lock>    strengths;
    for (auto const& [row, lock] : rows) {
        if (!lock) continue;
        held.push_back(row);
        strengths.push_back(*lock);
    }
    auto const first = result_.checks.size();
    add(result_.checks, {.task = flush_task::lock}, held);
    result_.has_sets = true;
    auto next = strengths.begin();
    for (auto step = result_.checks.begin() + static_cast<std::ptrdiff_t>(first); step != result_.checks.end();
         ++step) {
        step->form.as_set = true;  // also where most rows are held twice and few are left
        step->form.has_nulls = has_nulls(batch_, step->rows, step->form);
        auto const count = static_cast<std::ptrdiff_t>(step->rows.size());
        step->strengths.assign(next, next + count);
        next += count;
    }
    assert(next == strengths.end() && "a strength for each row");
}

// The rows are held by now, so they can be judged a shape at a time.
void script_writer::judge(std::span<row_to_check const> rows) {
    for (auto const& of_shape : judged_by_shape(batch_, rows, &row_to_check::row)) {
        result_.can_refuse = true;
        add(result_.checks, {.task = flush_task::check}, of_shape);
    }
}

// Writes.

void script_writer::write_runs(bool are_locked) {
    bool const locks_itself = !are_locked && batch_.shapes().size() == 1 &&
                              batch_.shapes().front().action == row_action::update;
    auto const lock = locks_itself ? std::optional(row_lock::no_key_update) : std::nullopt;

    std::vector<std::size_t> order(batch_.size());
    if (locks_itself) order = in_lock_order(batch_);
    else std::iota(order.begin(), order.end(), std::size_t{0});
    std::erase_if(order, [&](std::size_t row) { return !batch_[row].shape.writes(); });

    result_.rows_depend_on_each_other = locks_itself && has_places_twice(order);

    auto const same_shape = [this](std::size_t left, std::size_t right) {
        return batch_.shape_of(left) == batch_.shape_of(right);
    };
    for (auto rest = std::span<std::size_t const>(order); !rest.empty();) write_run(take_run(rest, same_shape), lock);
}

// Of rows in lock order.
bool script_writer::has_places_twice(std::span<std::size_t const> rows) const {
    return std::ranges::adjacent_find(rows, [&](std::size_t left, std::size_t right) {
               return same_place(batch_, left, right);
           }) != rows.end();
}

void script_writer::write_run(std::span<std::size_t const> rows, std::optional<row_lock> lock) {
    flush_form form{.task = flush_task::write, .lock = lock};
    form.referred = std::ranges::any_of(rows, [&](std::size_t row) { return referred_[row]; });
    if (form.referred) keep_keys(rows);
    auto const together = rows.size() < set_begins_at ? 1 : rows.size();
    for (; !rows.empty(); rows = rows.subspan(together)) {
        form.references = references_of(rows.first(together));
        add(result_.writes, form, rows.first(together));
    }
}

void script_writer::keep_keys(std::span<std::size_t const> rows) {
    result_.numbers.resize(batch_.size(), 0);
    for (auto const row : rows) result_.numbers[row] = ++kept_;
}

std::vector<bool> script_writer::references_of(std::span<std::size_t const> rows) const {
    std::vector<bool> result;
    for (auto const index : rows) {
        auto const row = batch_[index];
        auto const keys = row.shape.key.size();  // also where the database gives it
        auto const note_at = [&](std::size_t place, value const& v) {
            if (!row_without_key(v)) return;
            result.resize(keys + row.assignments.size(), false);
            result[place] = true;
        };
        for (std::size_t i = 0; i < row.key.size(); ++i) note_at(i, row.key[i]);
        for (std::size_t i = 0; i < row.assignments.size(); ++i) note_at(keys + i, row.assignments[i]);
    }
    return result;
}

}  // namespace

flush_script make_flush_script(write_batch const& batch) {
    return script_writer(batch).write();
}

std::vector<flush_step> make_looks(write_batch const& batch, std::vector<std::size_t> const& rows,
                                   bool sets_are_possible) {
    std::vector<flush_step> result;
    for (auto& of_shape : judged_by_shape(batch, rows)) {
        auto const shape = batch.shape_of(of_shape.front());
        auto       form = flush_form{.task = flush_task::look};
        form.as_set = sets_are_possible && of_shape.size() >= set_begins_at;
        form.has_nulls = form.as_set && has_nulls(batch, of_shape, form);
        if (form.as_set) {
            result.push_back({.shape = shape, .form = form, .rows = std::move(of_shape)});
            continue;
        }
        for (auto const row : of_shape) result.push_back({.shape = shape, .form = form, .rows = {row}});
    }
    return result;
}

std::size_t root_of(write_batch const& batch, key_of_row reference) {
    auto const row = batch[reference.row];
    if (!row.shape.key_given) return reference.row;
    auto const* const further = std::get_if<key_of_row>(&row.key.front());
    assert((further == nullptr || further->row < reference.row) && "a row refers to earlier rows");
    return further ? root_of(batch, *further) : reference.row;
}

}  // namespace stint
