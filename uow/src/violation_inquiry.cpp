#include "violation_inquiry.hpp"

#include <algorithm>
#include <unordered_map>

#include <stint/data_mapper.hpp>

namespace stint {

namespace {

/// Without its schema.
std::string_view plain_name(std::string_view table) {
    return table.substr(table.rfind('.') + 1);
}

std::vector<std::string> columns_of(unique_rule const& rule) {
    std::vector<std::string> result;
    for (auto const& part : rule.parts)
        if (!part.column.empty()) result.push_back(part.column);
    return result;
}

std::string listed(std::vector<std::string> const& names) {
    std::string result;
    for (auto const& name : names) result += (result.empty() ? "" : ", ") + name;
    return result;
}

bool writes(pending_change const& change, std::size_t field) {
    return std::ranges::find(change.fields(), field) != change.fields().end();
}

}  // namespace

violation_inquiry::violation_inquiry(std::span<pending_change const> changes, flush_batch const& refused,
                                     std::span<unique_rule const> rules, constraint_violation const& violation)
    : changes_(changes), refused_(refused), violation_(violation), rules_(rules_of_classes(changes, rules)) {
    for (std::size_t i = 0; i < changes.size(); ++i) {
        auto& known = changes[i].access == access::added ? added_ : existing_;
        known.emplace(changes[i].object->identity(), i);
    }
    ask_for_versions();
    if (violation.rule() == constraint_violation::rule_type::unique) {
        // Unknown where a partition has the rule of its table by another name: then any may be broken.
        is_known_ = std::ranges::any_of(rules_, [&](class_rule const& rule) { return is_broken(rule); });
        if (is_known_) std::erase_if(rules_, [&](class_rule const& rule) { return !is_broken(rule); });
        look_for_duplicates();
    } else {
        rules_.clear();
        ask_for_parents();
    }
}

/// The engine names it by its columns, by its name, or by both.
bool violation_inquiry::is_broken(class_rule const& rule) const {
    auto const& said = violation_.subject();
    if (!said.rule.empty() && said.rule == rule.rule->name) return true;
    return !said.columns.empty() && plain_name(said.table) == plain_name(rule.rule->table) &&
           listed(said.columns) == listed(columns_of(*rule.rule));
}

std::size_t violation_inquiry::change_of(std::size_t row) const {
    return static_cast<std::size_t>(refused_.origins[row].written - changes_.data());
}

std::string violation_inquiry::name_of(std::size_t change) const {
    return changes_[change].object->name();
}

// Questions.

void violation_inquiry::ask_for_versions() {
    for (std::size_t i = 0; i < refused_.origins.size(); ++i) {
        auto const& origin = refused_.origins[i];
        if (origin.written == nullptr || !origin.expects_version) continue;
        auto const row = refused_.rows[i];
        auto const shape = questions_.shape({.action = row_action::require,
                                             .table = row.shape.table,
                                             .key = row.shape.key,
                                             .conditions = row.shape.conditions,
                                             .report = row.shape.report,
                                             .lock = row_lock::key_share,
                                             .if_absent = row.shape.if_absent,
                                             .if_different = row.shape.if_different});
        questions_.add(shape, {row.key.begin(), row.key.end()}, {row.conditions.begin(), row.conditions.end()});
        asked_.push_back({topic::version, i, 0});
    }
}

void violation_inquiry::look_for_duplicates() {
    for (std::size_t rule = 0; rule < rules_.size(); ++rule)
        if (rules_[rule].rule->is_plain && rules_[rule].is_whole) look_for_duplicates(rule);
}

/// Among the rows of the flush, in the order in which they are written, and by a guard in the database.
void violation_inquiry::look_for_duplicates(std::size_t rule) {
    std::unordered_map<std::string, std::size_t> taken;
    for (std::size_t row = 0; row < refused_.origins.size(); ++row) {
        if (refused_.origins[row].written == nullptr) continue;
        auto const change = change_of(row);
        auto const move = move_of(changes_, change, rules_[rule]);
        if (!move.takes) continue;
        auto const [first, is_first] = taken.emplace(*move.takes, change);
        if (is_first) {
            ask_for_holder(row, change, rule);
        } else {
            note_duplicate(change, rule, name_of(first->second), false);
        }
    }
}

void violation_inquiry::ask_for_holder(std::size_t row, std::size_t change, std::size_t rule) {
    auto const&        object = *changes_[change].object;
    auto const&        type = object.mapper();
    row_shape          shape{.action = row_action::forbid,
                             .table = type.table(),
                             .key = {},
                             .report = {type.key()},
                             .lock = row_lock::key_share};
    std::vector<value> key;
    for (auto const& [field, part] : rules_[rule].fields) {
        auto const& described = type.fields()[field];
        bool const  is_new = described.references != nullptr && described.referred(object.object()).is_pending();
        auto        content = is_new ? value{null} : type.get(object.object(), field);
        if (is_null(content)) return;  // nothing in the database can be the same
        shape.key.push_back(described.column);
        key.push_back(std::move(content));
    }
    std::vector<value> conditions;
    if (!object.key().is_pending()) {
        shape.conditions.push_back({type.key(), condition::test::differs});
        conditions.push_back(type.key_value(object.key()));
    }
    questions_.add(questions_.shape(shape), std::move(key), std::move(conditions));
    asked_.push_back({topic::holder, row, rule});
}

void violation_inquiry::ask_for_parents() {
    for (std::size_t row = 0; row < refused_.origins.size(); ++row) {
        if (refused_.origins[row].written == nullptr) continue;
        auto const change = change_of(row);
        for (auto const field : changes_[change].object->mapper().references())
            if (writes(changes_[change], field)) ask_for_parent(row, change, field);
    }
}

void violation_inquiry::ask_for_parent(std::size_t row, std::size_t change, std::size_t field) {
    auto const& object = *changes_[change].object;
    auto const& described = object.mapper().fields()[field];
    auto const& parent = described.references();
    auto const  key = described.referred(object.object());
    if (!key.is_given() || added_.contains({&parent, key})) return;
    auto const shape = questions_.shape(
        {.action = row_action::require, .table = parent.table(), .key = {parent.key()}, .lock = row_lock::key_share});
    questions_.add(shape, {parent.key_value(key)});
    asked_.push_back({topic::parent, row, field});
}

// Answers.

void violation_inquiry::take(flush_refused const& answers) {
    for (auto const& answer : answers.rows) {
        auto const& asked = asked_[answer.row];
        switch (asked.topic) {
        case topic::version: stale_.push_back({asked.row, answer.reason, answer.found}); break;
        case topic::holder: hear_holder(asked, answer); break;
        case topic::parent: {
            auto const  change = change_of(asked.row);
            auto const& column = changes_[change].object->mapper().fields()[asked.detail].column.name;
            guilty_.push_back(
                {change, "its " + column + " refers to a row that is not there", {column}, violation_.subject().rule});
            break;
        }
        }
    }
}

namespace {

/// None: the row's key is out of the range of keys, so it is no object of the unit.
std::optional<row_key> key_of_holder(data_mapper const& type, std::span<value const> found) {
    try {
        return type.key_in(found);
    } catch (value_error const&) {
        return {};
    }
}

}  // namespace

void violation_inquiry::hear_holder(question const& asked, refusal const& answer) {
    auto const  change = change_of(asked.row);
    auto const& type = changes_[change].object->mapper();
    if (answer.found.empty() || is_null(answer.found.front())) return;
    auto const key = key_of_holder(type, answer.found);
    if (!key) return note_duplicate(change, asked.detail, type.table() + ' ' + to_string(answer.found.front()), true);
    if (gives_up(type, *key, rules_[asked.detail])) return;
    note_duplicate(change, asked.detail, type.name_of(*key), !existing_.contains({&type, *key}));
}

bool violation_inquiry::gives_up(data_mapper const& type, row_key key, class_rule const& rule) const {
    auto const found = existing_.find({&type, key});
    return found != existing_.end() && move_of(changes_, found->second, rule).gives.has_value();
}

void violation_inquiry::note_duplicate(std::size_t change, std::size_t rule, std::string const& holder,
                                       bool is_of_others) {
    auto columns = columns_of(*rules_[rule].rule);
    auto problem = holder + " has its " + listed(columns);
    guilty_.push_back({change, std::move(problem), std::move(columns), rules_[rule].rule->name, is_of_others});
}

// What came out.

/// As they are written: what the engine met first.
std::optional<std::size_t> violation_inquiry::culprit() const {
    for (auto const& origin : refused_.origins) {
        if (origin.written == nullptr) continue;
        auto const change = static_cast<std::size_t>(origin.written - changes_.data());
        if (std::ranges::find(guilty_, change, &guilt::change) != guilty_.end()) return change;
    }
    return {};
}

std::optional<std::size_t> violation_inquiry::only_suspect() const {
    std::optional<std::size_t> result;
    bool const                 is_unique = violation_.rule() == constraint_violation::rule_type::unique;
    auto const                 table = plain_name(violation_.subject().table);
    for (std::size_t i = 0; i < changes_.size(); ++i) {
        bool const may_be = is_unique ? changes_[i].access != access::removed &&
                                            plain_name(changes_[i].object->mapper().table()) == table
                                      : changes_[i].access == access::removed;
        if (!may_be) continue;
        if (result) return {};
        result = i;
    }
    return result;
}

error_subject violation_inquiry::subject(std::size_t culprit) const {
    auto        subject = violation_.subject();
    auto const& object = *changes_[culprit].object;
    subject.table = object.mapper().table();
    subject.key = object.mapper().key_text(object.key());
    auto const found = std::ranges::find(guilty_, culprit, &guilt::change);
    if (found != guilty_.end()) {
        subject.columns = found->columns;
        subject.rule = found->rule;
    } else if (is_known_) {
        subject.columns = columns_of(*rules_.front().rule);
        subject.rule = rules_.front().rule->name;
    } else if (violation_.rule() == constraint_violation::rule_type::foreign_key) {
        subject.columns.clear();  // those of what refers to it
    }
    return subject;
}

bool violation_inquiry::is_taken_by_others(std::size_t culprit) const {
    auto const found = std::ranges::find(guilty_, culprit, &guilt::change);
    return found != guilty_.end() && found->is_taken_by_others;
}

std::string violation_inquiry::words(std::size_t culprit) const {
    auto const found = std::ranges::find(guilty_, culprit, &guilt::change);
    return name_of(culprit) + (found == guilty_.end() ? "" : ": " + found->problem);
}

}  // namespace stint
