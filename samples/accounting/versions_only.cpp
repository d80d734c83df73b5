#include "versions_only.hpp"

#include <stint/extension/flush_plan.hpp>

namespace accounting {

void versions_only::before_flush(stint::unit_context&, stint::flush_plan& plan) {
    for (auto& object : plan.objects()) object.waive_lock();
}

}  // namespace accounting
