#include <stint/implicit_lock.hpp>

#include <algorithm>
#include <iterator>
#include <utility>
#include <vector>

#include <stint/error.hpp>
#include <stint/extension/unit_context.hpp>
#include <stint/lock_error.hpp>

#include "unit_locks.hpp"

namespace stint {

namespace {

using namespace std::chrono_literals;

constexpr auto usual_wait_in_rerun = 10s;

bool is_negative(std::optional<std::chrono::milliseconds> const& time) {
    return time && time->count() < 0;
}

/// By which all units of a database wait, unless their strategy has one: its threads are called when their turn has
/// come.
class common_lock_table final : public database::service {
public:
    explicit common_lock_table(database& db) : table(db) {}

    lock_table table;
};

/// A flush of guards alone: waits for flushes that hold these rows, and writes nothing.
std::vector<refusal> look(unit_context& unit, write_batch const& guards) {
    auto const outcome = unit.db().lend(unit.deadline())->flush(guards, unit.deadline());
    if (auto const* unknown = std::get_if<flush_in_doubt>(&outcome)) std::rethrow_exception(unknown->cause);
    auto const* refused = std::get_if<flush_refused>(&outcome);
    return refused != nullptr ? refused->rows : std::vector<refusal>{};
}

/// Flushes that looked for a lock before it was there for the first time hold their data rows by now: they are waited
/// for.
void wait_for_flushes(unit_context& unit, unit_locks& locks, std::span<object_key const> objects) {
    write_batch guards;
    for (auto const& [type, key] : objects)
        if (locks.is_first(lock_name_of({type, key})))
            guards.add(guards.shape({.action = row_action::lock, .table = type->table(), .key = {type->key()}}),
                       {type->key_value(key)});
    if (!guards.empty()) look(unit, guards);
    for (auto const& object : objects) locks.confirm(lock_name_of(object));
}

/// Throws changed_before_lock. Waits for flushes, too.
void check_unchanged(unit_context& unit, unit_locks& locks, std::span<tracked_object const* const> objects) {
    write_batch guards;
    for (auto const* object : objects) {
        auto const& type = object->mapper();
        guards.add(guards.shape({.action = row_action::require,
                                 .table = type.table(),
                                 .key = {type.key()},
                                 .conditions = {{type.version()}},
                                 .report = {type.version()}}),
                   {type.key_value(object->key())}, {object->version().value()});
    }
    auto const refusals = look(unit, guards);
    if (!refusals.empty()) {
        auto const&                   first = refusals.front();
        auto const&                   object = *objects[first.row];
        std::optional<version_number> found;
        if (!first.found.empty()) found = object.mapper().version_in(first.found.front());
        throw changed_before_lock(object, found);
    }
    for (auto const* object : objects) locks.confirm(lock_name_of(*object));
}

}  // namespace

std::shared_ptr<lock_strategy> const& implicit_lock::shared() {
    static std::shared_ptr<lock_strategy> const instance = std::make_shared<implicit_lock>();
    return instance;
}

implicit_lock::implicit_lock(offline_lock_options options) : implicit_lock(nullptr, std::move(options)) {}

implicit_lock::implicit_lock(lock_table& locks, offline_lock_options options)
    : implicit_lock(&locks, std::move(options)) {}

implicit_lock::implicit_lock(lock_table* locks, offline_lock_options options)
    : locks_(locks), options_(std::move(options)) {
    if (is_negative(options_.wait) || is_negative(options_.wait_in_rerun))
        throw usage_error("a lock can't be waited for in the past");
    if (!options_.tell) options_.tell = [](stint::lease const&, lease_news) {};
}

void implicit_lock::refuse_undeclared(data_mapper const& type, lock_policy at_least) {
    if (at_least == lock_policy::optimistic || declared_policy(type)) return;
    throw usage_error("objects of " + type.table() +
                      " can't be locked: a lock binds everybody only where the mapping says so; give its table() a "
                      "stint::lock_policy (optimistic where it demands no lock)");
}

/// What one get() may ask for.
void implicit_lock::refuse_wish(data_mapper const& type, lock_policy at_least) {
    refuse_undeclared(type, at_least);
    if (at_least == lock_policy::mixed)
        throw usage_error("a single get() of " + type.table() +
                          " can't be mixed, which is for a whole unit and its reruns: ask "
                          "for exclusive_read");
}

/// What one get() asks for is locked before it is read.
std::optional<lock_policy> implicit_lock::demand(data_mapper const& type, lock_policy wish) const noexcept {
    auto const declared = declared_policy(type);
    if (!declared) return std::nullopt;
    return std::max({*declared, options_.at_least, wish > lock_policy::mixed ? lock_policy::exclusive_read : wish});
}

bool implicit_lock::locks_at_read(data_mapper const& type, lock_policy wish) const noexcept {
    return demand(type, wish) == lock_policy::exclusive_read;
}

bool implicit_lock::locks_at_edit(data_mapper const& type) const noexcept {
    return demand(type) >= lock_policy::exclusive_write;
}

bool implicit_lock::locks_after_refusal(data_mapper const& type) const noexcept {
    return demand(type) >= lock_policy::mixed;
}

bool implicit_lock::locks_before_reading(unit_context& unit, data_mapper const& type, lock_policy at_least) const {
    return locks_at_read(type, at_least) || !keys_of_rerun(unit).empty();
}

void implicit_lock::before_read(unit_context& unit, data_mapper const& type, std::span<row_key const> keys,
                                lock_policy at_least) {
    refuse_wish(type, at_least);
    if (auto const in_the_way = keys_of_rerun(unit); !in_the_way.empty()) {
        auto const* locks = unit_locks::of(unit);
        bool const  holds_nothing = locks == nullptr || locks->names().empty();  // else two could wait for each other
        lock(unit, in_the_way, holds_nothing ? rerun_waits_until(unit) : waits_until(unit));
    }
    bool const              locks_all = locks_at_read(type, at_least);
    std::vector<object_key> wanted;
    for (auto const key : keys)
        if (object_key const object{&type, key}; locks_all || is_repaired(unit, object)) wanted.push_back(object);
    lock(unit, wanted, waits_until(unit));
}

deadline implicit_lock::waits_until(unit_context const& unit) const noexcept {
    return options_.wait ? deadline::after(*options_.wait) : unit.lock_wait();
}

deadline implicit_lock::rerun_waits_until(unit_context const& unit) const noexcept {
    if (options_.wait_in_rerun) return later(waits_until(unit), deadline::after(*options_.wait_in_rerun));
    bool const unit_says = !unit.lock_wait().has_passed();
    return later(waits_until(unit), unit_says ? unit.lock_wait() : deadline::after(usual_wait_in_rerun));
}

void implicit_lock::lock_known(unit_context& unit, std::span<tracked_object const* const> objects,
                               lock_policy at_least) {
    for (auto const* object : objects) refuse_wish(object->mapper(), at_least);
    std::vector<tracked_object const*> wanted;
    std::ranges::copy_if(objects, std::back_inserter(wanted),
                         [&](auto const* object) { return locks_at_read(object->mapper(), at_least); });
    lock_as_they_were_read(unit, wanted);
}

void implicit_lock::before_first_edit(unit_context& unit, tracked_object const& object) {
    refuse_undeclared(object.mapper(), options_.at_least);
    auto* const edited = &object;
    if (locks_at_edit(object.mapper())) lock_as_they_were_read(unit, {&edited, 1});
}

/// What stood in the way of this unit is locked when it is read again.
bool implicit_lock::is_repaired(unit_context& unit, object_key const& object) const {
    auto const refused = unit.refused_here();
    return locks_after_refusal(*object.type) && std::ranges::find(refused, object) != refused.end();
}

/// What stood in the way of earlier runs and isn't locked yet.
std::vector<object_key> implicit_lock::keys_of_rerun(unit_context& unit) const {
    std::vector<object_key> keys;
    auto const*             locks = unit_locks::of(unit);
    for (auto const& object : unit.refused_before())
        if (locks_after_refusal(*object.type) && (locks == nullptr || !locks->has(lock_name_of(object))))
            keys.push_back(object);
    return keys;
}

unit_locks& implicit_lock::memory_of(unit_context& unit) const {
    if (auto* const known = unit_locks::of(unit)) return *known;
    auto  fresh = std::make_unique<unit_locks>(options_.keeper, options_.tell);
    auto& locks = *fresh;
    unit.memory() = std::move(fresh);
    return locks;
}

/// For objects that are read after this.
void implicit_lock::lock(unit_context& unit, std::span<object_key const> objects, deadline wait) {
    if (objects.empty()) return;
    auto&                   locks = memory_of(unit);
    std::vector<object_key> missing;
    for (auto const& object : objects)
        if (!locks.has(lock_name_of(object))) missing.push_back(object);
    if (missing.empty()) return;
    locks.take(acquire(unit, missing, wait));
    wait_for_flushes(unit, locks, missing);
}

void implicit_lock::lock_as_they_were_read(unit_context& unit, std::span<tracked_object const* const> objects) {
    auto&                              locks = memory_of(unit);
    std::vector<object_key>            keys;
    std::vector<tracked_object const*> missing;
    for (auto const* object : objects) {
        auto const key = object->identity();
        if (locks.has(lock_name_of(key))) continue;
        keys.push_back(key);
        missing.push_back(object);
    }
    if (missing.empty()) return;
    locks.take(acquire(unit, keys, waits_until(unit)));
    check_unchanged(unit, locks, missing);
}

std::vector<lease> implicit_lock::acquire(unit_context& unit, std::span<object_key const> objects,
                                          deadline wait) const {
    std::vector<std::string> names;
    for (auto const& object : objects) names.push_back(lock_name_of(object));
    return acquire(unit, std::move(names), wait);
}

std::vector<lease> implicit_lock::acquire(unit_context& unit, std::vector<std::string> names, deadline wait) const {
    lock_request const request{unit.owner(), options_.label.empty() ? unit.label() : options_.label, options_.reason,
                               options_.lease};
    auto&              table = locks_ != nullptr ? *locks_ : unit.db().use_service<common_lock_table>().table;
    if (&table.db() != &unit.db())
        throw usage_error("the lock_table of this strategy is of another database object than the unit of work");
    if (!wait.has_passed()) return table.acquire(std::move(names), request, earlier(unit.deadline(), wait));
    auto const answer = table.try_acquire(names, request, unit.deadline());
    if (!answer) throw lock_refused(names, answer.holders());
    return answer.leases();
}

}  // namespace stint
