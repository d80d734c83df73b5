#include <stint/last_write_wins.hpp>

#include <stint/extension/flush_plan.hpp>

namespace stint {

void last_write_wins::before_flush(unit_context&, flush_plan& plan) {
    for (auto& touched : plan.objects()) {
        touched.ignore_version();
        touched.ignore_lock();
    }
}

}  // namespace stint
