// How PostgreSQL spells things.
#pragma once

#include "dialect.hpp"

namespace stint {

class postgresql_dialect final : public dialect {
public:
    std::string      clock(data_type kind) const override;
    std::string      same(std::string_view left, std::string_view right) const override;
    std::string      different(std::string_view left, std::string_view right) const override;
    std::string      any_of(std::string_view column, std::string_view parameter) const override;
    std::string      list_of(std::span<value const> integers) const override;
    bool             locks_rows() const noexcept override { return true; }
    std::string_view lock_clause(row_lock strength) const noexcept override;
    bool             gives_taken_keys() const noexcept override { return true; }
    std::string      skip_taken_keys(std::string_view table, std::string_view key) const override;
    error_subject    broken_rule(connection& db, written_row const& row,
                                 constraint_violation const& violation) const override;

    column_fit  fit(column_type mapped, column_facts const& facts, value_range needed) const noexcept override;
    std::string why_unfit(value const& v, column_type mapped, column_facts const* facts) const override;
    value       kept_form(decimal const& number) const override { return number; }
    bool        keeps_decimals() const noexcept override { return true; }
    std::vector<std::string> create_tables(std::span<table_definition const> tables) const override;
    std::vector<std::string> drop_tables(std::span<table_definition const> tables) const override;
};

}  // namespace stint
