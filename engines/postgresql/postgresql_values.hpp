// A value as PostgreSQL writes and reads it: as text, both ways.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <utility>

#include <libpq-fe.h>

#include <stint/column.hpp>
#include <stint/value.hpp>

namespace stint {

/// None: null. Throws value_error for what PostgreSQL can't keep.
std::optional<std::string> to_postgresql(value const& v);
/// Appends what stands for the value in the text of an array. Not for a null: what NULL means there is a setting
/// (array_nulls).
void append_to_postgresql_array(value const& v, std::string& output);

/// For questions to the catalogue: two arrays of these tables, as they are named and as SQL spells them.
std::array<value, 2> names_and_identifiers(std::span<std::string const> tables);

/// An array of texts in PostgreSQL's binary form, in which a null is a null whatever the settings.
class postgresql_text_array {
public:
    explicit postgresql_text_array(std::size_t count);

    void        append(value const& v);
    std::string take() && noexcept { return std::move(bytes_); }

private:
    void append_number(std::uint32_t number);

    std::string bytes_{};
};

/// The columns of a result, from the first. Throws schema_error when one is of another type.
void check_types(PGresult const* result, std::span<column_type const> types);
/// Of a column that was checked, into a value whose room is used again. Throws value_error when its content doesn't
/// fit.
void from_checked(PGresult const* result, int row, int column, column_type type, value& target);
/// Throws schema_error when the result's column is of another type, and value_error when its content doesn't fit.
value from_postgresql(PGresult const* result, int row, int column, column_type type);

}  // namespace stint
