// locking_pass: which rows of a write_batch are locked and checked before the first write, and in which order.
//
// Two flushes can't deadlock when both lock all existing rows that they touch first, each at once in its strongest
// mode, in one order: tables by name, keys by number or byte. A pure computation, no SQL.
//
// (PostgreSQL documentation, 13.3.4 Deadlocks: "acquire locks on multiple objects in a consistent order".)
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

#include <stint/write_batch.hpp>

namespace stint {

struct row_to_check {
    std::size_t             row = 0;
    std::optional<row_lock> lock{};  ///< none: an earlier entry holds the same row

    friend bool operator==(row_to_check const&, row_to_check const&) = default;
};

/// For an engine that locks rows one by one.
std::vector<row_to_check> locking_pass(write_batch const& batch);

/// For an engine whose transactions hold everything: the guards alone, written rows carry their conditions.
std::vector<row_to_check> guards(write_batch const& batch);

/// Whether the rows have to be locked before the first write. Not for new rows, nor for updates of one shape: those
/// are written in the order of the pass.
bool needs_locking_pass(write_batch const& batch);

/// The rows whose refusal would not depend on what earlier rows of the batch do: not what is written to a new row,
/// nor an insert in the place of a removed row.
std::vector<std::size_t> independent_rows(write_batch const& batch);

/// Whether two rows of the batch are about the same row of a table.
bool same_place(write_batch const& batch, std::size_t first, std::size_t second);

/// Rows in the order of the pass.
std::vector<std::size_t> in_lock_order(write_batch const& batch);

}  // namespace stint
