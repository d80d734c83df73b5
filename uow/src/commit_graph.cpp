#include "commit_graph.hpp"

#include <algorithm>
#include <cassert>
#include <map>
#include <numeric>
#include <string_view>
#include <utility>

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>

namespace stint {

namespace {

/// Deletes come first, so that a unique value can be given to another row; then inserts, then updates.
int rank_of(access done) {
    switch (done) {
    case access::removed: return 0;
    case access::added: return 1;
    case access::read:
    case access::changed: return 2;
    }
    return 2;
}

/// Rows that one statement can write: those that write the same fields, with a key of their own or without.
std::uint32_t kind_of(pending_change const& change) {
    return change.written->second * 2 + (change.object->key().is_pending() ? 1 : 0);
}

/// By change: numbers that rise with the keys of each table, as its mapper orders them. Mostly the changes of a table
/// come so: then their places will do.
class key_numbers {
public:
    explicit key_numbers(std::span<pending_change const> changes) : numbers_(changes.size()) {
        std::iota(numbers_.begin(), numbers_.end(), std::int64_t{0});
        for (auto const& change : changes) note(*change.object);
        if (std::ranges::all_of(tables_, [](auto const& known) { return known.second.rises; })) return;
        for (std::size_t i = 0; i < changes.size(); ++i)
            if (auto& table = table_of(changes[i].object->mapper()); !table.rises)
                table.keys.emplace_back(changes[i].object->key(), i);
        for (auto& [name, table] : tables_) sort(table);
    }

    std::int64_t operator[](std::size_t change) const noexcept { return numbers_[change]; }

private:
    struct changes_of_table {
        data_mapper const*                           type;
        row_key                                      last{};
        bool                                         rises = true;
        std::vector<std::pair<row_key, std::size_t>> keys{};  // where they don't rise, with their changes
    };

    /// Most changes are of the same class as the one before.
    changes_of_table& table_of(data_mapper const& type) {
        if (std::exchange(last_type_, &type) != &type)
            last_table_ = &tables_.try_emplace(type.table(), changes_of_table{&type}).first->second;
        return *last_table_;
    }

    void note(tracked_object const& object) {
        auto&      table = table_of(object.mapper());
        auto const before = std::exchange(table.last, object.key());  // none is before all others
        table.rises = table.rises && !table.type->precedes(object.key(), before);
    }

    void sort(changes_of_table& table) {
        auto const before = [type = table.type](auto const& left, auto const& right) {
            return type->precedes(left.first, right.first);
        };
        std::ranges::stable_sort(table.keys, before);
        for (std::size_t i = 0; i < table.keys.size(); ++i)
            numbers_[table.keys[i].second] = static_cast<std::int64_t>(i);
    }

    std::vector<std::int64_t>                    numbers_;
    std::map<std::string_view, changes_of_table> tables_;
    data_mapper const*                           last_type_ = nullptr;
    changes_of_table*                            last_table_ = nullptr;
};

}  // namespace

commit_graph::commit_graph(std::span<pending_change const> changes, std::span<unique_plan::handover const> handovers)
    : changes_(changes) {
    place_all();
    if (may_have_edges()) connect_all();
    for (auto const& handover : handovers) connect(handover);
    solve();
}

void commit_graph::place_all() {
    key_numbers const numbers{changes_};
    order_.reserve(changes_.size());
    for (std::size_t i = 0; i < changes_.size(); ++i) {
        auto const& change = changes_[i];
        order_.add({rank_of(change.access), change.object->mapper().table(), numbers[i], kind_of(change)});
    }
}

/// Only new and removed objects must come before others: those that refer to them, or take a removed one's key.
bool commit_graph::may_have_edges() const {
    bool added = false, removed = false, refers = false;
    for (auto const& change : changes_) {
        added = added || change.access == access::added;
        removed = removed || change.access == access::removed;
        refers = refers || !change.object->mapper().references().empty();
    }
    return refers ? added || removed : added && removed;
}

void commit_graph::connect_all() {
    for (std::size_t i = 0; i < changes_.size(); ++i) {
        auto const& change = changes_[i];
        auto const  row = change.object->identity();
        if (change.access == access::added) added_.emplace(row, i);
        if (change.access == access::removed) removed_.emplace(row, i);
    }
    for (std::size_t i = 0; i < changes_.size(); ++i) connect(i);
}

void commit_graph::connect(std::size_t change) {
    auto const& pending = changes_[change];
    auto const& type = pending.object->mapper();
    if (pending.access == access::added) {  // a key that is deleted and added again in one commit
        auto const before = removed_.find({&type, pending.object->key()});
        if (before != removed_.end()) first_then(before->second, change, {cause::key_taken_over}, false);
    }
    for (auto const field : type.references()) {
        bool const is_written = std::ranges::find(pending.fields(), field) != pending.fields().end();
        if (is_written) connect_new_reference(change, field);
        if (pending.access == access::removed || (pending.access == access::changed && is_written))
            connect_old_reference(change, field);
    }
}

/// What is referred to is inserted first.
void commit_graph::connect_new_reference(std::size_t change, std::size_t field) {
    auto const& object = *changes_[change].object;
    auto const& described = object.mapper().fields()[field];
    auto const  key = described.referred(object.object());
    if (key.is_none()) return;
    auto const parent = added_.find({&described.references(), key});
    if (parent == added_.end()) return;
    if (parent->second == change && key.is_given()) return;  // refers to itself by a known key
    first_then(parent->second, change, {cause::new_reference, change, field}, described.nullable);
}

/// What was referred to is deleted after, unless the reference is set to null before.
void commit_graph::connect_old_reference(std::size_t change, std::size_t field) {
    auto const& object = *changes_[change].object;
    auto const& described = object.mapper().fields()[field];
    auto const  key = described.referred(object.base());
    if (key.is_none()) return;
    auto const parent = removed_.find({&described.references(), key});
    if (parent == removed_.end() || parent->second == change) return;
    first_then(change, parent->second, {cause::old_reference, change, field}, described.nullable);
}

void commit_graph::first_then(std::size_t first, std::size_t second, edge_cause dependency, bool may_be_broken) {
    order_.first_then(first, second, may_be_broken);
    causes_.push_back(dependency);
}

/// A unique value is given up before it is taken, unless its row has let go of it before.
void commit_graph::connect(unique_plan::handover const& handover) {
    auto const& [giver, taker] = handover.changes;
    if (handover.at_once && handover.parked_field) {
        parked_.insert({giver, *handover.parked_field});
    } else {
        first_then(giver, taker, {cause::unique_value, giver, handover.parked_field}, true);
    }
}

void commit_graph::give_up(std::size_t edge) {
    auto const& [kind, change, field] = causes_[edge];
    switch (kind) {
    case cause::key_taken_over: break;  // never
    case cause::new_reference: deferred_.insert({change, *field}); break;
    case cause::old_reference: released_.insert({change, *field}); break;
    case cause::unique_value:
        if (field) {
            parked_.insert({change, *field});
        } else {
            blocked_.insert(change);
        }
        break;
    }
}

void commit_graph::solve() {
    auto solution = order_.solve();
    if (!solution.stuck.empty()) refuse_cycle(solution.stuck);
    sequence_ = std::move(solution.sequence);
    assert(sequence_.size() == changes_.size() && "each change once");
    for (auto const edge : solution.broken) give_up(edge);
}

void commit_graph::refuse_cycle(std::vector<std::size_t> const& stuck) const {
    std::string names;
    for (auto const change : stuck) {
        auto const& object = *changes_[change].object;
        names += (names.empty() ? "" : ", ") + object.name();
    }
    bool const all_removed = std::ranges::all_of(
        stuck, [&](std::size_t change) { return changes_[change].access == access::removed; });
    throw usage_error("these objects refer to each other in a cycle by members that can't be null, so none can be " +
                      std::string(all_removed ? "deleted" : "written") + " first: " + names +
                      "; a cycle needs a reference that may be null (std::optional) at one place at least");
}

}  // namespace stint
