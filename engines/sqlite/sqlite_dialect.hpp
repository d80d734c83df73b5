// How SQLite spells things.
//
// Booleans are integers 0 and 1, numerics integers in units of their last decimal, timestamps integers in microseconds
// since 1970. Tables are STRICT, so that SQLite refuses what isn't of its column's type.
#pragma once

#include "dialect.hpp"

namespace stint {

class sqlite_dialect final : public dialect {
public:
    /// The machine's clock in microseconds since 1970, which each connection brings along.
    static constexpr char const* clock_function = "stint_clock";

    std::string      clock(data_type kind) const override;
    std::string      same(std::string_view left, std::string_view right) const override;
    std::string      different(std::string_view left, std::string_view right) const override;
    std::string      any_of(std::string_view column, std::string_view parameter) const override;
    std::string      list_of(std::span<value const> integers) const override;
    bool             locks_rows() const noexcept override { return false; }
    std::string_view lock_clause(row_lock) const noexcept override { return {}; }
    bool             gives_taken_keys() const noexcept override { return false; }
    std::string      skip_taken_keys(std::string_view, std::string_view) const override { return {}; }
    error_subject    broken_rule(connection& db, written_row const& row,
                                 constraint_violation const& violation) const override;

    column_fit               fit(column_type mapped, column_facts const& facts, value_range) const noexcept override;
    std::string              why_unfit(value const& v, column_type mapped, column_facts const*) const override;
    value                    kept_form(decimal const& number) const override { return number.units(); }
    bool                     keeps_decimals() const noexcept override { return false; }
    std::vector<std::string> create_tables(std::span<table_definition const> tables) const override;
    std::vector<std::string> drop_tables(std::span<table_definition const> tables) const override;
};

}  // namespace stint
