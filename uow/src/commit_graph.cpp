#include "commit_graph.hpp"

#include <algorithm>

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>

namespace stint {

namespace {

/// Deletes come first, so that a unique value can be given to another row; then inserts, then updates.
int rank_of(change_kind what) {
    switch (what) {
    case change_kind::removed: return 0;
    case change_kind::added: return 1;
    case change_kind::changed: return 2;
    }
    return 2;
}

}  // namespace

commit_graph::commit_graph(std::span<pending_change const> changes) : changes_(changes) {
    index();
    for (std::size_t i = 0; i < changes_.size(); ++i) connect(i);
    solve();
}

void commit_graph::index() {
    for (std::size_t i = 0; i < changes_.size(); ++i) {
        auto const& object = *changes_[i].object;
        order_.add({rank_of(changes_[i].what), object.mapper().table(), object.raw_key()});
        if (changes_[i].what == change_kind::added) added_[{&object.mapper(), object.raw_key()}] = i;
        if (changes_[i].what == change_kind::removed) removed_[{&object.mapper(), object.raw_key()}] = i;
    }
}

void commit_graph::connect(std::size_t change) {
    auto const& one = changes_[change];
    auto const& type = one.object->mapper();
    if (added_.empty() && removed_.empty()) return;

    if (one.what == change_kind::added) {  // a key that is deleted and added again in one commit
        auto const before = removed_.find({&type, one.object->raw_key()});
        if (before != removed_.end()) order_.first_then(before->second, change);
    }
    for (std::size_t field = 0; field < type.fields().size(); ++field) {
        if (type.fields()[field].references == nullptr) continue;
        bool const written = std::find(one.fields.begin(), one.fields.end(), field) != one.fields.end();
        if (written) connect_new_reference(change, field);
        if (one.what == change_kind::removed || (one.what == change_kind::changed && written))
            connect_old_reference(change, field);
    }
}

/// What is referred to is inserted first.
void commit_graph::connect_new_reference(std::size_t change, std::size_t field) {
    auto const& object = *changes_[change].object;
    auto const& described = object.mapper().fields()[field];
    auto const  raw = referred_key(object.mapper(), object.object(), field);
    if (!raw) return;
    auto const parent = added_.find({&described.references(), *raw});
    if (parent == added_.end()) return;
    if (parent->second == change && !detail::is_pending_key(*raw)) return;  // refers to itself by a known key
    auto const edge = order_.first_then(parent->second, change, described.nullable);
    if (described.nullable) breakable_[edge] = {change, field};
}

/// What was referred to is deleted after.
void commit_graph::connect_old_reference(std::size_t change, std::size_t field) {
    auto const& object = *changes_[change].object;
    auto const  raw = referred_key(object.mapper(), object.base(), field);
    if (!raw) return;
    auto const parent = removed_.find({&object.mapper().fields()[field].references(), *raw});
    if (parent == removed_.end() || parent->second == change) return;
    order_.first_then(change, parent->second);
}

void commit_graph::solve() {
    auto solution = order_.solve();
    if (!solution.stuck.empty()) refuse_cycle(solution.stuck);
    sequence_ = std::move(solution.sequence);
    for (auto const edge : solution.broken) deferred_.insert(breakable_.at(edge));
}

void commit_graph::refuse_cycle(std::vector<std::size_t> const& stuck) const {
    std::string names;
    for (auto const change : stuck) {
        auto const& object = *changes_[change].object;
        names += (names.empty() ? "" : ", ") + object.mapper().table() + " " + detail::key_text(object.raw_key());
    }
    throw usage_error("these objects refer to each other in a cycle, so none can be written first: " + names +
                      "; make one of the references optional, or commit in two steps");
}

}  // namespace stint
