#include "clerk_in_front.hpp"

#include <optional>

namespace accounting {

namespace {

std::optional<stint::held_lock> wanted(stint::lock_table& locks, std::vector<stint::held_lock> const& held) {
    for (auto const& lock : held)
        if (!locks.waiting_for(lock.name).empty()) return lock;
    return std::nullopt;
}

/// None when it is told to stop.
std::optional<stint::held_lock> wait_until_wanted(std::stop_token const& stop, stint::lock_table& locks,
                                                  std::vector<stint::held_lock> const& held) {
    while (!stop.stop_requested()) {
        if (auto lock = wanted(locks, held)) return lock;
        std::this_thread::sleep_for(std::chrono::milliseconds{5});
    }
    return std::nullopt;
}

}  // namespace

void clerk_in_front::finish() {
    std::lock_guard const alone{mutex_};
    if (finished_) return;
    last_step_();
    finished_ = true;
}

bool clerk_in_front::has_finished() const {
    std::lock_guard const alone{mutex_};
    return finished_;
}

std::jthread clerk_in_front::finish_when_waited_for(stint::lock_table& locks, std::string const& owner,
                                                    std::function<void(stint::held_lock const&)> tell) {
    return std::jthread{[this, &locks, held = locks.list_of(owner), tell = std::move(tell)](std::stop_token stop) {
        try {
            if (auto const lock = wait_until_wanted(stop, locks, held)) {
                tell(*lock);
                finish();
            }
        } catch (stint::error const&) {
            // The other's waiting ends, and what then lets this clerk finish meets the same.
        }
    }};
}

}  // namespace accounting
