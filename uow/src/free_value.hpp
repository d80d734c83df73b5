// free_value: a value that no row is likely to have, for a column that must have one while its own is on its way to
// another row (private to the room). A pure computation.
//
//     type       far                            near
//     integer    the largest of the column      above all in use
//     numeric    the same, in whole numbers     the same
//     real       10^15                          the same
//     text       its own, lengthened            of its own length
//     instant    the year 9999                  after all in use
//
// Some rules of tables let the one pass, some the other.
#pragma once

#include <cstdint>
#include <optional>

#include <stint/column.hpp>
#include <stint/unique_rule.hpp>
#include <stint/value.hpp>

namespace stint {

enum class distance : std::uint8_t { far, near };

struct value_in_use {
    column_type              type{};
    unique_rule::part const& column;
    value const&             own;      ///< what the row has
    value const&             highest;  ///< in use in this column
};

bool has_free_values(data_type kind) noexcept;

/// Each index (0, 1, 2, ...) gives another value; `start`, a random number, keeps texts apart from those of others.
/// None where the type has no such value.
std::optional<value> free_value(value_in_use const& of, distance how_far, std::uint64_t index, std::uint64_t start);

/// Whether a free value is a text so short that another row may have it by chance.
bool is_short_text(value const& free) noexcept;

}  // namespace stint
