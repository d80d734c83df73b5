// dialect: how an engine spells what sql.hpp renders.
//
// One object an engine, without state; used by all threads.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include <stint/column.hpp>
#include <stint/connection.hpp>
#include <stint/error.hpp>
#include <stint/table_definition.hpp>
#include <stint/value.hpp>
#include <stint/write_batch.hpp>

#include "table_facts.hpp"
#include "written_row.hpp"

namespace stint {

/// What a column does to the values of a mapped type.
enum class column_fit : std::uint8_t {
    good,        ///< it keeps them, or the database refuses those that are too long or too large
    other_type,  ///< it is of another type
    converts,    ///< it would round, cut or convert some of them, and say nothing
    too_small,   ///< it can't hold the clock's microseconds
};

/// Of the integers that a column is for.
enum class value_range : std::uint8_t { of_member, of_clock };

class dialect {
public:
    dialect() = default;
    dialect(dialect const&) = delete;
    dialect& operator=(dialect const&) = delete;
    virtual ~dialect() = default;

    /// The database's clock, in the form in which a column of this kind (integer or timestamp) keeps it.
    virtual std::string clock(data_type kind) const = 0;

    /// left = right and left <> right where null is a value like any other.
    virtual std::string same(std::string_view left, std::string_view right) const = 0;
    virtual std::string different(std::string_view left, std::string_view right) const = 0;

    /// Whether a column of integers holds one of a list, which is given as one parameter: list_of().
    virtual std::string any_of(std::string_view column, std::string_view parameter) const = 0;
    virtual std::string list_of(std::span<value const> integers) const = 0;

    /// Whether rows have to be locked one by one; else a transaction holds everything from its begin.
    virtual bool locks_rows() const noexcept = 0;
    /// " FOR SHARE" and the like; empty where rows aren't locked.
    virtual std::string_view lock_clause(row_lock strength) const noexcept = 0;

    /// Whether a key that the database gives can be one that an application gave before. Then
    /// skip_taken_keys() is the statement that moves the database on.
    virtual bool        gives_taken_keys() const noexcept = 0;
    virtual std::string skip_taken_keys(std::string_view table, std::string_view key) const = 0;

    /// What a row is about that has broken a rule of its table: the row, the columns that are refused, and the rule, as
    /// far as it can be known. Asks the database, in the transaction that failed where that can go on, and ends it
    /// where it can't.
    virtual error_subject broken_rule(connection& db, written_row const& row,
                                      constraint_violation const& violation) const = 0;

    virtual column_fit fit(column_type mapped, column_facts const& facts, value_range needed) const noexcept = 0;
    /// Why a column can't keep a value, as in "is longer than varchar(5)"; empty: nothing is known against it. `facts`
    /// may be null.
    virtual std::string why_unfit(value const& v, column_type mapped, column_facts const* facts) const = 0;
    /// A decimal in the form in which a column of its scale keeps it. Where that is another number, raw SQL takes no
    /// decimals.
    virtual value kept_form(decimal const& number) const = 0;
    virtual bool  keeps_decimals() const noexcept = 0;

    virtual std::vector<std::string> create_tables(std::span<table_definition const> tables) const = 0;
    virtual std::vector<std::string> drop_tables(std::span<table_definition const> tables) const = 0;
};

}  // namespace stint
