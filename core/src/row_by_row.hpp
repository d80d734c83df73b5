// row_by_row: carries out a write_batch in one transaction, a statement a row, whatever runs the statements.
//
// Rows are locked and checked first (see locking_pass), then written in the order of the batch, each under its
// conditions. After the first refusal nothing more is written: what remains is only looked at, so that every refusal is
// reported, and everything is rolled back. A row_runner sends the statements; it prepares one for a shape and keeps it.
//
// It may write new rows of one shape together. Where that can't tell what became of each, the batch starts again, every
// row by itself: whatever is wrong is then found at the row that it is about.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <vector>

#include <stint/connection.hpp>

#include "dialect.hpp"
#include "row_sql.hpp"
#include "written_row.hpp"

namespace stint {

/// A batch under way, and what its rows have returned so far.
struct batch_in_hand {
    explicit batch_in_hand(write_batch const& rows) : batch(rows) { done.returned.resize(rows.size()); }

    /// What is bound to a parameter; the key of a new row that was inserted by now.
    value const& given(write_batch::row const& row, row_statement::binding const& binding) const {
        auto const& v = values_of(row, binding.values)[binding.index];
        return std::holds_alternative<key_of_row>(v) ? resolved(v) : v;
    }

    /// A row as it is sent, once the rows before it were inserted.
    written_row written(std::size_t index) const;

    write_batch const& batch;
    flush_done         done{};

private:
    static std::span<value const> values_of(write_batch::row const& row, row_statement::part part) noexcept {
        if (part == row_statement::part::key) return row.key;
        return part == row_statement::part::condition ? row.conditions : row.assignments;
    }
    value const& resolved(value const& v) const;
};

/// A row as it was found.
struct found_row {
    bool               exists = false;
    bool               holds = true;  ///< all conditions
    std::vector<value> report{};
};

class row_runner {
public:
    row_runner() = default;
    row_runner(row_runner const&) = delete;
    row_runner& operator=(row_runner const&) = delete;

    /// Writes a row under its conditions. Returns how many rows were written, and what they returned.
    virtual std::uint64_t write(std::size_t shape, write_batch::row const& row, std::vector<value>& returned) = 0;
    virtual found_row     look(std::size_t shape, write_batch::row const& row, std::optional<row_lock> lock) = 0;
    /// Whether new rows of a shape, whose keys the database gives, can be written by one statement.
    virtual bool writes_together(std::size_t) { return false; }
    /// Does so with the rows of such a shape from `first` on, and tells what each has returned. False when that isn't
    /// certain, as when one of them stands in the way: then the transaction has to be taken back.
    virtual bool write_together(std::size_t, std::span<std::vector<value>>) { return false; }
    /// Moves the database on past keys that it would give although they are taken.
    virtual void skip_taken_keys(row_shape const& shape) = 0;

protected:
    ~row_runner() = default;
};

flush_outcome run_row_by_row(connection& db, dialect const& spelling, batch_in_hand& work, row_runner& runner,
                             deadline until);

/// At debug level.
void log_flush(write_batch const& batch);

}  // namespace stint
