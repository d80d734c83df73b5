#include "flush.hpp"

#include <algorithm>
#include <cassert>
#include <exception>

#include <stint/lock_rows.hpp>
#include <stint/log.hpp>

#include "violation_inquiry.hpp"

namespace stint {

namespace {

/// Others may know it, too.
bool has_known_key(tracked_object const& object) noexcept {
    return !detail::is_pending_key(object.raw_key());
}

value found_in(refusal const& one, std::size_t column) {
    return column < one.found.size() ? one.found[column] : value{null};
}

/// A row of the lock strategy's that is about an object is reported as the object's.
void name_object(conflict& of, row_origin const& origin) {
    if (origin.object == nullptr) return;
    of.table = origin.object->mapper().table();
    of.key = detail::key_text(origin.object->raw_key());
    of.mine = origin.how;
}

/// Of an offline lock: of the object that it is about, if it is about one, with who holds it.
conflict conflict_of_lock(row_origin const& origin, held_lock lock, reason why) {
    conflict result{.table = "stint_locks", .key = lock.name, .why = why};
    name_object(result, origin);
    result.lock = std::move(lock);
    return result;
}

/// Of another row that the lock strategy added: what it reports.
conflict conflict_of_strategy(row_origin const& origin, write_batch::row const& row, refusal const& one) {
    conflict result{.table = row.shape.table, .key = {}, .why = one.why};
    for (auto const& part : row.key) result.key += (result.key.empty() ? "" : ", ") + to_string(part);
    name_object(result, origin);
    for (std::size_t i = 0; i < row.shape.report.size(); ++i)
        result.columns.push_back({row.shape.report[i].name, null, null, found_in(one, i)});
    return result;
}

/// Of an object: base, mine and theirs of every column that I or they changed.
conflict conflict_of(row_origin const& origin, refusal const& one) {
    auto const& object = *origin.object;
    auto const& type = object.mapper();
    conflict    result{
           .table = type.table(), .key = detail::key_text(object.raw_key()), .why = one.why, .mine = origin.how};
    bool const is_new = origin.how == access::added;
    if (!is_new) result.expected = object.version();
    if (!one.found.empty() && !is_null(one.found.back()))
        result.found = version_number{std::get<std::int64_t>(one.found.back())};
    for (std::size_t field = 0; field < type.fields().size(); ++field) {
        column_conflict column{type.fields()[field].what.name,
                               is_new ? value{null} : shown(object, object.base(), field),
                               shown(object, object.object(), field), found_in(one, field + 1)};
        bool const      they_changed_it = !one.found.empty() && column.changed_by_them();
        if (column.changed_by_me() || they_changed_it) result.columns.push_back(std::move(column));
    }
    return result;
}

/// The engine's own exception stays nested.
[[noreturn]] void throw_about(constraint_violation const& refused, std::string const& words, error_subject about,
                              advice next = advice::ask_a_person) {
    constraint_violation named{std::string(refused.std::runtime_error::what()) + "; it is " + words, refused.report(),
                               refused.rule(), refused.subject(), next};
    named.tell_subject(std::move(about));
    try {
        std::rethrow_if_nested(refused);
    } catch (...) {
        std::throw_with_nested(named);
    }
    throw named;
}

}  // namespace

flush::flush(unit_of_work& unit)
    : unit_(unit), changes_(collect_changes(unit.objects_)),
      plan_(plan_for(unit.objects_, changes_.list, unit.verification())) {}

void flush::prepare() {
    unit_.strategy()->before_flush(unit_, plan_);
    bind_to_locks(plan_, unit_);
    built_ = batch_builder{unit_.map_, changes_.list, plan_}.build();
}

flush_outcome flush::send_batch() {
    return unit_.lend()->flush(built_.rows, unit_.until());
}

flush_outcome flush::send() {
    try {
        return send_batch();
    } catch (constraint_violation const& refused) {
        switch (refused.rule()) {
        case constraint_violation::rule_type::unique: rules_ = rules_of_tables(); return send_anew(refused);
        case constraint_violation::rule_type::foreign_key: return explain(refused);
        default: throw;
        }
    }
}

std::vector<unique_rule> flush::rules_of_tables() {
    std::vector<std::string> tables;
    for (auto const& one : changes_.list) tables.push_back(one.object->mapper().table());
    std::ranges::sort(tables);
    tables.erase(std::unique(tables.begin(), tables.end()), tables.end());
    return unit_.lend()->unique_rules(tables, unit_.until());
}

/// Where a rule of another kind refuses the values that rows have meanwhile, others are tried.
flush_outcome flush::send_anew(constraint_violation const& refused) {
    values_ = unique_plan{changes_, rules_, versions_expected(changes_.list, plan_)};
    std::string no_other_passes;
    for (auto const how : {parking::null_or_far, parking::far, parking::near}) {
        if (how == parking::far && !values_.parks_by_null()) continue;  // tried already
        if (how == parking::near) learn_highest();
        if (!plan_anew(how)) break;
        try {
            return send_batch();
        } catch (constraint_violation const& again) {
            if (again.rule() == constraint_violation::rule_type::unique) return explain(again);
            if (exchanging_.empty()) throw;
            no_other_passes = again.what();
        } catch (database_error const& again) {
            if (again.kind() != error_kind::invalid_value || exchanging_.empty()) throw;
            no_other_passes = again.what();
        }
    }
    return explain(refused, no_other_passes);
}

void flush::learn_highest() {
    for (auto const& wanted : values_.highest_values())
        unit_.lend()->select(
            wanted, [&](std::span<value> row) { values_.note_highest(wanted, row.front()); }, unit_.until());
}

/// False where there is no other way to write the same.
bool flush::plan_anew(parking how) {
    batch_builder builder{unit_.map_, changes_.list, plan_, &values_, how};
    note_exchanging(builder.graph());
    if (!builder.graph().blocked().empty()) return false;
    if (exchanging_.empty() && how != parking::null_or_far) return false;
    auto planned = builder.build();
    if (exchanging_.empty() && planned.origins == built_.origins) return false;
    built_ = std::move(planned);
    return true;
}

/// Both sides.
void flush::note_exchanging(commit_graph const& graph) {
    exchanging_.clear();
    for (auto const& [who, field, at_once] : values_.handovers()) {
        bool const is_parked = field && graph.parked().contains({who.giver, *field});
        if (is_parked || graph.blocked().contains(who.giver)) exchanging_.insert({who.giver, who.taker});
    }
}

/// While the violation is being handled: throws it again as one that says which object broke the rule, unless somebody
/// else has changed rows meanwhile.
flush_outcome flush::explain(constraint_violation const& refused, std::string const& no_other_passes) {
    violation_inquiry inquiry{changes_.list, built_, rules_, refused};
    ask(inquiry);
    if (!inquiry.stale().empty()) return flush_refused{inquiry.stale()};
    if (auto const culprit = inquiry.culprit()) {
        auto const about = inquiry.subject(*culprit);
        bool const was_overtaken = inquiry.is_taken_by_others(*culprit) &&
                                   unit_.had_looked_for(*changes_.list[*culprit].object, about.columns);
        throw_about(refused, inquiry.words(*culprit), about,
                    was_overtaken ? advice::reload_and_retry : advice::ask_a_person);
    }
    if (!exchanging_.empty()) {
        auto const words = names_of_exchanging() +
                           ": they take values of each other, and can have no others meanwhile" +
                           (no_other_passes.empty() ? "" : " (" + no_other_passes + ")");
        throw_about(refused, words, inquiry.subject(*exchanging_.begin()));
    }
    bool const is_told = !refused.subject().key.empty();
    if (auto const suspect = inquiry.only_suspect(); suspect && !is_told)
        throw_about(refused, inquiry.words(*suspect), inquiry.subject(*suspect));
    throw;
}

void flush::ask(violation_inquiry& inquiry) {
    if (inquiry.questions().empty()) return;
    try {
        auto const answers = unit_.lend()->flush(inquiry.questions(), unit_.until());
        if (auto const* found = std::get_if<flush_refused>(&answers)) inquiry.take(*found);
    } catch (error const& e) {
        logger()->warn("{}: whose row broke a rule could not be looked at: {}", unit_.db().address(), e.what());
    }
}

std::string flush::names_of_exchanging() const {
    constexpr std::size_t at_most = 20;
    std::string           names;
    std::size_t           named = 0;
    for (auto const change : exchanging_) {
        if (named++ == at_most) return names + " and " + std::to_string(exchanging_.size() - at_most) + " more";
        auto const& object = *changes_.list[change].object;
        names += (names.empty() ? "" : ", ") + object.mapper().table() + " " + detail::key_text(object.raw_key());
    }
    return names;
}

commit_report flush::apply(flush_done const& done) {
    assert(done.returned.size() == built_.origins.size() && "an answer for each row");
    commit_report report;
    for (std::size_t row = 0; row < built_.origins.size(); ++row)
        if (built_.origins[row].written != nullptr) apply(built_.origins[row], done.returned[row], report);
    unit_.fill_in_keys();
    settle_all();
    return report;
}

void flush::apply(row_origin const& origin, std::span<value const> returned, commit_report& report) {
    auto& object = *origin.object;
    switch (origin.written->what) {
    case change_kind::added:
        insert(object, returned.front());
        ++report.inserted;
        break;
    case change_kind::changed:
        object.set_version(origin.expects_version ? object.version().next()
                                                  : version_number{std::get<std::int64_t>(returned.front())});
        ++report.updated;
        break;
    case change_kind::removed:
        unit_.forget(object);
        ++report.removed;
        break;
    }
}

void flush::insert(tracked_object& object, value const& returned) {
    auto const number = std::get<std::int64_t>(returned);
    if (!detail::is_pending_key(object.raw_key())) {
        object.set_version(version_number{number});
        return;
    }
    object.set_raw_key(number);
    object.set_version(version_number{1});
    unit_.map_.put(object);  // beside its pending key, by which copies of its id still find it
}

void flush::settle_all() {
    for (auto* object : unit_.objects_) {
        if (object->state() == object_state::gone) continue;
        if (object->state() != object_state::clean || object->has_snapshot()) object->settle();
    }
}

std::vector<conflict> flush::conflicts(flush_refused const& refused) const {
    std::vector<conflict>           result;
    std::set<tracked_object const*> told;  // by the row that carries out the object's change
    for (auto const& one : refused.rows)
        if (built_.origins[one.row].written != nullptr) told.insert(built_.origins[one.row].object);
    for (auto const& one : refused.rows) {
        if (built_.origins[one.row].beside && told.contains(built_.origins[one.row].object)) continue;
        auto found = to_conflict(one);
        found.next = next_after(one);
        // A lock that is lost is met twice: where it is verified and where it is given back.
        bool const is_known = found.lock && std::ranges::find(result, found) != result.end();
        if (!is_known) result.push_back(std::move(found));
    }
    return result;
}

std::vector<object_key> flush::objects_in_the_way(flush_refused const& refused) const {
    std::vector<object_key> result;
    for (auto const& one : refused.rows)
        if (auto const* object = built_.origins[one.row].object; object != nullptr && has_known_key(*object))
            result.push_back({&object->mapper(), object->raw_key()});
    return result;
}

/// What the caller can do about it. A rerun waits for the lock of an object that it reads again, where its strategy
/// then locks first.
advice flush::next_after(refusal const& one) const {
    auto const* const object = built_.origins[one.row].object;
    if (one.why == reason::suppressed()) return advice::fix_the_code;
    if (one.why == reason::exists())
        return object != nullptr && unit_.had_looked_for(*object) ? advice::reload_and_retry : advice::ask_a_person;
    if (one.why == reason::bound()) {
        bool const is_read_again = object != nullptr &&
                                   (object->state() != object_state::added || unit_.had_looked_for(*object));
        bool const rerun_waits = is_read_again && unit_.options_.lock->locks_after_refusal(object->mapper());
        return rerun_waits ? advice::reload_and_retry : advice::wait_and_retry;
    }
    return advice::reload_and_retry;
}

conflict flush::to_conflict(refusal const& one) const {
    auto const& origin = built_.origins[one.row];
    auto const  row = built_.rows[one.row];
    if (origin.of_strategy) {
        if (auto lock = lock_in(row, one)) return conflict_of_lock(origin, std::move(*lock), one.why);
        return conflict_of_strategy(origin, row, one);
    }
    return conflict_of(origin, one);
}

}  // namespace stint
