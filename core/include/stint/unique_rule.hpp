// unique_rule: a rule that no two rows of a table have the same values in some columns: a UNIQUE constraint, a primary
// key or a unique index.
//
//     std::vector<std::string> const tables{"stocks"};
//     for (auto const& rule : db.lend()->unique_rules(tables, stint::deadline::none())) ...   // stocks_name: name
//
// Read from the database when such a rule refused a flush (connection::unique_rules). Regular values.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace stint {

struct unique_rule {
    struct part {
        std::string                 column{};  ///< empty for an expression
        bool                        nullable = false;
        std::optional<std::int64_t> largest{};  ///< the largest whole number that the column takes, if it has a limit
        std::optional<std::size_t>  length{};   ///< characters that the column takes, if it has a limit
    };

    std::string       table{};  ///< as it was asked for
    std::string       name{};   ///< of the constraint or index, as the engine calls it
    std::vector<part> parts{};
    /// The rule compares the values of columns as they are, in all rows: it has no expression, no WHERE, no collation
    /// or operator class of its own. For other rules only the database can say which rows are equal.
    bool is_plain = true;
    bool is_deferred = false;        ///< checked at COMMIT: rows may be equal until then
    bool nulls_are_distinct = true;  ///< rows with a null in one of the columns are never equal

    bool has_column(std::string_view column) const noexcept {
        for (auto const& each : parts)
            if (each.column == column) return true;
        return false;
    }
};

}  // namespace stint
