#include <stint/extension/lock_rows.hpp>

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include <stint/data_mapper.hpp>
#include <stint/database.hpp>
#include <stint/lock_error.hpp>
#include <stint/lock_policy.hpp>
#include <stint/lock_table.hpp>
#include <stint/log.hpp>
#include <stint/tracked.hpp>

#include "unit_locks.hpp"

namespace stint {

namespace {

constexpr auto lock_table_name = "stint_locks";

column text_column(char const* name) {
    return {name, {data_type::text}};
}

column const resource = text_column("resource"), owner = text_column("owner"), label = text_column("label"),
             remark = text_column("reason"), broken_by = text_column("broken_by"), fence{"fence", {data_type::integer}},
             acquired_at{"acquired_at", {data_type::instant}}, expires_at{"expires_at", {data_type::instant}};

row_shape guard(row_action action, std::vector<condition> conditions, reason reason) {
    return {.action = action,
            .table = lock_table_name,
            .key = {resource},
            .conditions = std::move(conditions),
            .report = {owner, label, remark, fence, acquired_at, expires_at, broken_by},
            .lock = row_lock::share,
            .if_absent = action == row_action::forbid ? reason::deleted() : reason,
            .if_different = reason,
            .held_last = true};
}

plan_row bound_row(tracked_object const& object, std::string const& mine) {
    using test = condition::test;
    return {.shape = guard(row_action::forbid, {{owner, test::differs}, {expires_at, test::later_than_clock}},
                           lock_reason::bound()),
            .key = {lock_name_of(object)},
            .conditions = {mine},
            .object = &object};
}

void demand_lock(touched_object const& touched, lock_policy declared) {
    bool const demands = declared >= lock_policy::exclusive_write && touched.access() != access::added;
    if (demands && touched.lock() == touched_object::lock_state::none) throw lock_required(touched.object(), declared);
}

}  // namespace

plan_row verify_row(lease const& held, tracked_object const* object) {
    return {.shape = guard(row_action::require, {{owner}, {fence}, {expires_at, condition::test::later_than_clock}},
                           lock_reason::lost()),
            .key = {held.name},
            .conditions = {held.owner, held.fence},
            .object = object};
}

plan_row release_row(lease const& held, tracked_object const* object) {
    using source = assignment::source;
    auto shape = guard(row_action::update, {}, lock_reason::lost());
    shape.assignments = {{owner}, {label}, {remark}, {broken_by}, {acquired_at, source::clock}, {expires_at}};
    auto const nothing = std::string{};
    return {.shape = std::move(shape),
            .key = {held.name},
            .assignments = {nothing, nothing, nothing, nothing, timestamp{}},
            .object = object};
}

namespace {

/// The lock that a row is about, as it was found when it refused; none for rows of other kinds.
std::optional<held_lock> lock_in(refused_row const& refused) {
    auto const& row = refused.row;
    auto const& seen = refused.answer.found;
    if (row.shape.table != lock_table_name || row.key.size() != 1) return std::nullopt;
    held_lock found{.name = std::get<std::string>(row.key.front())};
    if (seen.size() != row.shape.report.size() || seen.empty()) return found;
    auto const text = [&](std::size_t column) { return std::get<std::string>(seen[column]); };
    found.owner = text(0);
    found.label = text(1);
    found.reason = text(2);
    found.fence = std::get<std::int64_t>(seen[3]);
    found.since = std::get<timestamp>(seen[4]);
    found.until = std::get<timestamp>(seen[5]);
    found.broken_by = text(6);
    return found;
}

/// Only the database's clock knows how long they are held.
void look_at_locks(unit_context& unit, std::span<refused_row* const> rows) {
    std::vector<std::string> names;
    for (auto const* row : rows) names.push_back(row->told.lock->name);
    try {
        auto const held = lock_table{unit.db()}.find(names, unit.deadline());
        for (auto* row : rows) {
            auto&      told = *row->told.lock;
            auto const found = std::ranges::find(held, told.name, &held_lock::name);
            bool const is_same = found != held.end() && found->fence == told.fence;
            if (is_same || row->answer.reason == lock_reason::lost())  // what bound the commit is told as it was found
                told = found != held.end() ? *found : held_lock{.name = told.name};
        }
    } catch (error const& e) {
        logger()->warn("{}: the locks that refused a commit could not be looked at: {}", unit.db().address(), e.what());
    }
}

class binding final : public flush_participant {
public:
    void before_flush(unit_context& unit, flush_plan& plan) override {
        data_mapper const*         type = nullptr;
        std::optional<lock_policy> declared;
        for (auto const& touched : plan.objects()) {
            auto const& object = touched.object();
            if (type != &object.mapper()) {
                type = &object.mapper();
                declared = declared_policy(*type);
            }
            if (!declared || touched.access() == access::read) continue;
            demand_lock(touched, *declared);
            bool const looks = touched.lock() == touched_object::lock_state::none ||
                               touched.lock() == touched_object::lock_state::waived;
            if (looks && !object.key().is_pending()) plan.add(bound_row(object, unit.owner()));
        }
    }

    void explain(unit_context& unit, std::span<refused_row> rows) override { explain_lock_rows(unit, rows); }
};

}  // namespace

/// A lock that is lost is met twice: where it is verified and where it is given back.
void explain_lock_rows(unit_context& unit, std::span<refused_row> rows) {
    std::vector<refused_row*>                          of_locks;
    std::set<std::pair<std::string, std::string_view>> told;
    for (auto& row : rows) {
        auto lock = lock_in(row);
        if (!lock) continue;
        if (!told.insert({lock->name, row.answer.reason.name()}).second) row.is_told = false;
        if (row.object == nullptr) row.told.key = lock->name;
        row.told.columns.clear();
        row.told.lock = std::move(lock);
        of_locks.push_back(&row);
        if (row.answer.reason != lock_reason::bound()) continue;
        bool const rerun_waits = row.object != nullptr && unit.rerun_waits_for(*row.object);
        row.told.kind = error_kind::locked;
        row.told.next = rerun_waits ? advice::reload_and_retry : advice::wait_and_retry;
    }
    if (!of_locks.empty()) look_at_locks(unit, of_locks);
}

flush_participant& lock_binding() noexcept {
    static binding shared;
    return shared;
}

}  // namespace stint
