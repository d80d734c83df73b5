// flush_sql: renders the statements of a pipelined flush.
//
// Everything leaves at once, so a statement that finds something wrong has to stop the server: a write whose rows are fewer than
// they should be, and the statement `stop_if_refused` behind the checks, cast a text that isn't a number. That text is a
// token of this flush alone; it depends on what was counted, since the planner computes constants before anything runs.
//
// Rows are locked in the order in which they are given: a lateral subquery, kept from being merged into the rest by OFFSET 0.
// (PostgreSQL documentation, 7.2.1.5 LATERAL Subqueries; 13.3.2 Row-Level Locks.)
#pragma once

#include <string>
#include <vector>

#include <stint/column.hpp>
#include <stint/write_batch.hpp>

#include "../dialect.hpp"
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
/// Planning a set anew each time would cost more than writing it. And the planner takes an array for ten rows: of a small table
/// it would read all for each of them, where the key's index finds it.
inline constexpr char const* plan_for_sets =
    "SELECT set_config('plan_cache_mode', 'force_generic_plan', true), set_config('enable_seqscan', 'off', true)";
inline constexpr char const* stop_if_refused = "SELECT nullif(current_setting('stint.refused', true), '')::int";
inline constexpr char const* commit = "COMMIT";
inline constexpr char const* rollback = "ROLLBACK";
}  // namespace flush_commands

}  // namespace stint
