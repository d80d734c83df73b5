#include <stint/extension/flush_participant.hpp>

namespace stint {

void flush_participant::before_flush(unit_context&, flush_plan&) {}
void flush_participant::explain(unit_context&, std::span<refused_row>) {}
void flush_participant::after_flush(unit_context&, flush_plan const&, flush_end, std::span<refusal const>) {}

}  // namespace stint
