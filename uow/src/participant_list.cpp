#include "participant_list.hpp"

#include <algorithm>
#include <exception>
#include <set>

#include <stint/data_mapper.hpp>
#include <stint/extension/lock_rows.hpp>
#include <stint/log.hpp>

#include "unit_memory.hpp"

namespace stint {

namespace {

constexpr std::size_t check_of_versions = 0;  // its place in the list

error_kind kind_of(reason why) {
    if (why == reason::suppressed()) return error_kind::access;
    if (why == reason::exists()) return error_kind::taken;
    return why == reason::deleted() ? error_kind::gone : error_kind::conflict;
}

advice advice_for(reason why) {
    if (why == reason::suppressed()) return advice::fix_the_code;
    return why == reason::exists() ? advice::ask_a_person : advice::reload_and_retry;
}

/// What can be told of any row.
conflict conflict_of(refused_row const& one) {
    auto const& shape = one.row.shape;
    conflict    told{.table = shape.table,
                     .key = {},
                     .why = one.why.why,
                     .kind = kind_of(one.why.why),
                     .next = advice_for(one.why.why)};
    for (auto const& part : one.row.key) told.key += (told.key.empty() ? "" : ", ") + to_string(part);
    if (one.about != nullptr) {
        told.table = one.about->mapper().table();
        told.key = detail::key_text(one.about->raw_key());
        told.mine = one.how;
    }
    for (std::size_t i = 0; i < shape.report.size(); ++i)
        told.columns.push_back(
            {shape.report[i].name, null, null, i < one.why.found.size() ? one.why.found[i] : value{null}});
    return told;
}

void log_failure(char const* when) noexcept {
    try {
        throw;
    } catch (std::exception const& e) {
        logger()->error("what takes part in a flush failed {}: {}", when, e.what());
    } catch (...) {
        logger()->error("what takes part in a flush threw something that is not a std::exception {}", when);
    }
}

}  // namespace

participant_list::participant_list(unit_context& unit, unit_options const& options, unit_memory const& memory)
    : unit_(unit), versions_(memory), list_{&versions_, options.lock.get()} {
    for (auto const& participant : options.participants) list_.push_back(participant.get());
    list_.push_back(&lock_binding());  // the last, so that it sees all that is written
}

void participant_list::ask(flush_plan& plan) {
    ends_.clear();
    for (auto* one : list_) {
        one->before_flush(unit_, plan);
        ends_.push_back(plan.rows().size());
    }
}

void participant_list::tell(flush_plan const& plan, flush_end how, std::span<refusal const> refusals) noexcept {
    for (auto* one : list_) try {
            one->after_flush(unit_, plan, how, refusals);
        } catch (...) {
            log_failure("after its end");
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
        log_failure("when it was asked about a refusal");
    }
}

std::vector<conflict> participant_list::explain(flush_refused const& refused, flush_batch const& batch) {
    std::set<tracked_object const*> told;  // by the row that carries out the object's change
    for (auto const& one : refused.rows)
        if (auto const& origin = batch.origins[one.row]; origin.written != nullptr) told.insert(origin.object);

    std::vector<place>                    places;
    std::vector<std::vector<refused_row>> rows(list_.size());
    for (auto const& one : refused.rows) {
        auto const& origin = batch.origins[one.row];
        auto const  whose = owner_of(origin);
        refused_row row{batch.rows[one.row], one, origin.object, origin.how};
        row.told = conflict_of(row);
        row.is_told = !origin.beside || !told.contains(origin.object);
        places.push_back({whose, rows[whose].size()});
        rows[whose].push_back(std::move(row));
    }
    for (std::size_t i = 0; i < list_.size(); ++i) explain(i, rows[i]);

    std::vector<conflict> conflicts;
    for (auto const& [whose, row] : places)
        if (auto& one = rows[whose][row]; one.is_told) conflicts.push_back(std::move(one.told));
    return conflicts;
}

}  // namespace stint
