// row_sql: renders the rows of a write_batch, through a dialect.
//
// A rendered statement has parameters :1, :2, ... and is the same text for all rows of a shape, so that an engine
// prepares it once; its bindings say which of a row's values goes to which parameter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include <stint/write_batch.hpp>

#include "dialect.hpp"

namespace stint {

struct row_statement {
    enum class part : std::uint8_t { key, condition, assignment };
    struct binding {
        part          of;
        std::size_t   index;  ///< of the value among the row's values for this part
        column const* where;  ///< lives in the shape
    };

    std::string              sql;
    std::vector<binding>     bindings;
    std::vector<column_type> types;  ///< of what it answers
};

/// INSERT, UPDATE or DELETE of a row under its conditions; answers shape.returning. An insert whose key is
/// taken does nothing.
row_statement write_sql(row_shape const& shape, dialect const& spelling);

/// SELECT of a row by its key, locked if asked for; answers whether each condition holds, then shape.report.
row_statement check_sql(row_shape const& shape, std::optional<row_lock> lock, dialect const& spelling);

}  // namespace stint
