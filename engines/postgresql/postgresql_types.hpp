// postgresql_types: which values PostgreSQL's types keep, and which they change without a word.
//
//     mapped as   good                                 converts                           refused as another type
//     boolean     boolean                                                                 all others
//     integer     smallint, integer, bigint, numeric   real, double precision,            all others
//                                                      numeric of a negative scale
//     real        double precision, numeric            real, numeric of a scale           all others
//     numeric     numeric without precision, or of no  numeric of fewer decimals, real,   all others
//                 fewer decimals; of scale 0 also      double precision; with decimals
//                 smallint, integer, bigint            smallint, integer, bigint
//     text        text, varchar, char, enumerations,   name, "char"                       numbers, booleans, dates,
//                 uuid, json and types of one's own                                       times, money, bytea
//     instant     timestamptz, timestamp               both with fewer than 6 digits,     all others
//                                                      date
//
// A value that is too long or too large for a good type is refused by the server. A domain counts as what it is made
// of. (PostgreSQL documentation, chapter 8. Data Types.)
#pragma once

#include <string>

#include <libpq-fe.h>

#include <stint/column.hpp>
#include <stint/value.hpp>

#include "dialect.hpp"
#include "table_facts.hpp"

namespace stint {

/// Whether what is read from a column of this type is what the mapping says.
bool is_readable_as(Oid type, data_type mapped) noexcept;

/// The same for what is written.
column_fit fit_on_postgresql(column_type mapped, column_facts const& facts, value_range needed) noexcept;

/// See dialect::why_unfit.
std::string why_unfit_on_postgresql(value const& v, column_type mapped, column_facts const* facts);

}  // namespace stint
