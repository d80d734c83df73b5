// violation_inquiry: which object it is that a rule of the tables has refused (private to the room).
//
// The engines say which rule was broken, not by whom, and in words of their own. The unit knows its rows: two of them
// with the same values are found here; whose row in the database has a value, and which row that is referred to isn't
// there, is asked by guards, all in one batch that writes nothing. The same guards find rows that somebody else has
// changed meanwhile: then it is a conflict, and no rule was broken by this unit alone.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include <stint/error.hpp>
#include <stint/object_key.hpp>
#include <stint/unique_rule.hpp>
#include <stint/write_batch.hpp>

#include "batch_builder.hpp"
#include "pending_change.hpp"
#include "unique_plan.hpp"

namespace stint {

class violation_inquiry {
public:
    /// All must live as long as this.
    violation_inquiry(std::span<pending_change const> changes, flush_batch const& refused,
                      std::span<unique_rule const> rules, constraint_violation const& violation);

    write_batch const& questions() const noexcept { return questions_; }
    void               take(flush_refused const& answers);

    /// Rows of the batch that are no longer as they were read.
    std::vector<refusal> const& stale() const noexcept { return stale_; }

    /// The change that broke the rule, once the questions were answered; the first of several.
    std::optional<std::size_t> culprit() const;
    /// Where only one row of the flush can have broken the rule.
    std::optional<std::size_t> only_suspect() const;
    /// What the error is about: the object of this change, and the rule as far as it is known.
    error_subject subject(std::size_t culprit) const;
    /// "stocks 2: stocks 1 has its name"
    std::string words(std::size_t culprit) const;
    /// Whether a row of somebody else has the value that it would take.
    bool is_taken_by_others(std::size_t culprit) const;

private:
    struct question {
        enum class kind : std::uint8_t { version, holder, parent };

        kind        topic;
        std::size_t row;     ///< of the batch that was refused
        std::size_t detail;  ///< of holder: the rule; of parent: the field
    };
    /// Why a change breaks the rule.
    struct guilt {
        std::size_t              change;
        std::string              problem;
        std::vector<std::string> columns;
        std::string              rule;
        bool                     is_taken_by_others = false;
    };
    using topic = question::kind;
    using changes_by_row = std::unordered_map<object_key, std::size_t>;

    bool        is_broken(class_rule const& rule) const;
    void        ask_for_versions();
    void        look_for_duplicates();
    void        look_for_duplicates(std::size_t rule);
    void        ask_for_holder(std::size_t row, std::size_t change, std::size_t rule);
    void        ask_for_parents();
    void        ask_for_parent(std::size_t row, std::size_t change, std::size_t field);
    void        hear_holder(question const& asked, refusal const& answer);
    void        note_duplicate(std::size_t change, std::size_t rule, std::string const& holder, bool is_of_others);
    std::size_t change_of(std::size_t row) const;
    bool        gives_up(data_mapper const& type, row_key key, class_rule const& rule) const;
    std::string name_of(std::size_t change) const;

    std::span<pending_change const> changes_;
    flush_batch const&              refused_;
    constraint_violation const&     violation_;
    std::vector<class_rule>         rules_;             // that may be the broken one
    bool                            is_known_ = false;  // which one it is
    changes_by_row                  added_, existing_;
    write_batch                     questions_;
    std::vector<question>           asked_;  // by row of the questions
    std::vector<refusal>            stale_;
    std::vector<guilt>              guilty_;
};

}  // namespace stint
