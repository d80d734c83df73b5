// written_row: a row of a batch with its values as they are sent, for saying which rule of its table it broke.
#pragma once

#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stint/error.hpp>
#include <stint/write_batch.hpp>

namespace stint {

struct written_row {
    row_shape const&                  shape;
    std::vector<value>                key;       ///< empty: the database gives it
    std::vector<std::optional<value>> assigned;  ///< by assignment; none: the database computes it

    /// Its table and its key.
    error_subject subject() const;
    bool          assigns(std::string_view column) const;
    /// Whether it is given a null.
    bool has_null(std::string_view column) const;
};

/// As far as a row is known before the batch is written: a reference to a new row of the batch isn't.
written_row as_given(write_batch::row const& row);

/// "7"; several parts separated by ", ".
std::string key_text(std::span<value const> key);

}  // namespace stint
