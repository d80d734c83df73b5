#include "lock_calls.hpp"

#include <chrono>
#include <thread>

#include "jitter.hpp"

namespace stint {

void lock_calls::pause(int tries) {
    std::this_thread::sleep_for(jittered(std::chrono::milliseconds{std::int64_t{1} << tries}));
}

}  // namespace stint
