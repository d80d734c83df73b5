// flush_sql: renders the statements of a pipelined flush.
//
// Everything leaves at once, so a statement that finds something wrong has to stop the server: a write whose rows are
// fewer than they should be, and the statement `stop_if_refused` behind the checks, cast a text that isn't a number.
// That text is a token of this flush alone; it depends on what was counted, since the planner computes constants before
// anything runs.
//
// Rows are locked in the order in which they are given: a lateral subquery, kept from being merged into the rest by
// OFFSET 0. (PostgreSQL documentation, 7.2.1.5 LATERAL Subqueries; 13.3.2 Row-Level Locks.)
#pragma once

#include <string>
#include <vector>

#include <stint/column.hpp>
#include <stint/write_batch.hpp>

#include "dialect.hpp"
#include "flush_form.hpp"
#include "postgresql_tables.hpp"

namespace stint {

struct flush_sql {
    std::string                  text;
    std::vector<flush_parameter> parameters;
    std::vector<column> answers;  ///< check, look: shape.report after the row's number and whether it is there;
                                  ///< write: what is returned, after the row's number where it is a set
    bool lists_keys = false;      ///< instead, new keys in one array, in the order of the rows
};

/// `tables` must know the shape's table where the form is a set.
flush_sql render_flush(row_shape const& shape, flush_form const& form, postgresql_tables const& tables,
                       dialect const& spelling);

namespace flush_commands {
inline constexpr char const* begin = "BEGIN ISOLATION LEVEL READ COMMITTED";
inline constexpr char const* stop_if_refused = "SELECT nullif(current_setting('stint.refused', true), '')::int";
inline constexpr char const* commit = "COMMIT";
inline constexpr char const* rollback = "ROLLBACK";

/// In a transaction that is rolled back (flush_plans): a plan for all values, that looks rows up in indexes, in a table
/// of any size, and isn't compiled. It isn't worth a wait for somebody who changes the tables.
inline constexpr char const* plan_for_all_values =
    "SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true), "
    "set_config('jit', 'off', true), set_config('lock_timeout', '100ms', true)";
/// And plans for single values that cost more than any other, but less than one that reads a whole table in spite of
/// the above (10^10).
inline constexpr char const* plan_dearly =
    "SELECT set_config('plan_cache_mode', 'force_custom_plan', true), set_config('cpu_operator_cost', '100000', true)";
/// From so many on a server compares the plans that it has made with one for all values.
inline constexpr int plans_for_single_values = 5;
}  // namespace flush_commands

}  // namespace stint
