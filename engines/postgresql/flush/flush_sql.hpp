// flush_sql: renders the statements of a pipelined flush.
//
// Everything leaves at once, so a statement that finds something wrong has to stop the server: a write whose rows are
// fewer than they should be, or whose new keys are not those that were drawn or are out of range, and the statement
// `stop_if_refused` behind the checks, cast a text that isn't a number. That text is a token of this flush alone; it
// depends on what was counted, since the planner computes constants before anything runs.
//
// Rows are locked in the order in which they are given: a lateral subquery, kept from being merged into the rest by
// OFFSET 0. (PostgreSQL documentation, 7.2.1.5 LATERAL Subqueries; 13.3.2 Row-Level Locks.)
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stint/column.hpp>
#include <stint/write_batch.hpp>

#include "dialect.hpp"
#include "flush_script.hpp"
#include "postgresql_tables.hpp"
#include "sql.hpp"

namespace stint {

/// What goes to a parameter of a statement: of each row, or of the statement as a whole.
struct flush_parameter {
    enum class source : std::uint8_t {
        key,                   ///< the index-th part
        condition,             ///< the index-th that takes a value
        assignment,            ///< the same
        key_reference,         ///< the number of a kept key, where that part of the key is one; else 0
        assignment_reference,  ///< the same of an assignment
        strength,              ///< of the row's lock, as a number
        rows,                  ///< how many there are
        token,                 ///< what an error raised by the statement says
    };

    source        origin = source::key;
    std::size_t   index = 0;
    stint::column column{};

    bool is_of_rows() const noexcept { return origin < source::rows; }
    bool is_binary(flush_form const& form) const noexcept { return form.as_set && form.has_nulls && is_of_rows(); }
};

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

/// What the statements have in common: their parameters, keys, conditions, and the check of a write. For the sources of
/// render_flush(), of which flush_insert.cpp has the inserts.
///
/// A set's rows are named v, with the columns p1, p2, ... and their number o. What a write has written is named w.
class flush_writer {
public:
    flush_writer(row_shape const& shape, flush_form const& form, postgresql_tables const& tables,
                 dialect const& spelling)
        : shape_(shape), form_(form), tables_(tables), spelling_(spelling), table_(quoted_table(shape.table)) {}

protected:
    using source = flush_parameter::source;

    static std::string numbered(std::string name, std::size_t number);

    std::string parameter(flush_parameter described);
    std::string given(source origin, std::size_t index, column const& column);
    std::string key_part(std::size_t index);
    std::string given_assignment(std::size_t index, column const& column);
    bool may_refer(std::size_t place) const { return place < form_.references.size() && form_.references[place]; }

    /// Each of them must be asked for once: a value becomes a parameter.
    std::string key_of(std::string_view row);
    std::string conditions_of(std::string_view row);
    std::string assigned(assignment const& a, std::size_t& given_before);

    /// Of what was asked for before.
    std::string rows();
    /// The same for a statement that looks each of them up in a table: (SELECT * FROM unnest(...) LIMIT (SELECT $3)) AS
    /// v(p1, o). All of them, but of a limit that it doesn't know the planner takes a tenth: one row of an array whose
    /// length it doesn't know. So it looks rows up by an index, where for ten it might read a table that is small when
    /// it plans.
    std::string rows_to_look_up();

    std::string returning(std::string_view row) const;
    /// That all rows were written, each as one.
    struct check {
        std::string count = "count(*)";
        std::string wrong{};
        std::string rows = "w";
    };
    std::string raise_unless(check const& all);
    flush_sql   counted(std::string queries, check all, std::string const& answered = "w");

    row_shape const&         shape_;
    flush_form const&        form_;
    postgresql_tables const& tables_;
    dialect const&           spelling_;
    std::string              table_;
    flush_sql                result_{};
    std::vector<std::string> arrays_{};  ///< of a set: the parameters that rows() takes apart
    std::string              kept_keys_ = "current_setting('stint.keys')";

private:
    std::string referred(std::string const& number) const;
    std::string either(std::string const& number, std::string const& given) const;
};

flush_sql render_insert(row_shape const& shape, flush_form const& form, postgresql_tables const& tables,
                        dialect const& spelling);

}  // namespace stint
