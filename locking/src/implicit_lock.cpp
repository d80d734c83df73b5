#include <stint/implicit_lock.hpp>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>
#include <vector>

#include <stint/error.hpp>
#include <stint/lock_error.hpp>
#include <stint/lock_rows.hpp>
#include <stint/log.hpp>

#include "unit_locks.hpp"

namespace stint {

namespace {

using namespace std::chrono_literals;

/// The unit's end must not hang for long where it gives its locks back: they end by themselves, too.
constexpr auto time_to_release = 5s;
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

unit_locks* locks_of(lock_context& context) {
    auto* const memory = context.memory().get();
    auto* const locks = dynamic_cast<unit_locks*>(memory);
    if (memory != nullptr && locks == nullptr)
        throw usage_error(
            "the unit's lock_memory is used by another strategy: one that builds on implicit_lock needs another "
            "place for what it remembers");
    return locks;
}

/// A flush of guards alone: waits for flushes that hold these rows, and writes nothing.
std::vector<refusal> look(lock_context& context, write_batch const& guards) {
    auto const outcome = context.db().lend(context.until())->flush(guards, context.until());
    if (auto const* unknown = std::get_if<flush_in_doubt>(&outcome)) std::rethrow_exception(unknown->cause);
    auto const* refused = std::get_if<flush_refused>(&outcome);
    return refused != nullptr ? refused->rows : std::vector<refusal>{};
}

std::string name_of(object_key const& one) {
    return lock_name(one.type->table(), one.key);
}

/// Flushes that looked for a lock before it was there for the first time hold their data rows by now: they are waited
/// for.
void wait_for_flushes(lock_context& context, unit_locks& locks, std::span<object_key const> objects) {
    write_batch guards;
    for (auto const& one : objects)
        if (locks.is_first(name_of(one)))
            guards.add(guards.shape({.action = row_action::lock, .table = one.type->table(), .key = {one.type->key()}}),
                       {one.key});
    if (!guards.empty()) look(context, guards);
    for (auto const& one : objects) locks.confirm(name_of(one));
}

/// Throws changed_before_lock. Waits for flushes, too.
void check_unchanged(lock_context& context, unit_locks& locks, std::span<tracked_object* const> objects) {
    write_batch guards;
    for (auto const* object : objects) {
        auto const& type = object->mapper();
        guards.add(guards.shape({.action = row_action::require,
                                 .table = type.table(),
                                 .key = {type.key()},
                                 .conditions = {{type.version()}},
                                 .report = {type.version()}}),
                   {object->raw_key()}, {object->version().value()});
    }
    auto const refusals = look(context, guards);
    if (!refusals.empty()) {
        auto const&                   first = refusals.front();
        auto const&                   object = *objects[first.row];
        std::optional<version_number> found;
        if (!first.found.empty()) found = object.mapper().version_in(first.found.front());
        throw changed_before_lock(object, found);
    }
    for (auto const* object : objects) locks.confirm(lock_name(object->mapper().table(), object->raw_key()));
}

}  // namespace

std::shared_ptr<lock_strategy> const& implicit_lock::shared() {
    static std::shared_ptr<lock_strategy> const instance = std::make_shared<implicit_lock>();
    return instance;
}

implicit_lock::implicit_lock(offline_lock_options options)
    : implicit_lock(nullptr, std::move(options), lock_policy::optimistic) {}

implicit_lock::implicit_lock(lock_table& locks, offline_lock_options options)
    : implicit_lock(&locks, std::move(options), lock_policy::optimistic) {}

implicit_lock::implicit_lock(lock_table* locks, offline_lock_options options, lock_policy at_least)
    : locks_(locks), options_(std::move(options)), at_least_(at_least) {
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

bool implicit_lock::locks_at_edit(data_mapper const& type) const noexcept {
    auto const policy = policy_of(type);
    return policy && *policy >= lock_policy::exclusive_write;
}

std::optional<lock_policy> implicit_lock::policy_of(data_mapper const& type) const noexcept {
    auto const declared = declared_policy(type);
    return declared ? std::optional{std::max(*declared, at_least_)} : std::nullopt;
}

bool implicit_lock::locks_at_read(data_mapper const& type, lock_policy at_least) const noexcept {
    return at_least > lock_policy::mixed || policy_of(type) == lock_policy::exclusive_read;
}

bool implicit_lock::locks_after_refusal(data_mapper const& type) const noexcept {
    auto const policy = policy_of(type);
    return policy && *policy >= lock_policy::mixed;
}

bool implicit_lock::locks_before_reading(lock_context& context, data_mapper const& type, lock_policy at_least) const {
    return locks_at_read(type, at_least) || !keys_of_rerun(context).empty();
}

void implicit_lock::before_read(lock_context& context, data_mapper const& type, std::span<std::int64_t const> keys,
                                lock_policy at_least) {
    refuse_wish(type, at_least);
    if (auto const in_the_way = keys_of_rerun(context); !in_the_way.empty()) {
        auto const* locks = locks_of(context);
        bool const  holds_nothing = locks == nullptr || locks->names().empty();  // else two could wait for each other
        lock(context, in_the_way, holds_nothing ? rerun_waits_until(context) : waits_until(context));
    }
    bool const              locks_all = locks_at_read(type, at_least);
    std::vector<object_key> wanted;
    for (auto const key : keys)
        if (object_key const one{&type, key}; locks_all || is_repaired(context, one)) wanted.push_back(one);
    lock(context, wanted, waits_until(context));
}

deadline implicit_lock::waits_until(lock_context const& context) const noexcept {
    return options_.wait ? deadline::after(*options_.wait) : context.lock_wait();
}

deadline implicit_lock::rerun_waits_until(lock_context const& context) const noexcept {
    if (options_.wait_in_rerun) return later(waits_until(context), deadline::after(*options_.wait_in_rerun));
    bool const unit_says = !context.lock_wait().has_passed();
    return later(waits_until(context), unit_says ? context.lock_wait() : deadline::after(usual_wait_in_rerun));
}

void implicit_lock::lock_known(lock_context& context, std::span<tracked_object* const> objects, lock_policy at_least) {
    for (auto const* object : objects) refuse_wish(object->mapper(), at_least);
    std::vector<tracked_object*> wanted;
    std::ranges::copy_if(objects, std::back_inserter(wanted),
                         [&](auto const* one) { return locks_at_read(one->mapper(), at_least); });
    lock_as_they_were_read(context, wanted);
}

void implicit_lock::before_first_edit(lock_context& context, tracked_object& object) {
    refuse_undeclared(object.mapper(), at_least_);
    auto* const one = &object;
    if (locks_at_edit(object.mapper())) lock_as_they_were_read(context, {&one, 1});
}

/// What stood in the way of this unit is locked when it is read again.
bool implicit_lock::is_repaired(lock_context& context, object_key const& one) const {
    auto const refused = context.refused_here();
    return locks_after_refusal(*one.type) && std::ranges::find(refused, one) != refused.end();
}

/// What stood in the way of earlier runs and isn't locked yet.
std::vector<object_key> implicit_lock::keys_of_rerun(lock_context& context) const {
    std::vector<object_key> keys;
    auto const*             locks = locks_of(context);
    for (auto const& one : context.refused_before())
        if (locks_after_refusal(*one.type) && (locks == nullptr || !locks->has(name_of(one)))) keys.push_back(one);
    return keys;
}

unit_locks& implicit_lock::memory_of(lock_context& context) const {
    if (auto* const known = locks_of(context)) return *known;
    auto  fresh = std::make_unique<unit_locks>(options_.keeper, options_.tell);
    auto& locks = *fresh;
    context.memory() = std::move(fresh);
    return locks;
}

/// For objects that are read after this.
void implicit_lock::lock(lock_context& context, std::span<object_key const> objects, deadline wait) {
    if (objects.empty()) return;
    auto&                   locks = memory_of(context);
    std::vector<object_key> missing;
    for (auto const& one : objects)
        if (!locks.has(name_of(one))) missing.push_back(one);
    if (missing.empty()) return;
    locks.take(acquire(context, missing, wait));
    wait_for_flushes(context, locks, missing);
}

void implicit_lock::lock_as_they_were_read(lock_context& context, std::span<tracked_object* const> objects) {
    auto&                        locks = memory_of(context);
    std::vector<object_key>      keys;
    std::vector<tracked_object*> missing;
    for (auto* object : objects) {
        object_key const key{&object->mapper(), object->raw_key()};
        if (locks.has(name_of(key))) continue;
        keys.push_back(key);
        missing.push_back(object);
    }
    if (missing.empty()) return;
    locks.take(acquire(context, keys, waits_until(context)));
    check_unchanged(context, locks, missing);
}

std::vector<lease> implicit_lock::acquire(lock_context& context, std::span<object_key const> objects,
                                          deadline wait) const {
    std::vector<std::string> names;
    for (auto const& one : objects) names.push_back(name_of(one));
    return acquire(context, std::move(names), wait);
}

std::vector<lease> implicit_lock::acquire(lock_context& context, std::vector<std::string> names, deadline wait) const {
    lock_request const request{context.owner(), options_.label.empty() ? context.label() : options_.label,
                               options_.reason, options_.lease};
    auto&              table = locks_ != nullptr ? *locks_ : context.db().use_service<common_lock_table>().table;
    if (&table.db() != &context.db())
        throw usage_error("the lock_table of this strategy is of another database object than the unit of work");
    if (!wait.has_passed()) return table.acquire(std::move(names), request, earlier(context.until(), wait));
    auto const answer = table.try_acquire(names, request, context.until());
    if (!answer) throw lock_refused(names, answer.holders());
    return answer.leases();
}

void implicit_lock::before_flush(lock_context& context, flush_plan& plan) {
    lock_what_is_demanded(context, plan);
    auto* locks = locks_of(context);
    if (locks == nullptr) return;
    if (locks->is_in_doubt) ask_again(context, *locks);
    if (!options_.keep) locks->pause_renewing();

    std::map<std::string, tracked_object const*> objects;
    for (auto& touched : plan.objects()) {
        auto const& object = touched.object();
        if (!declared_policy(object.mapper()) || detail::is_pending_key(object.raw_key())) continue;
        auto const name = lock_name(object.mapper().table(), object.raw_key());
        if (!locks->knows(name)) continue;
        touched.holds_lock();
        if (locks->may_be_stale(name)) touched.expect_version();
        objects[name] = &object;
    }
    for (auto const& one : locks->all()) {
        auto const  object = objects.find(one.name);
        auto const* about = object == objects.end() ? nullptr : object->second;
        plan.add(verify_row(one, about));
        if (!options_.keep) plan.add(release_row(one, about));
    }
}

/// A reference that was kept over a commit changed an object whose lock the commit had given back: its version is
/// checked as ever.
void implicit_lock::lock_what_is_demanded(lock_context& context, flush_plan const& plan) {
    std::vector<object_key> wanted;
    auto const*             locks = locks_of(context);
    for (auto const& touched : plan.objects()) {
        auto const& object = touched.object();
        bool const  is_written = touched.how() == access::changed || touched.how() == access::removed;
        if (!is_written || !locks_at_edit(object.mapper())) continue;
        object_key const key{&object.mapper(), object.raw_key()};
        if (locks == nullptr || !locks->knows(name_of(key))) wanted.push_back(key);
    }
    if (!wanted.empty()) lock(context, wanted, waits_until(context));
}

/// After a refusal that may have been for a lost lock: one that nobody has taken is taken again, and the versions tell
/// whether somebody wrote in between. If not, the flush says who has it.
void implicit_lock::ask_again(lock_context& context, unit_locks& locks) const {
    try {
        locks.take(acquire(context, locks.names(), deadline::after(0ms)));
        locks.is_in_doubt = false;
    } catch (lock_refused const& e) {
        logger()->debug("{}: {}", context.db().address(), e.what());
    }
}

void implicit_lock::after_flush(lock_context& context, flush_plan const& plan, flush_end how,
                                std::span<refusal const> refusals) {
    auto* locks = locks_of(context);
    if (locks == nullptr) return;
    if (std::ranges::any_of(refusals, [](refusal const& one) { return one.why == reason::lock_lost(); }))
        locks->doubt();
    if (how == flush_end::refused || how == flush_end::failed || how == flush_end::not_sent) locks->resume_renewing();
    bool const ends = how == flush_end::committed || how == flush_end::rolled_back;
    if (!ends || options_.keep) return;

    bool const was_sent = how == flush_end::committed && !plan.rows().empty();
    auto const leases = how == flush_end::committed ? locks->all() : locks->of_this_unit();
    locks->forget_all();
    if (!was_sent) release(context, leases);
}

void implicit_lock::release(lock_context& context, std::vector<lease> const& leases) const {
    if (leases.empty()) return;
    auto const lost = lock_table{context.db()}.release(leases, deadline::after(time_to_release));
    for (auto const& one : lost)
        logger()->info("{}: the lock {} of {} was lost before it was given back", context.db().address(), one.name,
                       one.owner);
}

}  // namespace stint
