// flush_script: the steps of a pipelined flush: which rows of a batch go together, in which order.
//
// First the existing rows are locked and checked in the order of locking_pass, a table in one pass. Then comes what is
// written, in the order of the batch, each run of rows of one shape in one step. Few rows go one by one, each in a
// statement that is prepared for one; more go as a set. A pure computation, no SQL.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <stint/write_batch.hpp>

#include "flush_form.hpp"

namespace stint {

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
