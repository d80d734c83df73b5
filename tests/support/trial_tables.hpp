// trial_tables: three tables for batches of all kinds, what they hold and what became of a flush, as text.
//
//     items  a unique name, columns of every type       parts  refer to items, or to none
//     holds  like locks: a key of two columns, an owner, two expiries
//
// Times near the clock print as "now": what two databases have written from their clocks can't be equal.
#pragma once

#include <functional>
#include <string>

#include <stint/column.hpp>
#include <stint/write_batch.hpp>

#include "scratch_database.hpp"

namespace trial_tables {

using stint::data_type;

inline stint::column const id{"id", {data_type::integer}};
inline stint::column const version{"version", {data_type::integer}};
inline stint::column const name{"name", {data_type::text}};
inline stint::column const quantity{"quantity", {data_type::numeric, 2}};
inline stint::column const checked{"checked", {data_type::boolean}};
inline stint::column const ratio{"ratio", {data_type::real}};
inline stint::column const seen{"seen", {data_type::instant}};
inline stint::column const item{"item", {data_type::integer}};
inline stint::column const note{"note", {data_type::text}};
inline stint::column const kind{"kind", {data_type::text}};
inline stint::column const owner{"owner", {data_type::text}};
inline stint::column const until{"until", {data_type::integer}};      ///< microseconds since 1970
inline stint::column const renewed{"renewed", {data_type::instant}};  ///< or null

void create(scratch_database& in);
/// Empties the tables and fills them. Keys that PostgreSQL gives then have nine digits.
void refill(scratch_database& in, stint::write_batch const& rows);
/// All rows, a line each.
std::string contents(scratch_database& in);

/// "done" and what was returned, every refusal, or the class and the facts of the error.
std::string answer(std::function<stint::flush_outcome()> const& flush);

}  // namespace trial_tables
