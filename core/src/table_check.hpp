// table_check: compares tables with what is stored in them: a mapping as a whole, or the shapes of a flush.
#pragma once

#include <functional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stint/table_definition.hpp>
#include <stint/table_difference.hpp>
#include <stint/write_batch.hpp>

#include "dialect.hpp"
#include "table_facts.hpp"

namespace stint {

/// What a caller can do whose tables aren't as they are mapped.
inline constexpr char const* compare_or_create =
    "compare the mapping with the tables, or create them (stint::create_tables, for locks stint::create_lock_tables)";

/// All of them; `facts` is null where there is no such table.
std::vector<table_difference> differences(table_definition const& mapped, table_facts const* facts,
                                          dialect const& spelling);

/// What a flush is about to do to a table that would round, cut or misread values.
using find_table = std::function<table_facts const*(std::string_view table)>;
std::vector<table_difference> misfits(write_batch const& batch, find_table const& find, dialect const& spelling);

/// Each once.
std::vector<std::string_view> tables_of(write_batch const& batch);

/// Whether the rule is that a key that the database was to give is there.
bool lacks_key(constraint_violation const& e, row_shape const& inserted) noexcept;
/// An insert that was to be given a key by the database got none: schema_error.
[[noreturn]] void refuse_without_key(row_shape const& inserted, std::string_view engine);
/// The same of a view, whose trigger gave none, or one out of range.
[[noreturn]] void refuse_key_of_view(row_shape const& inserted, std::string_view engine);

/// Whether this column of a row is a version that the database raises, or starts at its clock.
bool is_version(row_shape const& shape, column const& target) noexcept;
/// Whether a database may give a new row this key, if it is a number.
bool is_in_key_range(value const& key) noexcept;
/// Throws schema_error when the key or version that a written row returned is NULL, or the key is out of range.
void check_returned(write_batch::row const& row, std::span<value const> returned, std::string_view engine);

}  // namespace stint
