#include "batch_builder.hpp"

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>

namespace stint {

namespace {

row_action action_of(change_kind what) {
    switch (what) {
    case change_kind::added: return row_action::insert;
    case change_kind::changed: return row_action::update;
    case change_kind::removed: return row_action::remove;
    }
    return row_action::update;
}

std::vector<column> all_columns(data_mapper const& type) {
    return {type.columns().begin(), type.columns().end()};
}

std::string name_of(tracked_object const& object, std::size_t field) {
    return object.mapper().table() + " " + detail::key_text(object.raw_key()) + ": " +
           object.mapper().fields()[field].what.name;
}

}  // namespace

batch_builder::batch_builder(identity_map const& known, std::span<pending_change const> changes, flush_plan const& plan)
    : known_(known), changes_(changes), plan_(plan), graph_(changes) {
    for (auto const& touched : plan.objects()) {
        how_.emplace(&touched.object(), touched.how());
        if (touched.expects_version()) expecting_.insert(&touched.object());
    }
}

flush_batch batch_builder::build() {
    add_strategy_rows(false);
    add_verified_reads();
    hold_parents();
    for (auto const change : graph_.sequence()) add_write(change);
    for (auto const& [change, field] : graph_.deferred()) add_deferred(change, field);
    add_strategy_rows(true);
    return std::move(result_);
}

void batch_builder::push(std::size_t shape, std::vector<value> key, std::vector<value> conditions,
                         std::vector<value> assignments, row_origin origin) {
    result_.rows.add(shape, std::move(key), std::move(conditions), std::move(assignments));
    result_.origins.push_back(origin);
}

void batch_builder::add_strategy_rows(bool writing) {
    for (auto const& one : plan_.rows())
        if (one.shape.writes() == writing)
            push(result_.rows.shape(one.shape), one.key, one.conditions, one.assignments, origin_of(one));
}

row_origin batch_builder::origin_of(strategy_row const& row) const {
    row_origin origin{.of_strategy = true};
    if (row.about == nullptr) return origin;
    auto const found = how_.find(row.about);
    if (found == how_.end())
        throw usage_error("a lock strategy's row on " + row.shape.table +
                          " is about an object that isn't in the flush_plan");
    origin.object = const_cast<tracked_object*>(row.about);
    origin.how = found->second;
    return origin;
}

void batch_builder::add_verified_reads() {
    for (auto const& touched : plan_.objects()) {
        if (touched.how() != access::read || !touched.expects_version()) continue;
        auto const& object = touched.object();
        auto const& type = object.mapper();
        auto const  shape = result_.rows.shape({.action = row_action::require,
                                                .table = type.table(),
                                                .key = {type.key()},
                                                .conditions = {{type.version()}},
                                                .report = all_columns(type)});
        push(shape, {object.raw_key()}, {object.version().value()}, {},
             {const_cast<tracked_object*>(&object), access::read, nullptr, true});
    }
}

/// A row that a new reference names is held, so that it is locked in the same pass as all others.
void batch_builder::hold_parents() {
    using place = std::pair<data_mapper const*, std::int64_t>;
    std::vector<place> parents;
    for (auto const& one : changes_) {
        auto const& type = one.object->mapper();
        for (auto const field : one.fields) {
            if (type.fields()[field].references == nullptr) continue;
            auto const raw = referred_key(type, one.object->object(), field);
            if (raw && !detail::is_pending_key(*raw)) parents.push_back({&type.fields()[field].references(), *raw});
        }
    }
    if (parents.empty()) return;

    std::set<place> held;
    for (auto const& one : changes_) held.insert({&one.object->mapper(), one.object->raw_key()});
    for (auto const& [type, raw] : parents)
        if (held.insert({type, raw}).second) hold(*type, raw);
}

void batch_builder::hold(data_mapper const& type, std::int64_t raw) {
    auto const shape = result_.rows.shape(
        {.action = row_action::lock, .table = type.table(), .key = {type.key()}, .lock = row_lock::key_share});
    push(shape, {raw}, {}, {}, {});
}

row_shape batch_builder::make_shape(pending_change const& one, bool expects, bool key_given) const {
    auto const& type = one.object->mapper();
    row_shape shape{.action = action_of(one.what), .table = type.table(), .key = {type.key()}, .key_given = key_given};
    if (expects) shape.conditions.push_back({type.version()});
    if (key_given) shape.report = all_columns(type);
    for (auto const field : one.fields) shape.assignments.push_back({type.fields()[field].what});

    using source = assignment::source;
    if (one.what == change_kind::added) {
        shape.assignments.push_back({type.version(), key_given ? source::clock : source::given});
        shape.returning.push_back(key_given ? type.version() : type.key());
    } else if (one.what == change_kind::changed) {
        shape.assignments.push_back({type.version(), source::next_version});
        if (!expects) shape.returning.push_back(type.version());
    }
    return shape;
}

std::size_t batch_builder::shape_for(pending_change const& one, bool expects, bool key_given) {
    shape_key  key{&one.object->mapper(), one.what, expects, key_given, one.fields};
    auto const known = shapes_.find(key);
    if (known != shapes_.end()) return known->second;
    auto const fresh = result_.rows.shape(make_shape(one, expects, key_given));
    shapes_.emplace(std::move(key), fresh);
    return fresh;
}

void batch_builder::add_write(std::size_t change) {
    auto const& one = changes_[change];
    auto&       object = *one.object;
    bool const  expects = expecting_.contains(&object);
    bool const  key_given = one.what != change_kind::added || !detail::is_pending_key(object.raw_key());

    std::vector<value> assignments;
    for (auto const field : one.fields)
        assignments.push_back(graph_.deferred().contains({change, field}) ? value{null} : content(one, field));
    if (!key_given) assignments.push_back(std::int64_t{1});

    if (one.what == change_kind::added) row_of_[&object] = result_.rows.size();
    push(shape_for(one, expects, key_given), key_given ? std::vector<value>{object.raw_key()} : std::vector<value>{},
         expects ? std::vector<value>{object.version().value()} : std::vector<value>{}, std::move(assignments),
         {&object, access_of(one), &one, expects});
}

void batch_builder::add_deferred(std::size_t change, std::size_t field) {
    auto const&        one = changes_[change];
    auto const&        type = one.object->mapper();
    auto const         shape = result_.rows.shape({.action = row_action::update,
                                                   .table = type.table(),
                                                   .key = {type.key()},
                                                   .assignments = {{type.fields()[field].what}},
                                                   .report = all_columns(type)});
    std::vector<value> key, assignments;
    key.push_back(key_of(*one.object));
    assignments.push_back(content(one, field));
    push(shape, std::move(key), {}, std::move(assignments), {one.object, access_of(one), nullptr, false});
}

value batch_builder::content(pending_change const& one, std::size_t field) const {
    auto const& type = one.object->mapper();
    auto        stored = type.get(one.object->object(), field);
    if (type.fields()[field].references == nullptr) return stored;
    return reference(one, field, std::move(stored));
}

value batch_builder::reference(pending_change const& one, std::size_t field, value stored) const {
    auto const& described = one.object->mapper().fields()[field];
    if (is_null(stored)) {
        if (described.nullable) return stored;
        throw usage_error(name_of(*one.object, field) + " refers to nothing; make the member optional if it may");
    }
    auto const raw = std::get<std::int64_t>(stored);
    if (!detail::is_pending_key(raw)) return stored;
    auto const* target = known_.find(described.references(), raw);
    if (target == nullptr || target->state() == object_state::gone)
        throw usage_error(name_of(*one.object, field) + " refers to a new object that this unit does not have (" +
                          detail::key_text(raw) + ")");
    return key_of(*target);
}

value batch_builder::key_of(tracked_object const& object) const {
    if (!detail::is_pending_key(object.raw_key())) return object.raw_key();
    return key_of_row{row_of_.at(&object)};
}

}  // namespace stint
