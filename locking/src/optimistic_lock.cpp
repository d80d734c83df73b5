#include <stint/optimistic_lock.hpp>

namespace stint {

std::shared_ptr<lock_strategy> const& optimistic_lock::shared() {
    static std::shared_ptr<lock_strategy> const instance = std::make_shared<optimistic_lock>();
    return instance;
}

}  // namespace stint
