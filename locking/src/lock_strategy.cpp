#include <stint/extension/lock_strategy.hpp>

#include <stint/error.hpp>
#include <stint/extension/lock_rows.hpp>
#include <stint/extension/unit_context.hpp>

namespace stint {

namespace {

void refuse_to_lock(data_mapper const& type, lock_policy at_least) {
    if (at_least == lock_policy::optimistic) return;
    throw usage_error("a lock (" + std::string(to_string(at_least)) + ") on " + type.table() +
                      " was asked for, and the unit's lock strategy takes none: use implicit_lock");
}

}  // namespace

void lock_strategy::explain(unit_context& unit, std::span<refused_row> rows) {
    explain_lock_rows(unit, rows);
}

bool lock_strategy::locks_before_reading(unit_context&, data_mapper const&, lock_policy) const {
    return false;
}

bool lock_strategy::locks_after_refusal(data_mapper const&) const noexcept {
    return false;
}

void lock_strategy::before_read(unit_context&, data_mapper const& type, std::span<row_key const>,
                                lock_policy at_least) {
    refuse_to_lock(type, at_least);
}

void lock_strategy::lock_known(unit_context&, std::span<tracked_object const* const> objects, lock_policy at_least) {
    for (auto const* object : objects) refuse_to_lock(object->mapper(), at_least);
}

void lock_strategy::after_read(unit_context&, std::span<tracked_object const* const>) {}
void lock_strategy::before_first_edit(unit_context&, tracked_object const&) {}

}  // namespace stint
