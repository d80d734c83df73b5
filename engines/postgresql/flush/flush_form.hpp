// flush_form: which of the statements that a row shape can become.
//
//   part    lock    holds rows of one table, each in a strength of its own
//           check   holds rows of a shape, if asked to, and answers those that are refused
//           look    the same after a ROLLBACK, without holding anything
//           write   inserts, updates or deletes; raises an error when it is fewer rows than it was given
//
// One row goes in parameters of its own, a set of rows in an array a column.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include <stint/write_batch.hpp>

namespace stint {

struct flush_form {
    enum class part : std::uint8_t { lock, check, look, write };

    part                    what = part::write;
    bool                    as_set = false;
    std::optional<row_lock> lock{};  ///< of check; of write: it locks its rows in their order before it writes
    bool                    referred = false;  ///< of an insert: keeps the keys that the database gives, for later rows
    /// By part of the key, then by given assignment: whether it may be the key of a new row. Empty: none.
    std::vector<bool> references{};
    bool              has_nulls = false;  ///< of a set: its arrays go in a form in which an element can be null

    friend bool operator==(flush_form const&, flush_form const&) = default;
};

/// What goes to a parameter of a statement: of each row, or of the statement as a whole.
struct flush_parameter {
    enum class source : std::uint8_t {
        key,                   ///< the index-th part
        condition,             ///< the index-th that takes a value
        assignment,            ///< the same
        key_reference,         ///< the number of a kept key, where that part of the key is one; else 0
        assignment_reference,  ///< the same of an assignment
        strength,              ///< of the row's lock, as a number
        rows,                  ///< how many there are
        token,                 ///< what an error raised by the statement says
    };

    source      from = source::key;
    std::size_t index = 0;
    column      where{};

    bool is_of_rows() const noexcept { return from < source::rows; }
    bool is_binary(flush_form const& form) const noexcept { return form.as_set && form.has_nulls && is_of_rows(); }
};

}  // namespace stint
