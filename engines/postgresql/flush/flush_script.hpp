// flush_script: the steps of a pipelined flush: which rows of a batch go together, in which order, in which statement.
//
// First the existing rows are locked and checked in the order of locking_pass, a table in one pass. Then comes what is
// written, in the order of the batch, each run of rows of one shape in one step. A pure computation, no SQL.
//
//     task    lock    holds rows of one table, each in a strength of its own
//             check   holds rows of a shape, if asked to, and returns those that are refused
//             look    the same after a ROLLBACK, without holding anything
//             write   inserts, updates or deletes; raises an error when it is fewer rows than it was given
//
// Few rows go one by one, each in parameters of its own of a statement that is prepared for one; more go as a set, in
// an array a column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <stint/write_batch.hpp>

namespace stint {

enum class flush_task : std::uint8_t { lock, check, look, write };

/// Which of the statements that a row shape can become.
struct flush_form {
    flush_task              task = flush_task::write;
    bool                    as_set = false;
    std::optional<row_lock> lock{};  ///< of check; of write: it locks its rows in their order before it writes
    bool                    referred = false;  ///< of an insert: keeps the keys that the database gives, for later rows
    /// By part of the key, then by given assignment: whether it may be the key of a new row. Empty: none.
    std::vector<bool> references{};
    bool              has_nulls = false;  ///< of a set: its arrays go in a form in which an element can be null

    friend bool operator==(flush_form const&, flush_form const&) = default;
};

/// One statement for some rows of a shape.
struct flush_step {
    std::size_t              shape = 0;  ///< of its rows; of lock: of the first
    flush_form               form{};
    std::vector<std::size_t> rows{};
    std::vector<row_lock>    strengths{};  ///< of lock: by row
};

struct flush_script {
    std::vector<flush_step> checks{};
    std::vector<flush_step> writes{};
    bool                    can_refuse = false;  ///< whether a check judges
    bool                    has_sets = false;
    /// By row: 1, 2, 3, ... in the order in which keys are kept for others; 0: it isn't. Empty: none is.
    std::vector<std::uint32_t> numbers{};
    /// Updates that nobody has checked before meet the same row twice, so each is judged by what the one before it
    /// wrote.
    bool rows_depend_on_each_other = false;
};

flush_script make_flush_script(write_batch const& batch);

/// Steps that look at these rows, without locking them; one by one where sets aren't possible.
std::vector<flush_step> make_looks(write_batch const& batch, std::vector<std::size_t> const& rows,
                                   bool sets_are_possible);

/// The row whose key a reference stands for in the end: references may lead to keys that are references.
std::size_t root_of(write_batch const& batch, key_of_row reference);

}  // namespace stint
