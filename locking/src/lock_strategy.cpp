#include <stint/lock_strategy.hpp>

#include <stint/error.hpp>

namespace stint {

namespace {

void refuse_to_lock(data_mapper const& type, lock_policy at_least) {
    if (at_least == lock_policy::optimistic) return;
    throw usage_error("a lock (" + std::string(to_string(at_least)) + ") on " + type.table() +
                      " was asked for, and the unit's lock strategy takes none: use implicit_lock, pessimistic_lock "
                      "or mixed_lock");
}

}  // namespace

bool lock_strategy::locks_before_reading(lock_context&, data_mapper const&, lock_policy) const {
    return false;
}

bool lock_strategy::locks_after_refusal(data_mapper const&) const noexcept {
    return false;
}

void lock_strategy::before_read(lock_context&, data_mapper const& type, std::span<std::int64_t const>,
                                lock_policy at_least) {
    refuse_to_lock(type, at_least);
}

void lock_strategy::lock_known(lock_context&, std::span<tracked_object* const> objects, lock_policy at_least) {
    for (auto const* object : objects) refuse_to_lock(object->mapper(), at_least);
}

void lock_strategy::after_read(lock_context&, std::span<tracked_object* const>) {}
void lock_strategy::before_first_edit(lock_context&, tracked_object&) {}
void lock_strategy::before_flush(lock_context&, flush_plan&) {}
void lock_strategy::after_flush(lock_context&, flush_plan const&, flush_end, std::span<refusal const>) {}

}  // namespace stint
