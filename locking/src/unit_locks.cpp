#include "unit_locks.hpp"

#include <utility>

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>
#include <stint/lock_table.hpp>

namespace stint {

std::string lock_name_of(object_key const& object) {
    auto const key = object.type->key_value(object.key);
    return lock_name(object.type->table(), {&key, 1});
}

std::string lock_name_of(tracked_object const& object) {
    return lock_name_of(object.identity());
}

unit_locks* unit_locks::of(unit_context& unit) {
    auto* const memory = unit.memory().get();
    auto* const locks = dynamic_cast<unit_locks*>(memory);
    if (memory != nullptr && locks == nullptr)
        throw usage_error(
            "the unit's lock_memory is used by another strategy: one that builds on implicit_lock needs another "
            "place for what it remembers");
    return locks;
}

bool unit_locks::has(std::string const& name) const noexcept {
    auto const found = locks_.find(name);
    if (found == locks_.end() || !found->second.is_confirmed) return false;
    auto const& held = found->second.grant;
    return !held.ends.has_passed() || (keeper_ != nullptr && keeper_->relies_on(held));
}

bool unit_locks::is_first(std::string const& name) const noexcept {
    auto const found = locks_.find(name);
    return found != locks_.end() && found->second.grant.is_first;
}

void unit_locks::take(std::vector<lease> const& granted) {
    for (auto const& fresh : granted) {
        auto&      known = locks_[fresh.name];
        auto const before = std::exchange(known.grant, fresh);
        bool const is_same = before.fence == fresh.fence;
        if (is_same) {
            known.grant.is_first = before.is_first;
            known.grant.was_held = before.was_held;
            continue;
        }
        known.is_confirmed = false;
        known.was_retaken = !before.name.empty();
        if (known.was_retaken && keeper_ != nullptr) keeper_->forget(before);
    }
    if (keeper_ != nullptr)
        for (auto const& fresh : granted) keeper_->keep(fresh, tell_);
}

void unit_locks::confirm(std::string const& name) noexcept {
    auto const found = locks_.find(name);
    if (found == locks_.end()) return;
    found->second.is_confirmed = true;
    found->second.grant.is_first = false;
}

void unit_locks::doubt() noexcept {
    is_in_doubt = true;
    for (auto& [name, known] : locks_) known.is_confirmed = false;
}

bool unit_locks::may_be_stale(std::string const& name) const noexcept {
    auto const found = locks_.find(name);
    return found != locks_.end() && (found->second.was_retaken || !found->second.is_confirmed);
}

std::vector<lease> unit_locks::leases() const {
    std::vector<lease> result;
    for (auto const& [name, known] : locks_) result.push_back(known.grant);
    return result;
}

std::vector<lease> unit_locks::of_this_unit() const {
    std::vector<lease> result;
    for (auto const& [name, known] : locks_)
        if (!known.grant.was_held) result.push_back(known.grant);
    return result;
}

std::vector<std::string> unit_locks::names() const {
    std::vector<std::string> result;
    for (auto const& [name, known] : locks_) result.push_back(name);
    return result;
}

void unit_locks::pause_renewing() noexcept {
    if (keeper_ == nullptr) return;
    for (auto& [name, known] : locks_) {
        auto const last = keeper_->forget(known.grant);
        if (last) known.grant.ends = last->ends;
        known.is_paused = last.has_value();
    }
}

void unit_locks::resume_renewing() {
    if (keeper_ == nullptr) return;
    for (auto& [name, known] : locks_)
        if (std::exchange(known.is_paused, false)) keeper_->keep(known.grant, tell_);
}

void unit_locks::forget_all() noexcept {
    pause_renewing();
    locks_.clear();
}

}  // namespace stint
