// clerk_in_front: the clerk that the other one meets in a race. This clerk finishes once: when the other has read
// enough, was refused, or stands behind it in line.
//
//     accounting::clerk_in_front front{[&] { take_off(document, stock); a.commit(); }};
//     auto const onlooker = front.finish_when_waited_for(locks, a.owner(), tell);
//     ...
//     front.finish();      // has no effect if it has finished
//
// Shared by two threads. It must outlive the onlooker, whose destructor stops it.
#pragma once

#include <functional>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include <stint/lock_table.hpp>

namespace accounting {

class clerk_in_front {
public:
    explicit clerk_in_front(std::function<void()> last_step) : last_step_(std::move(last_step)) {}

    void finish();
    bool has_finished() const;

    /// Starts an onlooker: a thread that watches who stands in line for this owner's locks. When somebody does, it
    /// tells for which lock, and lets the clerk finish.
    std::jthread finish_when_waited_for(stint::lock_table& locks, std::string const& owner,
                                        std::function<void(stint::held_lock const&)> tell);

private:
    std::function<void()> last_step_;
    mutable std::mutex    mutex_;
    bool                  finished_ = false;
};

}  // namespace accounting
