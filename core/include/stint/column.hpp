// column: the name and the portable type of a table's column.
//
// The types are few on purpose: they are what a domain model needs, and what every engine can keep exactly. Each engine
// spells them its own way (docs/engines.md). Regular values.
#pragma once

#include <cstdint>
#include <string>

#include <stint/value.hpp>

namespace stint {

enum class data_type : std::uint8_t { boolean, integer, real, text, numeric, instant };

struct column_type {
    data_type    kind = data_type::integer;
    std::uint8_t scale = 0;  ///< decimals of a numeric
    friend bool  operator==(column_type const&, column_type const&) = default;
};

struct column {
    std::string name;
    column_type type;
    friend bool operator==(column const&, column const&) = default;
};

/// Whether a column of this type takes the value. Null is of no type. A numeric column also takes an integer.
bool is_of_type(value const& v, data_type type) noexcept;

}  // namespace stint
