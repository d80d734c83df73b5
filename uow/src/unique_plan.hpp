// unique_plan: how a flush whose rows take unique values of each other can be written (private to the room).
//
// Made when the database has refused a flush, from the rules that its tables have: which change gives up a value that
// another takes, and in which column the giver may let go of it before (it is parked): by null where the column may be
// null, else by a value that no row is likely to have. commit_graph makes an order of it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <optional>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include <stint/error.hpp>
#include <stint/selection.hpp>
#include <stint/unique_rule.hpp>

#include "free_value.hpp"
#include "pending_change.hpp"
#include "value_handover.hpp"

namespace stint {

/// A field of a mapping that a unique rule compares.
struct ruled_field {
    std::size_t              field;
    unique_rule::part const* part;
};

/// A rule as it looks from the changes of one class. Lives no longer than the rule.
struct class_rule {
    data_mapper const*       type;
    unique_rule const*       rule;
    std::vector<ruled_field> fields{};
    bool                     is_whole = true;  ///< every column of it is mapped
};

/// The rules whose values a unit of work sees: of these changes' classes. Not those of the key, which is checked
/// elsewhere.
std::vector<class_rule> rules_of_classes(std::span<pending_change const> changes, std::span<unique_rule const> rules);

/// What a row gives up and takes under a rule.
value_move move_of(std::span<pending_change const> changes, std::size_t change, class_rule const& under);

/// Which kind of values givers have meanwhile; each is tried when the rules of the tables refuse those before.
enum class parking : std::uint8_t { null_or_far, far, near };

class unique_plan {
public:
    struct handover {
        value_handover             changes;
        std::optional<std::size_t> parked_field{};   ///< of the giver's; none: it can't let go before it is written
        bool                       at_once = false;  ///< the giver is parked in any case
    };

    unique_plan() = default;
    /// A giver that can be parked only in a column that it doesn't write is made to write it: `changes` are widened.
    unique_plan(pending_changes& changes, std::span<unique_rule const> rules, std::vector<bool> const& expect_versions);

    std::span<handover const> handovers() const noexcept { return handovers_; }
    /// Whether any row may be parked by null.
    bool parks_by_null() const noexcept;
    /// Columns in which rows may be parked near those in use: read the highest of each, and note it.
    std::vector<selection> highest_values() const;
    void                   note_highest(selection const& selected, value const& highest);

    /// What a field has while its row is parked. None where there is no such value.
    std::optional<value> parked_value(std::span<pending_change const> changes, std::size_t change, std::size_t field,
                                      parking means);
    /// Whether a row that was parked by a short text may have broken this rule, as far as it is known: another row has
    /// the text by chance.
    bool may_have_met_another(error_subject const& broken) const;
    /// From here on rows are parked by other texts.
    void draw_anew() noexcept;

private:
    /// Where a row can be parked.
    struct place {
        data_mapper const*       type;
        std::size_t              field;
        unique_rule::part const* part;
        bool                     may_be_null;
    };
    static std::optional<place> place_for(pending_change const& giver, class_rule const& under, bool may_be_widened);

    void  connect(pending_changes& changes, class_rule const& under, std::vector<bool> const& expect_versions);
    void  mark_those_at_once(std::span<pending_change const> changes);
    value highest_in(std::span<pending_change const> changes, data_mapper const& type, std::size_t field);

    std::vector<handover>                                       handovers_;
    std::map<std::pair<std::size_t, std::size_t>, place>        places_;    // by change and field
    std::map<std::pair<std::string, std::string>, value>        in_table_;  // the highest, by table and column
    std::map<std::pair<data_mapper const*, std::size_t>, value> highest_;   // by class and field, once asked for
    std::uint64_t                                               parked_ = 0;
    std::uint64_t                                               start_ = 0;
    std::set<std::pair<std::string, std::string>>               columns_of_short_texts_;  // with their tables
};

}  // namespace stint
