// flush_writer: what the statements of a pipelined flush have in common: their parameters, keys, conditions, and the
// check of a write.
//
// A set's rows are named v, with the columns p1, p2, ... and their number o. What a write has written is named w.
#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stint/write_batch.hpp>

#include "dialect.hpp"
#include "flush_form.hpp"
#include "flush_sql.hpp"
#include "postgresql_tables.hpp"
#include "sql.hpp"

namespace stint {

class flush_writer {
public:
    flush_writer(row_shape const& shape, flush_form const& form, postgresql_tables const& tables,
                 dialect const& spelling)
        : shape_(shape), form_(form), tables_(tables), spelling_(spelling), table_(quoted_table(shape.table)) {}

protected:
    using source = flush_parameter::source;

    static std::string numbered(std::string name, std::size_t number);

    std::string parameter(flush_parameter what);
    std::string given(source from, std::size_t index, column const& where);
    std::string key_part(std::size_t index);
    std::string given_assignment(std::size_t index, column const& where);
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
        std::string of = "w";
    };
    std::string raise_unless(check const& all);
    flush_sql   counted(std::string with, check all, std::string const& answered = "w");

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

}  // namespace stint
