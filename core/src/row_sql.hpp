// row_sql: renders the rows of a write_batch, through a dialect.
//
// A rendered statement has parameters :1, :2, ... and is the same text for all rows of a shape, so that an engine
// prepares it once; its bindings say which of a row's values goes to which parameter.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <string>
#include <vector>

#include <stint/write_batch.hpp>

#include "dialect.hpp"

namespace stint {

struct row_statement {
    enum class part : std::uint8_t { key, condition, assignment };
    struct binding {
        part                 values;
        std::size_t          index;   ///< of the value among these values of the row
        stint::column const* column;  ///< lives in the shape
    };

    std::string              sql;
    std::vector<binding>     bindings;
    std::vector<column_type> types;  ///< of the columns that it returns
};

/// INSERT, UPDATE or DELETE of a row under its conditions; returns shape.returning. An insert whose key is
/// taken does nothing.
row_statement write_sql(row_shape const& shape, dialect const& spelling);

/// SELECT of a row by its key, locked if asked for; returns whether each condition holds, then shape.report.
row_statement check_sql(row_shape const& shape, std::optional<row_lock> lock, dialect const& spelling);

// The grammar of a batch, condition by condition and assignment by assignment, for every statement of every engine.

/// Writes a value into a statement, as a parameter or otherwise; called once for each that a condition or an assignment
/// takes.
using spelled_value = std::function<std::string()>;

/// Whether a condition holds; `name` is what the statement calls its column.
///
///     ("version" IS NOT DISTINCT FROM :2)        ("expires_at" > clock_timestamp())
std::string condition_sql(condition const& c, std::string const& name, dialect const& spelling,
                          spelled_value const& given);

/// What a column is given in a new row: there everything starts at nothing.
///
///     :1                                         clock_timestamp()                        1
std::string new_content_sql(assignment const& a, dialect const& spelling, spelled_value const& given);
/// What a column is given in a row that is there, where the statement calls it `name`.
///
///     :1                                         "quantity" + :1                          "version" + 1
std::string changed_content_sql(assignment const& a, std::string const& name, dialect const& spelling,
                                spelled_value const& given);

}  // namespace stint
