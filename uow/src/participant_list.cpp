#include "participant_list.hpp"

#include <algorithm>
#include <cassert>
#include <exception>
#include <set>
#include <utility>

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>
#include <stint/extension/lock_rows.hpp>
#include <stint/extension/lock_strategy.hpp>
#include <stint/extension/unit_context.hpp>
#include <stint/log.hpp>

#include "pending_change.hpp"
#include "unit_memory.hpp"

namespace stint {

namespace {

constexpr std::size_t check_of_versions = 0;  // its place in the list

error_kind kind_of(reason given) {
    if (given == reason::suppressed()) return error_kind::access;
    if (given == reason::exists()) return error_kind::taken;
    return given == reason::deleted() ? error_kind::gone : error_kind::conflict;
}

/// A new object that the unit had looked for, and that is there by now, is somebody else's moment: a new try finds it.
advice advice_for(refused_row const& row, unit_memory const& memory) {
    auto const given = row.answer.reason;
    if (given == reason::suppressed()) return advice::fix_the_code;
    bool const is_duplicate = given == reason::exists() &&
                              (row.object == nullptr || !memory.had_looked_for(*row.object));
    return is_duplicate ? advice::ask_a_person : advice::reload_and_retry;
}

/// What can be told of any row.
conflict conflict_of(refused_row const& row, unit_memory const& memory) {
    auto const& shape = row.row.shape;
    auto const& found = row.answer.found;
    conflict    told{.table = shape.table,
                     .key = {},
                     .reason = row.answer.reason,
                     .kind = kind_of(row.answer.reason),
                     .next = advice_for(row, memory)};
    for (auto const& part : row.row.key) told.key += (told.key.empty() ? "" : ", ") + to_string(part);
    if (row.object != nullptr) {
        told.table = row.object->mapper().table();
        told.key = row.object->mapper().key_text(row.object->key());
        told.access = row.access;
    }
    for (std::size_t i = 0; i < shape.report.size(); ++i)
        told.columns.push_back({shape.report[i].name, null, null, i < found.size() ? found[i] : value{null}});
    return told;
}

value found_in(refusal const& refused, std::size_t column) {
    return column < refused.found.size() ? refused.found[column] : value{null};
}

void tell_columns(refused_row& row) {
    auto const& object = *row.object;
    auto const& type = object.mapper();
    auto const& found = row.answer.found;
    bool const  is_new = row.access == access::added;
    row.told.columns.clear();
    for (std::size_t field = 0; field < type.fields().size(); ++field) {
        column_conflict column{type.fields()[field].column.name,
                               is_new ? value{null} : shown(type, object.base(), field),
                               shown(type, object.object(), field), found_in(row.answer, field + 1)};
        bool const      they_changed_it = !found.empty() && column.changed_by_them();
        if (column.changed_by_me() || they_changed_it) row.told.columns.push_back(std::move(column));
    }
}

void log_failure(char const* moment) noexcept {
    try {
        throw;
    } catch (std::exception const& e) {
        logger()->error("a participant failed {}: {}", moment, e.what());
    } catch (...) {
        logger()->error("a participant threw something that is not a std::exception {}", moment);
    }
}

}  // namespace

void version_check::before_flush(unit_context& unit, flush_plan& plan) {
    bool const of_reads = unit.verification() == verify::reads;
    for (auto& touched : plan.objects())
        if (of_reads || touched.access() != access::read) touched.expect_version();
}

void version_check::explain(unit_context&, std::span<refused_row> rows) {
    for (auto& row : rows) {
        assert(row.object != nullptr && "a row that is held only refuses nothing");
        auto const& found = row.answer.found;
        if (row.access != access::added) row.told.expected = row.object->version();
        if (!found.empty() && !is_null(found.back())) row.told.found = row.object->mapper().version_in(found.back());
        tell_columns(row);
    }
}

participant_list::participant_list(unit_context& unit, unit_options const& options, unit_memory const& memory)
    : unit_(unit), memory_(memory), list_{&versions_} {
    for (auto const& participant : options.participants) {
        if (participant == nullptr) throw usage_error("a participant of a unit of work is null");
        list_.push_back(participant.get());
    }
    list_.push_back(options.lock.get());  // locks what those before have made a write
    list_.push_back(&lock_binding());     // sees all that is written
}

void participant_list::ask(flush_plan& plan) {
    ends_.clear();
    for (auto* participant : list_) {
        participant->before_flush(unit_, plan);
        assert((ends_.empty() || plan.rows().size() >= ends_.back()) && "rows are added to a plan, not taken out");
        ends_.push_back(plan.rows().size());
    }
}

void participant_list::tell(flush_plan const& plan, flush_end end, std::span<refusal const> refusals) noexcept {
    for (auto* participant : list_) try {
            participant->after_flush(unit_, plan, end, refusals);
        } catch (...) {
            log_failure("after the flush had ended");
        }
}

std::size_t participant_list::owner_of(row_origin const& origin) const noexcept {
    if (!origin.plan_row) return check_of_versions;
    return static_cast<std::size_t>(std::ranges::upper_bound(ends_, *origin.plan_row) - ends_.begin());
}

void participant_list::explain(std::size_t participant, std::vector<refused_row>& rows) noexcept {
    try {
        if (!rows.empty()) list_[participant]->explain(unit_, rows);
    } catch (...) {
        log_failure("while it explained a refusal");
    }
}

std::vector<conflict> participant_list::explain(flush_refused const& refused, flush_batch const& batch) {
    std::set<tracked_object const*> written;  // whose own rows refused
    for (auto const& answer : refused.rows)
        if (auto const& origin = batch.origins[answer.row]; origin.written != nullptr) written.insert(origin.object);

    std::vector<place>                    places;
    std::vector<std::vector<refused_row>> rows(list_.size());
    for (auto const& answer : refused.rows) {
        auto const& origin = batch.origins[answer.row];
        auto const  owner = owner_of(origin);
        refused_row row{batch.rows[answer.row], answer, origin.object, origin.access};
        row.told = conflict_of(row, memory_);
        row.is_told = !origin.is_extra || !written.contains(origin.object);
        places.push_back({owner, rows[owner].size()});
        rows[owner].push_back(std::move(row));
    }
    for (std::size_t i = 0; i < list_.size(); ++i) explain(i, rows[i]);

    std::vector<conflict> conflicts;
    for (auto const& [owner, row] : places)
        if (rows[owner][row].is_told) conflicts.push_back(rows[owner][row].told);
    if (conflicts.empty()) conflicts.push_back(rows[places.front().participant][places.front().row].told);
    return conflicts;
}

}  // namespace stint
