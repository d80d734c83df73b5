#include <stint/optimistic_lock.hpp>

namespace stint {

void optimistic_lock::before_flush(lock_context& context, flush_plan& plan) {
    bool const reads_too = context.verification() == verify::reads;
    for (auto& touched : plan.objects())
        if (touched.how() != access::read || reads_too) touched.expect_version();
}

std::shared_ptr<lock_strategy> const& optimistic_lock::shared() {
    static std::shared_ptr<lock_strategy> const instance = std::make_shared<optimistic_lock>();
    return instance;
}

}  // namespace stint
