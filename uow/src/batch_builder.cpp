#include "batch_builder.hpp"

#include <algorithm>
#include <cassert>

#include <stint/data_mapper.hpp>
#include <stint/error.hpp>

namespace stint {

namespace {

row_action action_of(access done) {
    switch (done) {
    case access::read: return row_action::require;
    case access::added: return row_action::insert;
    case access::changed: return row_action::update;
    case access::removed: return row_action::remove;
    }
    return row_action::update;
}

std::vector<column> all_columns(data_mapper const& type) {
    return {type.columns().begin(), type.columns().end()};
}

/// The shapes of rows that are alike but for their class.
template <class Make>
class once_per_class {
public:
    once_per_class(write_batch& batch, Make make) : batch_(batch), make_(make) {}

    std::size_t of(data_mapper const& type) {
        if (last_ == &type) return shape_;
        last_ = &type;
        return shape_ = batch_.shape(make_(type));
    }

private:
    write_batch&       batch_;
    Make               make_;
    data_mapper const* last_ = nullptr;
    std::size_t        shape_ = 0;
};

/// Whether each value is of the type of its column, as the shape lists them: key, conditions, assignments.
[[maybe_unused]] bool fits(row_shape const& shape, std::span<value const> values) {
    std::vector<column> columns;
    if (shape.key_given) columns = shape.key;
    for (auto const& condition : shape.conditions)
        if (condition.takes_value()) columns.push_back(condition.column);
    for (auto const& assignment : shape.assignments)
        if (assignment.takes_value()) columns.push_back(assignment.column);
    return std::ranges::equal(values, columns, [](value const& given, column const& column) {
        return is_null(given) || std::holds_alternative<key_of_row>(given) || is_of_type(given, column.type.kind);
    });
}

std::string name_of(tracked_object const& object, std::size_t field) {
    return object.name() + ": " + object.mapper().fields()[field].column.name;
}

/// The mapper doesn't know which object it is.
value stored_value(tracked_object const& object, std::size_t field) {
    try {
        return object.mapper().get(object.object(), field);
    } catch (value_error const& e) {
        auto subject = e.subject();
        if (!object.key().is_pending()) subject.key = object.mapper().key_text(object.key());
        throw value_error(e.what(), std::move(subject));
    }
}

}  // namespace

batch_builder::batch_builder(identity_map const& known, std::span<pending_change const> changes, flush_plan const& plan,
                             unique_plan* values, parking means)
    : known_(known), changes_(changes), plan_(plan), values_given_up_(values), how_parked_(means),
      graph_(changes, values != nullptr ? values->handovers() : std::span<unique_plan::handover const>{}),
      expects_(versions_expected(changes, plan)) {}

flush_batch batch_builder::build() {
    reserve();
    if (values_given_up_ != nullptr) result_.rows.keep_order();
    add_plan_rows(false);
    add_verified_reads();
    hold_parents();
    for (auto const& [change, field] : graph_.released()) write_alone(change, field, null);
    park_values();
    for (auto const change : graph_.sequence()) add_write(change);
    for (auto const& [change, field] : graph_.deferred())
        write_alone(change, field, content(*changes_[change].object, field));
    add_plan_rows(true);
    assert(result_.origins.size() == result_.rows.size() && "an origin for each row");
    return std::move(result_);
}

void batch_builder::reserve() {
    auto values = 2 * changes_.size();  // key, version
    for (auto const& change : changes_) values += change.fields().size();
    result_.rows.reserve(changes_.size() + plan_.rows().size(), values);
    result_.origins.reserve(changes_.size() + plan_.rows().size());
}

/// Adds the row whose values were put together.
void batch_builder::push(std::size_t shape, row_origin origin) {
    assert(fits(result_.rows.shapes()[shape], values_) && "values in another order than the shape's columns");
    result_.rows.add_values(shape, values_);
    result_.origins.push_back(origin);
    values_.clear();
}

void batch_builder::add_plan_rows(bool writing) {
    for (std::size_t i = 0; i < plan_.rows().size(); ++i) {
        auto const& row = plan_.rows()[i];
        if (row.shape.writes() != writing) continue;
        result_.rows.add(result_.rows.shape(row.shape), row.key, row.conditions, row.assignments);
        result_.origins.push_back(origin_of(i));
    }
}

row_origin batch_builder::origin_of(std::size_t plan_row) {
    auto const& row = plan_.rows()[plan_row];
    row_origin  origin{.plan_row = plan_row};
    if (row.object == nullptr) return origin;
    index_plan();
    auto const found = accesses_.find(row.object);
    if (found == accesses_.end())
        throw usage_error("a row on " + row.shape.table +
                          " that was added to a flush is about an object that isn't in its flush_plan");
    origin.object = row.object;
    origin.access = found->second;
    return origin;
}

void batch_builder::index_plan() {
    if (!accesses_.empty()) return;
    for (auto const& touched : plan_.objects()) accesses_.emplace(&touched.object(), touched.access());
}

void batch_builder::add_verified_reads() {
    once_per_class shapes{result_.rows, [](data_mapper const& type) {
                              return row_shape{.action = row_action::require,
                                               .table = type.table(),
                                               .key = {type.key()},
                                               .conditions = {{type.version()}},
                                               .report = all_columns(type)};
                          }};
    for (auto const& touched : plan_.objects()) {
        if (touched.access() != access::read || !touched.expects_version()) continue;
        auto const& object = touched.object();
        values_.assign({object.mapper().key_value(object.key()), object.version().value()});
        push(shapes.of(object.mapper()), {&object, access::read, nullptr, true});
    }
}

/// The rows that new references name, each once: by table and key.
std::vector<object_key> batch_builder::named_parents() const {
    std::vector<object_key> parents;
    for (auto const& change : changes_) {
        auto const& type = change.object->mapper();
        for (auto const field : type.references()) {
            if (std::ranges::find(change.fields(), field) == change.fields().end()) continue;
            auto const key = type.fields()[field].referred(change.object->object());
            if (key.is_given()) parents.push_back({&type.fields()[field].references(), key});
        }
    }
    std::ranges::sort(parents, precedes);
    auto const is_same = [](object_key const& left, object_key const& right) { return !precedes(left, right); };
    parents.erase(std::unique(parents.begin(), parents.end(), is_same), parents.end());
    return parents;
}

/// So that they are locked in the same pass as all others. What is written is locked anyway.
void batch_builder::hold_parents() {
    auto const        parents = named_parents();
    std::vector<bool> held(parents.size(), false);
    for (std::size_t i = 0; !parents.empty() && i < changes_.size(); ++i) {
        auto const written = changes_[i].object->identity();
        auto const found = std::ranges::lower_bound(parents, written, precedes);
        if (found != parents.end() && !precedes(written, *found))
            held[static_cast<std::size_t>(found - parents.begin())] = true;
    }
    once_per_class shapes{result_.rows, [](data_mapper const& type) {
                              return row_shape{.action = row_action::lock,
                                               .table = type.table(),
                                               .key = {type.key()},
                                               .lock = row_lock::key_share};
                          }};
    for (std::size_t i = 0; i < parents.size(); ++i) {
        if (held[i]) continue;
        values_.assign({parents[i].type->key_value(parents[i].key)});
        push(shapes.of(*parents[i].type), {});
    }
}

row_shape batch_builder::make_shape(shape_key const& key) const {
    auto const& type = *key.type;
    row_shape   shape{
          .action = action_of(key.access), .table = type.table(), .key = {type.key()}, .key_given = key.key_given};
    if (key.expects) shape.conditions.push_back({type.version()});
    if (key.key_given) shape.report = all_columns(type);
    for (auto const field : key.written->first) shape.assignments.push_back({type.fields()[field].column});

    using source = assignment::source;
    if (key.access == access::added) {
        shape.assignments.push_back({type.version(), key.key_given ? source::clock : source::given});
        shape.returning.push_back(key.key_given ? type.version() : type.key());
    } else if (key.access == access::changed) {
        shape.assignments.push_back({type.version(), source::next_version});
        if (!key.expects) shape.returning.push_back(type.version());
    }
    return shape;
}

std::size_t batch_builder::shape_for(shape_key const& key) {
    if (last_shape_ != nullptr && last_shape_->first == key) return last_shape_->second;
    auto const [known, is_new] = shapes_.try_emplace(key);
    if (is_new) known->second = result_.rows.shape(make_shape(key));
    last_shape_ = &*known;
    return known->second;
}

void batch_builder::add_write(std::size_t change) {
    auto const& pending = changes_[change];
    auto&       object = *pending.object;
    bool const  expects = expects_[change];
    bool const  key_given = pending.access != access::added || !object.key().is_pending();

    if (key_given) values_.push_back(object.mapper().key_value(object.key()));
    if (expects) values_.emplace_back(object.version().value());
    for (auto const field : pending.fields())
        values_.push_back(graph_.is_deferred({change, field}) ? value{null} : content(object, field));
    if (!key_given) {
        values_.emplace_back(std::int64_t{1});
        new_rows_.emplace_back(&object, result_.rows.size());
    }
    push(shape_for({&object.mapper(), pending.access, pending.written, expects, key_given}),
         {&object, pending.access, &pending, expects});
}

/// Where there is no value to be parked by, the row keeps its own: the database says that it is taken.
void batch_builder::park_values() {
    std::vector<commit_graph::place> parked(graph_.parked().begin(), graph_.parked().end());
    auto const                       column = [&](commit_graph::place const& place) {
        return std::pair{&changes_[place.change].object->mapper(), place.field};
    };
    std::ranges::stable_sort(parked, {}, column);  // so that one statement can write many
    for (auto const& [change, field] : parked)
        if (auto meanwhile = values_given_up_->parked_value(changes_, change, field, how_parked_))
            write_alone(change, field, std::move(*meanwhile));
}

/// A column beside what the change itself writes: the version stays, and is checked where the change is written.
void batch_builder::write_alone(std::size_t change, std::size_t field, value given) {
    auto const& pending = changes_[change];
    auto const& type = pending.object->mapper();
    auto const  shape = result_.rows.shape({.action = row_action::update,
                                            .table = type.table(),
                                            .key = {type.key()},
                                            .assignments = {{type.fields()[field].column}},
                                            .report = all_columns(type)});
    values_.push_back(key_of(*pending.object));
    values_.push_back(std::move(given));
    push(shape, {.object = pending.object, .access = pending.access, .is_extra = true});
}

value batch_builder::content(tracked_object const& object, std::size_t field) {
    auto const& described = object.mapper().fields()[field];
    if (described.references == nullptr) return stored_value(object, field);
    auto const key = described.referred(object.object());
    if (key.is_none() && !described.nullable)
        throw usage_error(name_of(object, field) + " refers to nothing; make the member optional if it may");
    return key.is_pending() ? key_of_new(object, field, key) : stored_value(object, field);
}

value batch_builder::key_of_new(tracked_object const& object, std::size_t field, row_key key) {
    auto const& type = object.mapper().fields()[field].references();
    auto const* target = known_.find(type, key);
    if (target == nullptr || target->state() == object_state::gone)
        throw usage_error(name_of(object, field) + " refers to a new object that this unit does not have (" +
                          type.key_text(key) + ")");
    return key_of(*target);
}

value batch_builder::key_of(tracked_object const& object) {
    if (!object.key().is_pending()) return object.mapper().key_value(object.key());
    return key_of_row{row_of(object)};
}

/// Most batches refer to none of their new rows, so the index is made when it is asked for.
std::size_t batch_builder::row_of(tracked_object const& added) {
    for (; indexed_ < new_rows_.size(); ++indexed_) row_of_.insert(new_rows_[indexed_]);
    return row_of_.at(&added);
}

}  // namespace stint
