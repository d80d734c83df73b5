// unfit_value: which value of a batch its column can't keep; looked for when the database, or what binds the values,
// has refused one.
#pragma once

#include <optional>
#include <string>

#include <stint/error.hpp>
#include <stint/write_batch.hpp>

#include "dialect.hpp"
#include "table_check.hpp"

namespace stint {

struct unfit_value {
    error_subject subject{};  ///< of the first row that has any: all of them
    std::string   problem{};  ///< of the first column: "is longer than varchar(5)"
};

std::optional<unfit_value> find_unfit_value(write_batch const& batch, find_table const& find, dialect const& spelling);

/// The error for it, with the exception that is being handled nested.
[[noreturn]] void throw_unfit(unfit_value const& unfit);

}  // namespace stint
