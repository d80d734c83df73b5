#include "flush.hpp"

namespace stint {

namespace {

/// `changes` are in the order of the objects.
flush_plan plan_for(std::span<std::unique_ptr<tracked_object> const> objects, std::span<pending_change const> changes,
                    verify demanded) {
    std::vector<touched_object> touched;
    auto                        next = changes.begin();
    for (auto const& object : objects) {
        if (object->state() == object_state::gone) continue;
        bool const has_change = next != changes.end() && next->object == object.get();
        touched.emplace_back(*object, has_change ? access_of(*next++) : access::read, demanded);
    }
    return flush_plan{std::move(touched)};
}

value found_in(refusal const& one, std::size_t column) {
    return column < one.found.size() ? one.found[column] : value{null};
}

/// Of a row that the lock strategy added: what it reports.
conflict conflict_of_strategy(write_batch::row const& row, refusal const& one) {
    conflict result{.table = row.shape.table, .key = {}, .why = one.why};
    for (auto const& part : row.key) result.key += (result.key.empty() ? "" : ", ") + to_string(part);
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

}  // namespace

flush::flush(unit_of_work& unit)
    : unit_(unit), changes_(collect_changes(unit.objects_)),
      plan_(plan_for(unit.objects_, changes_, unit.verification())) {}

void flush::prepare() {
    unit_.options_.lock->before_flush(unit_, plan_);
    built_ = batch_builder{unit_.map_, changes_, plan_}.build();
}

flush_outcome flush::send() {
    return unit_.db_.lend(unit_.until())->flush(built_.rows, unit_.until());
}

commit_report flush::apply(flush_done const& done) {
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
    for (auto const& object : unit_.objects_) {
        if (object->state() == object_state::gone) continue;
        if (object->state() != object_state::clean || object->snapshot() != nullptr) object->settle();
    }
}

std::vector<conflict> flush::conflicts(flush_refused const& refused) const {
    std::vector<conflict> result;
    for (auto const& one : refused.rows) result.push_back(to_conflict(one));
    return result;
}

conflict flush::to_conflict(refusal const& one) const {
    auto const& origin = built_.origins[one.row];
    return origin.object != nullptr ? conflict_of(origin, one) : conflict_of_strategy(built_.rows[one.row], one);
}

}  // namespace stint
