// sqlite_types: which values SQLite's columns keep, and which they convert without a word.
//
// A column without STRICT takes anything, and converts what its declared type prefers: its affinity. Decimals are kept
// as integers in units of their last decimal, instants as integers in microseconds, booleans as 0 and 1.
//
//     mapped as                   good                                             converts
//     boolean, integer, instant   INTEGER, NUMERIC, BLOB or no type, ANY           TEXT, REAL
//     numeric                     INTEGER, BLOB or no type, ANY; scale 0: NUMERIC  NUMERIC, TEXT, REAL
//     real                        REAL, INTEGER, NUMERIC, BLOB or no type, ANY     TEXT; of STRICT tables: INTEGER
//     text                        TEXT, BLOB or no type, ANY                       INTEGER, NUMERIC, REAL
//
// In DECIMAL(10,2), which is NUMERIC, a 2 means 2, and would be read as 0.02. In a column of numbers '007' becomes 7.
//
// STRICT's BLOB takes none of them. Views and expressions have no type: what they hold is judged by how it is stored,
// when it is read. (SQLite documentation, Datatypes In SQLite, 3.1 Determination Of Column Affinity; STRICT Tables.)
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include <stint/column.hpp>
#include <stint/value.hpp>

#include "dialect.hpp"
#include "table_facts.hpp"

namespace stint {

enum class sqlite_affinity : std::uint32_t { none, integer, numeric, real, text, strict_integer, strict_blob };

sqlite_affinity affinity_of(std::string_view declared, bool strict);

column_fit fit_on_sqlite(column_type mapped, sqlite_affinity affinity) noexcept;

/// See dialect::why_unfit.
std::string why_unfit_on_sqlite(value const& v, column_type mapped);

}  // namespace stint
