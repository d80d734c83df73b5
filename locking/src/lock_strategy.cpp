#include <stint/lock_strategy.hpp>

namespace stint {

void lock_strategy::before_read(lock_context&, data_mapper const&, std::span<std::int64_t const>) {}
void lock_strategy::after_read(lock_context&, std::span<tracked_object* const>) {}
void lock_strategy::before_first_edit(lock_context&, tracked_object&) {}
void lock_strategy::before_flush(lock_context&, flush_plan&) {}
void lock_strategy::after_flush(lock_context&, flush_plan const&, flush_end, std::span<refusal const>) {}

}  // namespace stint
